/* Paddock adapter ABI, version 1.0.
 *
 * An adapter teaches the host to speak with one agent program. It is a shared library that exports one
 * data symbol, paddock_adapter_v1, and is PURE: bytes and decisions in, events and bytes out. It opens
 * no file and no socket, starts no thread and no process and reads no clock; the host runs it in a
 * process of its own where the kernel refuses all of that.
 *
 * How this header grows (each rule is checked by a compiled test):
 *   1. Fields are appended at the end of a struct. Nothing is reordered, retyped or removed.
 *   2. Every extensible struct starts with its own `size`. A receiver reads min(size, sizeof) bytes and
 *      takes the missing tail as zero; a `size` below that of version 1.0 is refused; larger is fine.
 *   3. Extensible structs are nested by pointer only; arrays of them carry a stride.
 *   4. Enumerations are fixed-width integers with written values; unknown values are tolerated.
 *   5. Reserved fields are zero.
 *   6. A null function means "not implemented". Only plan, open, close, feed and exited are mandatory.
 *   7. New behaviour is a new extension; the minor rises only when the core table grows.
 *   8. The major lives in the symbol's name. A host looks for its own major first, then the previous
 *      one; a library may export both.
 *   9. Session pointers are never const: an adapter may start to cache behind any of them.
 *  10. Names begin with pdk_; result parameters begin with ret_ and stand last.
 *
 * Roles, as written at each function:
 *   [scan]    one call at a time, no session exists.
 *   [pure]    any thread, concurrently; no state is read or changed.
 *   [session] never concurrently for one session; may move between threads.
 * Every pointer argument is valid until the call returns; whoever needs it longer makes a copy. Text is
 * UTF-8 without a terminating NUL. Functions of pdk_sink and pdk_out never call back into the adapter.
 * No C++ exception may leave a function of this interface (adapter.hpp takes care of that).
 * This file is read as a specification and laid out by hand. */
#ifndef PADDOCK_ADAPTER_H
#define PADDOCK_ADAPTER_H

/* clang-format off */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PDK_ABI_MAJOR 1u
#define PDK_ABI_MINOR 0u

/* The version of the event bodies below; part of the manifest. */
#define PDK_EVENT_SCHEMA 1u

#if defined(__GNUC__)
#define PDK_EXPORT __attribute__((visibility("default")))
#else
#define PDK_EXPORT
#endif

/* True when the sender's struct is long enough to hold `field`. */
#define PDK_HAS(type, ptr, field) ((ptr)->size >= offsetof(type, field) + sizeof((ptr)->field))

/* --- Plain values ---------------------------------------------------------------------------- */

typedef struct pdk_str   { const char    *data; size_t len; } pdk_str;   /* UTF-8 text */
typedef struct pdk_bytes { const uint8_t *data; size_t len; } pdk_bytes; /* any bytes */

typedef int32_t pdk_status;
#define PDK_OK              0
#define PDK_E_ARGUMENT    (-1) /* the caller broke the contract; nothing changed          */
#define PDK_E_UNSUPPORTED (-2) /* this agent or mode cannot do that, ever                 */
#define PDK_E_NOT_NOW     (-3) /* legal, but not in the present state                     */
#define PDK_E_INTERNAL    (-4) /* the adapter is broken; it will not be called again      */

/* Time as data: an adapter has no clock, so a replay is exact. mono_ns only moves forward. */
typedef struct pdk_now { uint32_t size, reserved; uint64_t mono_ns; int64_t unix_ms; } pdk_now;

/* Where bytes come from. Channels from PDK_CH_TAIL on are the plan's tails, in their order. */
#define PDK_CH_NONE   0u
#define PDK_CH_STDOUT 1u
#define PDK_CH_STDERR 2u
#define PDK_CH_PTY    3u
#define PDK_CH_HOOK   4u
#define PDK_CH_TAIL  16u

/* Severity of a diagnostic. The last two name the culprit of a broken contract. */
#define PDK_SEV_DEBUG               0u
#define PDK_SEV_INFO                1u
#define PDK_SEV_WARNING             2u
#define PDK_SEV_ERROR               3u
#define PDK_SEV_HOST_MISBEHAVING    4u
#define PDK_SEV_ADAPTER_MISBEHAVING 5u

/* --- Events ---------------------------------------------------------------------------------- *
 *
 * `body` is one JSON object of at most 256 KiB; the host adds time, number and session. What stands
 * below is the vocabulary: fields not known are absent, never guessed; more fields may be added; sizes
 * are bytes, money is integer micro-dollars (cost_micros).
 *
 *  SESSION   {agent_session_id, model, version, cwd, permission_mode, tools[]}: what the agent says it is
 *  TURN      {phase: begin} or {phase: end, outcome: finished|failed|cancelled, text?, duration_ms?}.
 *            Exactly one end per begin.
 *  STATE     {state: starting|idle|working|blocked|unknown, blocked_on?: approval|question|login|limit, detail?}
 *            `blocked` names its approval or question in `ref`.
 *  MESSAGE   {role: assistant|user|system, text, stream?: stderr, parent?}; `ref` is the message. With
 *            PDK_EVF_PARTIAL `text` is only the new piece; the final event with the same ref has it all.
 *  REASONING {text}: as MESSAGE.
 *  TOOL_CALL {tool, tool_class: shell|edit|read|web|mcp|other, title?, command?, input{}, parent?}; `ref` is the call.
 *  TOOL_RESULT {tool?, outcome: ok|error|denied|cancelled, text?, exit_code?}; `ref` is the call's.
 *  APPROVAL_REQUEST {tool, tool_class, title?, command?, input{}, call?, reason?}; `ref` names the approval and is
 *            what PDK_CMD_ANSWER brings back. It stays open until APPROVAL_RESOLVED with that ref.
 *  APPROVAL_RESOLVED {decision: allow|deny|cancelled, by: host|agent}.
 *  QUESTION  {text, questions?: [{text, choices: [text]}]}; `ref` as APPROVAL_REQUEST, resolved the same way.
 *  USAGE     cumulative for the session: {input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
 *            reasoning_tokens, cost_micros, turns, context_used, context_window, model, models{}}. input_tokens
 *            never counts cache reads or writes again.
 *  PLAN_UPDATE {entries: [{text, status: pending|in_progress|completed}]}
 *  FILE_CHANGE {path, change: create|modify|delete, diff?}
 *  ERROR     {class: auth|rate_limit|quota|overloaded|context_full|invalid_request|model_not_found|network|server|
 *            refusal|budget|unknown, text, status?, retrying?, attempt?, retry_after_s?, resets_at?}
 *  NOTICE    {code, text}
 *  OUTCOME   {result: success|agent_error|auth_required|rate_limited|quota|interrupted|limit_hit|crashed|unknown,
 *            retryable, retry_after_s?, text?}: exactly one, from exited(); `text` is the final answer.
 *  UNKNOWN   {what, text?}: bytes that were not understood, never silence. */
#define PDK_EV_SESSION            1u
#define PDK_EV_TURN               2u
#define PDK_EV_STATE              3u
#define PDK_EV_MESSAGE            4u
#define PDK_EV_REASONING          5u
#define PDK_EV_TOOL_CALL          6u
#define PDK_EV_TOOL_RESULT        7u
#define PDK_EV_APPROVAL_REQUEST   8u
#define PDK_EV_APPROVAL_RESOLVED  9u
#define PDK_EV_QUESTION          10u
#define PDK_EV_USAGE             11u
#define PDK_EV_PLAN_UPDATE       12u
#define PDK_EV_FILE_CHANGE       13u
#define PDK_EV_ERROR             14u
#define PDK_EV_NOTICE            15u
#define PDK_EV_OUTCOME           16u
#define PDK_EV_UNKNOWN           17u

#define PDK_EVF_PARTIAL          1u /* a piece; the final event with the same ref carries the whole  */
#define PDK_EVF_REPLACES_PARTIAL 2u /* the final event of a ref that had pieces                     */
#define PDK_EVF_FROM_SCREEN      4u /* read from a screen, not from a protocol                      */

typedef struct pdk_event {
  uint32_t size;
  uint32_t kind;               /* PDK_EV_*; an unknown kind is stored, not dropped               */
  uint32_t flags;              /* PDK_EVF_*                                                      */
  uint32_t channel;            /* where the bytes came from; PDK_CH_NONE when made up by the adapter */
  uint64_t src_begin, src_end; /* half-open byte range of what was fed of that channel           */
  pdk_str  ref;                /* correlation id, at most 256 bytes, empty when none             */
  pdk_str  body;               /* one JSON object, at most 256 KiB                               */
} pdk_event;

/* --- What the host lends to the adapter ------------------------------------------------------- */

/* Where a session call puts what it has to say. Valid for the duration of one call; the host copies
 * everything before a function returns. Over 16 MiB of output from one call ends the adapter's part. */
typedef struct pdk_sink pdk_sink;
struct pdk_sink {
  uint32_t size, reserved;
  void *host;
  void (*event)(const pdk_sink *sink, const pdk_event *event);
  void (*write)(const pdk_sink *sink, pdk_bytes bytes);        /* append to the agent's standard input     */
  void (*close_input)(const pdk_sink *sink);                   /* end of that input, after what is queued  */
  void (*signal)(const pdk_sink *sink, int32_t signo);         /* to the agent's main process              */
  void (*wake_at)(const pdk_sink *sink, uint64_t mono_ns);     /* one timer for tick(); 0 cancels it       */
  void (*diag)(const pdk_sink *sink, uint32_t severity, pdk_str code, pdk_str message);
};

/* Where a pure call puts its one text result, and what was wrong. `text` may be called in pieces. */
typedef struct pdk_out pdk_out;
struct pdk_out {
  uint32_t size, reserved;
  void *host;
  void (*text)(const pdk_out *out, pdk_str piece);
  void (*diag)(const pdk_out *out, uint32_t severity, pdk_str code, pdk_str message);
};

/* Who is calling. */
typedef struct pdk_host {
  uint32_t size;
  uint16_t abi_major, abi_minor;
  pdk_str  name, version;
} pdk_host;

/* --- What describes an adapter ---------------------------------------------------------------- */

/* Static and constant: reading it runs no code. */
typedef struct pdk_manifest {
  uint32_t size;
  uint32_t event_schema; /* PDK_EVENT_SCHEMA of the header it was written for                       */
  pdk_str  id;           /* [a-z][a-z0-9-]*, at most 64 bytes                                       */
  pdk_str  name;         /* for people                                                              */
  pdk_str  version;      /* semantic version                                                        */
  pdk_str  vendor;
  pdk_str  license;      /* SPDX expression                                                         */
  pdk_str  summary;      /* one line                                                                */
  pdk_str  modes;        /* JSON: [{"mode": "headless", "transport": "pipes"|"pty", "resume": bool,
                          * "commands": ["prompt","answer","interrupt","set","finish"],
                          *        "prompts": "idle" (default) | "any_time": taken while it works too}]     */
  pdk_str  options;      /* JSON Schema (object) of the adapter's own settings; empty means none      */
  pdk_str  programs;     /* JSON: the programs a plan may start, e.g. ["claude"]; ["*"] means any     */
  pdk_str  tested;       /* JSON: versions of the agent it was tested with, e.g. ["2.1.197"]          */
} pdk_manifest;

/* A wish to start a session, as one JSON object:
 *   {mode, session, session_dir, workdir, prompt?, model?, args[], options{}, env{} (names only: values are
 *    true), yolo, keep_open, resume? (the agent's own session id)}
 * Unknown fields are ignored. */
typedef struct pdk_launch { uint32_t size, reserved; pdk_str request; } pdk_launch;

/* Something a person or a policy wants of a running agent. `body` is one JSON object:
 *   PROMPT    {text}
 *   ANSWER    {decision: allow|deny, message?, remember?: bool, answers?: [[text]]}; `ref` names what is answered
 *   INTERRUPT {}          end the turn, keep the session
 *   SET       {model?, permission_mode?}
 *   FINISH    {}          end the session politely */
#define PDK_CMD_PROMPT    1u
#define PDK_CMD_ANSWER    2u
#define PDK_CMD_INTERRUPT 3u
#define PDK_CMD_SET       4u
#define PDK_CMD_FINISH    5u

typedef struct pdk_command { uint32_t size, kind; pdk_str ref, body; } pdk_command;

/* How the agent's main process ended, and whether the host made it end. */
#define PDK_CAUSE_NONE          0u /* it ended by itself        */
#define PDK_CAUSE_STOPPED       1u /* a person stopped it       */
#define PDK_CAUSE_KILLED        2u /* a person killed it        */
#define PDK_CAUSE_TIMEOUT       3u
#define PDK_CAUSE_OUT_OF_MEMORY 4u
#define PDK_CAUSE_BUDGET        5u

typedef struct pdk_exit {
  uint32_t size;
  uint32_t cause;  /* PDK_CAUSE_*                    */
  int32_t  code;   /* exit status, -1 when signalled */
  int32_t  signal; /* 0 when it exited               */
} pdk_exit;

/* --- The adapter ------------------------------------------------------------------------------ */

typedef struct pdk_session pdk_session; /* the adapter's own; the host only carries the pointer */

typedef struct pdk_adapter pdk_adapter;
struct pdk_adapter {
  uint32_t size;
  uint16_t abi_major, abi_minor;     /* of the header it was compiled with                           */
  uint16_t needs_minor, reserved[3]; /* the oldest host minor it can live with                       */
  const pdk_manifest *manifest;      /* static storage, constant                                     */

  /* Turns a launch request into a plan.
   *
   * When:   before a session exists, for every launch.
   * Caller: [pure].
   * Input:  `launch->request`, at most 2 MiB of JSON.
   * Output: one JSON object through ret_plan->text:
   *           {argv: [..], env: {set: {K: V}, unset: [K], secret: {K: NAME}}, cwd?, transport: pipes|pty,
   *            rows?, cols?, files: [{path, text, mode}] (relative to session_dir), tails: [path],
   *            stop: [{write?: text, signal?: name, close_input?: true, patience_ms}], hook: bool}
   *         Deterministic: the same request gives the same plan. Secrets appear by name only.
   * Owner:  everything belongs to the caller of the callback and is copied there.
   * Fails:  PDK_E_ARGUMENT or PDK_E_UNSUPPORTED with a diag: the launch is refused with that text. */
  pdk_status (*plan)(const pdk_adapter *adapter, const pdk_launch *launch, const pdk_out *ret_plan);

  /* Makes the machine of one session.
   *
   * When:   after a plan was accepted, before the agent is started.
   * Caller: [session].
   * Input:  the same launch as plan() got.
   * Output: nothing but *ret_session, which close() will get back.
   * Owner:  the session is the adapter's.
   * Fails:  any error refuses the launch; nothing was started. */
  pdk_status (*open)(const pdk_adapter *adapter, const pdk_host *host, const pdk_launch *launch,
                     pdk_session **ret_session);

  /* Frees a session.
   *
   * When:   last, exactly once for each successful open(), also after any error.
   * Caller: [session].
   * Fails:  never. */
  void (*close)(pdk_session *session);

  /* The agent's process runs.
   *
   * When:   once, before the first feed(). Optional.
   * Caller: [session].
   * Output: events, writes (a handshake, the first prompt), the timer.
   * Fails:  PDK_E_INTERNAL ends this adapter's part in the session; the agent goes on unparsed. */
  pdk_status (*started)(pdk_session *session, const pdk_now *now, const pdk_sink *sink);

  /* Bytes arrived from the agent.
   *
   * When:   after started() and before eof() of the same channel, as often as needed.
   * Caller: [session].
   * Input:  `bytes.len` is 1..65536. Any split of the stream is possible: mid-line, mid-character.
   *         `bytes.data` belongs to the host and dies with the call.
   * Output: any number of events, writes and at most one timer through `sink`. All input counts as
   *         consumed; an unfinished record may be kept, up to 4 MiB. Final events never depend on
   *         how the stream was split.
   * Fails:  PDK_E_INTERNAL ends this adapter's part in the session; the agent goes on unparsed.
   *         Input that makes no sense is not a failure: emit PDK_EV_UNKNOWN with its byte range. */
  pdk_status (*feed)(pdk_session *session, const pdk_now *now, uint32_t channel, pdk_bytes bytes,
                     const pdk_sink *sink);

  /* A channel ended: what was kept of an unfinished record is all there will be.
   *
   * When:   once for each channel that was fed or opened, after its last feed(). Optional.
   * Caller: [session].
   * Output: as feed().
   * Fails:  as feed(). */
  pdk_status (*eof)(pdk_session *session, const pdk_now *now, uint32_t channel, const pdk_sink *sink);

  /* Somebody wants something of the agent.
   *
   * When:   after started(), before exited(). Optional.
   * Caller: [session].
   * Input:  one of PDK_CMD_*; an unknown kind is PDK_E_UNSUPPORTED.
   * Output: with PDK_OK at least one write, signal, event or close_input.
   * Fails:  PDK_E_UNSUPPORTED (501 to the client), PDK_E_NOT_NOW (409), PDK_E_ARGUMENT (400, e.g. an
   *         unknown ref): nothing changed. PDK_E_INTERNAL as feed(). */
  pdk_status (*command)(pdk_session *session, const pdk_now *now, const pdk_command *command,
                        const pdk_sink *sink);

  /* The time asked for with wake_at() has come.
   *
   * When:   once for each wake_at() that was not replaced or cancelled; `now` is not before it. Optional.
   * Caller: [session].
   * Output: as feed().
   * Fails:  as feed(). */
  pdk_status (*tick)(pdk_session *session, const pdk_now *now, const pdk_sink *sink);

  /* The agent's main process is gone and every channel has ended.
   *
   * When:   once, after the last eof(); nothing but close() follows.
   * Caller: [session].
   * Output: exactly one PDK_EV_OUTCOME, last; before it whatever was left unfinished (a turn's end).
   * Fails:  any error: the outcome is `unknown`. */
  pdk_status (*exited)(pdk_session *session, const pdk_now *now, const pdk_exit *exit, const pdk_sink *sink);

  /* An optional ability.
   *
   * When:   any time. Optional.
   * Caller: [pure].
   * Output: a pointer to a constant table that starts with its size, or null.
   * Fails:  an unknown id gives null. An id never changes once published; a breaking change is "/2". */
  const void *(*extension)(const pdk_adapter *adapter, const char *id);
};

/* What every adapter library exports. */
extern PDK_EXPORT const pdk_adapter paddock_adapter_v1;

/* --- Extensions ------------------------------------------------------------------------------- */

/* Is the agent's program here, which version, and is somebody logged in? */
#define PDK_EXT_PROBE "paddock.probe/1"

typedef struct pdk_probe {
  uint32_t size, reserved;

  /* What the host shall look at.
   *
   * When:   any time. Caller: [pure].
   * Output: JSON {commands: [[argv..]..], files: [path (a leading ~/ is the home)], env: [NAME]}.
   * Fails:  the probe's state is `unknown`. */
  pdk_status (*plan)(const pdk_adapter *adapter, const pdk_out *ret_plan);

  /* What the findings mean.
   *
   * When:   after the host ran plan()'s commands (5 s each). Caller: [pure].
   * Input:  JSON {commands: [{found, path?, code, out, err}], files: [bool], env: [bool]}, in plan()'s order.
   * Output: JSON {state: undetected|unhealthy|healthy, version?, login: yes|no|unknown, detail}.
   * Fails:  the probe's state is `unknown`. */
  pdk_status (*result)(const pdk_adapter *adapter, pdk_str findings, const pdk_out *ret_verdict);
} pdk_probe;

#ifdef __cplusplus
}
#endif

#endif /* PADDOCK_ADAPTER_H */
