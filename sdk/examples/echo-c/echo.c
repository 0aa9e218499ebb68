/* The reference adapter in C11, with nothing but paddock/adapter.h and the C library. Its agent is
 * `cat`: whatever is sent to it comes back as its answer, one line per turn. ../echo-cpp/echo.cpp does
 * exactly the same in C++, where the SDK brings the splitter and the JSON. */
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "json_text.h"
#include "paddock/adapter.h"

#define TEXT(literal) \
  { (literal), sizeof(literal) - 1 }
#define CHANNELS 2u
#define MAX_LINE (64u << 10u)

/* An unfinished line of one channel. */
struct line {
  char text[MAX_LINE + 1]; /* one more for the byte that makes it too long */
  size_t length;
  uint64_t begin, at; /* where it began, bytes seen */
};

struct pdk_session {
  char* first_prompt; /* not terminated */
  size_t first_prompt_length;
  bool keep_open, in_turn, closed;
  struct line lines[CHANNELS];
};

/* --- Saying things ---------------------------------------------------------------------------- */

static void emit(const pdk_sink* sink, uint32_t kind, uint32_t channel, uint64_t begin, uint64_t end, const char* body,
                 size_t length) {
  const pdk_event event = {sizeof event, kind, 0, channel, begin, end, {NULL, 0}, {body, length}};
  sink->event(sink, &event);
}

static void say(const pdk_sink* sink, uint32_t kind, const char* body) {
  emit(sink, kind, PDK_CH_NONE, 0, 0, body, strlen(body));
}

static void close_input(pdk_session* s, const pdk_sink* sink) {
  s->closed = true;
  sink->close_input(sink);
}

static void begin_turn(pdk_session* s, const char* prompt, size_t length, const pdk_sink* sink) {
  s->in_turn = true;
  say(sink, PDK_EV_TURN, "{\"phase\":\"begin\"}");
  say(sink, PDK_EV_STATE, "{\"state\":\"working\"}");
  sink->write(sink, (pdk_bytes){(const uint8_t*)prompt, length});
  sink->write(sink, (pdk_bytes){(const uint8_t*)"\n", 1});
}

static void end_turn(pdk_session* s, const pdk_sink* sink) {
  s->in_turn = false;
  say(sink, PDK_EV_TURN, "{\"phase\":\"end\",\"outcome\":\"finished\"}");
  say(sink, PDK_EV_STATE, "{\"state\":\"idle\"}");
  if (!s->keep_open && !s->closed) close_input(s, sink);
}

/* --- Lines ------------------------------------------------------------------------------------ */

/* Emits {<head>"<text>"} with the text escaped. False when there is no memory. */
static bool emit_text(const pdk_sink* sink, uint32_t kind, uint32_t channel, const struct line* line, size_t length,
                      const char* head) {
  const size_t start = strlen(head);
  char* body = malloc(start + json_escaped_size(length) + 2);
  if (body == NULL) return false;
  memcpy(body, head, start);
  size_t size = start + json_escape(line->text, length, body + start);
  body[size++] = '"';
  body[size++] = '}';
  emit(sink, kind, channel, line->begin, line->at, body, size);
  free(body);
  return true;
}

static bool finish_line(pdk_session* s, uint32_t channel, struct line* line, const pdk_sink* sink) {
  size_t length = line->length;
  bool ok = true;
  if (length > MAX_LINE) {
    const char body[] = "{\"what\":\"line_too_long\"}";
    emit(sink, PDK_EV_UNKNOWN, channel, line->begin, line->at, body, sizeof body - 1);
  } else {
    if (length > 0 && line->text[length - 1] == '\r') --length;
    if (!json_is_utf8(line->text, length)) {
      const char body[] = "{\"what\":\"not_utf8\"}";
      emit(sink, PDK_EV_UNKNOWN, channel, line->begin, line->at, body, sizeof body - 1);
    } else if (channel == PDK_CH_STDERR) {
      ok = emit_text(sink, PDK_EV_NOTICE, channel, line, length, "{\"code\":\"stderr\",\"text\":\"");
    } else {
      ok = emit_text(sink, PDK_EV_MESSAGE, channel, line, length, "{\"role\":\"assistant\",\"text\":\"");
      if (s->in_turn) end_turn(s, sink);
    }
  }
  line->length = 0;
  line->begin = line->at;
  return ok;
}

static struct line* line_of(pdk_session* s, uint32_t channel) {
  return channel >= PDK_CH_STDOUT && channel <= PDK_CH_STDERR ? &s->lines[channel - PDK_CH_STDOUT] : NULL;
}

static pdk_status echo_feed(pdk_session* s, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                            const pdk_sink* sink) {
  (void)now;
  struct line* line = line_of(s, channel);
  if (line == NULL) return PDK_E_ARGUMENT;
  for (size_t i = 0; i < bytes.len; ++i) {
    ++line->at;
    if (bytes.data[i] == '\n') {
      if (!finish_line(s, channel, line, sink)) return PDK_E_INTERNAL;
    } else if (line->length <= MAX_LINE) {
      line->text[line->length++] = (char)bytes.data[i];
    }
  }
  return PDK_OK;
}

static pdk_status echo_eof(pdk_session* s, const pdk_now* now, uint32_t channel, const pdk_sink* sink) {
  (void)now;
  struct line* line = line_of(s, channel);
  if (line == NULL) return PDK_E_ARGUMENT;
  if (line->at == line->begin) return PDK_OK;
  return finish_line(s, channel, line, sink) ? PDK_OK : PDK_E_INTERNAL;
}

/* --- The session ------------------------------------------------------------------------------ */

static pdk_status echo_plan(const pdk_adapter* adapter, const pdk_launch* launch, const pdk_out* ret_plan) {
  (void)adapter, (void)launch;
  const pdk_str plan =
      TEXT("{\"argv\":[\"cat\"],\"transport\":\"pipes\",\"stop\":[{\"close_input\":true,\"patience_ms\":1000}]}");
  ret_plan->text(ret_plan, plan);
  return PDK_OK;
}

static void echo_close(pdk_session* s) {
  free(s->first_prompt);
  free(s);
}

static pdk_status echo_open(const pdk_adapter* adapter, const pdk_host* host, const pdk_launch* launch,
                            pdk_session** ret_session) {
  (void)adapter, (void)host;
  pdk_session* s = calloc(1, sizeof *s);
  char* prompt = malloc(launch->request.len + 1);
  if (s == NULL || prompt == NULL) {
    free(s);
    free(prompt);
    return PDK_E_INTERNAL;
  }
  s->first_prompt = prompt;
  s->first_prompt_length = json_get_text(launch->request.data, launch->request.len, "prompt", prompt);
  s->keep_open = json_get_true(launch->request.data, launch->request.len, "keep_open");
  *ret_session = s;
  return PDK_OK;
}

static pdk_status echo_started(pdk_session* s, const pdk_now* now, const pdk_sink* sink) {
  (void)now;
  if (s->first_prompt_length > 0) {
    begin_turn(s, s->first_prompt, s->first_prompt_length, sink);
    return PDK_OK;
  }
  say(sink, PDK_EV_STATE, "{\"state\":\"idle\"}");
  if (!s->keep_open) close_input(s, sink);
  return PDK_OK;
}

static pdk_status prompt(pdk_session* s, pdk_str body, const pdk_sink* sink) {
  char* text = malloc(body.len + 1);
  if (text == NULL) return PDK_E_INTERNAL;
  const size_t length = json_get_text(body.data, body.len, "text", text);
  pdk_status status = PDK_OK;
  if (length == 0) {
    status = PDK_E_ARGUMENT;
  } else if (s->in_turn || s->closed) {
    status = PDK_E_NOT_NOW;
  } else {
    begin_turn(s, text, length, sink);
  }
  free(text);
  return status;
}

static pdk_status echo_command(pdk_session* s, const pdk_now* now, const pdk_command* command, const pdk_sink* sink) {
  (void)now;
  switch (command->kind) {
    case PDK_CMD_PROMPT: return prompt(s, command->body, sink);
    case PDK_CMD_INTERRUPT: sink->signal(sink, SIGINT); return PDK_OK;
    case PDK_CMD_FINISH:
      if (s->closed) return PDK_E_NOT_NOW;
      close_input(s, sink);
      return PDK_OK;
    default: return PDK_E_UNSUPPORTED;
  }
}

static pdk_status echo_exited(pdk_session* s, const pdk_now* now, const pdk_exit* exit, const pdk_sink* sink) {
  (void)now;
  const bool well = exit->signal == 0 && exit->code == 0;
  if (s->in_turn) {
    say(sink, PDK_EV_TURN,
        well ? "{\"phase\":\"end\",\"outcome\":\"cancelled\"}" : "{\"phase\":\"end\",\"outcome\":\"failed\"}");
  }
  say(sink, PDK_EV_OUTCOME,
      well ? "{\"result\":\"success\",\"retryable\":false}" : "{\"result\":\"agent_error\",\"retryable\":false}");
  return PDK_OK;
}

/* --- What the host sees ----------------------------------------------------------------------- */

static const pdk_manifest echo_manifest = {
    .size = sizeof(pdk_manifest),
    .event_schema = PDK_EVENT_SCHEMA,
    .id = TEXT("echo-c"),
    .name = TEXT("Echo (C)"),
    .version = TEXT("1.0.0"),
    .vendor = TEXT("Paddock"),
    .license = TEXT("Apache-2.0"),
    .summary = TEXT("Answers each prompt with itself"),
    .modes = TEXT("[{\"mode\":\"headless\",\"transport\":\"pipes\",\"resume\":false,"
                  "\"commands\":[\"prompt\",\"interrupt\",\"finish\"]}]"),
    .programs = TEXT("[\"cat\"]"),
    .tested = TEXT("[]"),
};

const pdk_adapter paddock_adapter_v1 = {
    .size = sizeof(pdk_adapter),
    .abi_major = PDK_ABI_MAJOR,
    .abi_minor = PDK_ABI_MINOR,
    .manifest = &echo_manifest,
    .plan = echo_plan,
    .open = echo_open,
    .close = echo_close,
    .started = echo_started,
    .feed = echo_feed,
    .eof = echo_eof,
    .command = echo_command,
    .exited = echo_exited,
};
