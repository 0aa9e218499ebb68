/* What the broken adapters share: a table that would be fine, of which each file breaks one thing.
 * Define BROKEN_<WHAT> before including to change it. */
#ifndef PADDOCK_BROKEN_H
#define PADDOCK_BROKEN_H

#include <stdlib.h>
#include <string.h>

#include "paddock/adapter.h"

#define TEXT(literal) \
  { (literal), sizeof(literal) - 1 }
#define GOOD_MODES TEXT("[{\"mode\":\"headless\",\"transport\":\"pipes\",\"resume\":false,\"commands\":[]}]")

static inline pdk_status good_plan(const pdk_adapter* adapter, const pdk_launch* launch, const pdk_out* ret_plan) {
  (void)adapter, (void)launch;
  const pdk_str plan = TEXT("{\"argv\":[\"cat\"],\"transport\":\"pipes\"}");
  ret_plan->text(ret_plan, plan);
  return PDK_OK;
}

static inline pdk_status good_open(const pdk_adapter* adapter, const pdk_host* host, const pdk_launch* launch,
                                   pdk_session** ret_session) {
  static int session;
  (void)adapter, (void)host, (void)launch;
  *ret_session = (pdk_session*)&session;
  return PDK_OK;
}

static inline void good_close(pdk_session* session) { (void)session; }

static inline void say(const pdk_sink* sink, uint32_t kind, const char* body) {
  const pdk_event event = {sizeof event, kind, 0, 0, 0, 0, {NULL, 0}, {body, strlen(body)}};
  sink->event(sink, &event);
}

static inline pdk_status good_feed(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                                   const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes;
  say(sink, PDK_EV_NOTICE, "{\"code\":\"fed\"}");
  return PDK_OK;
}

static inline pdk_status good_exited(pdk_session* session, const pdk_now* now, const pdk_exit* exit,
                                     const pdk_sink* sink) {
  (void)session, (void)now, (void)exit;
  say(sink, PDK_EV_OUTCOME, "{\"result\":\"success\"}");
  return PDK_OK;
}

#define GOOD_MANIFEST_BUT(...) \
  static const pdk_manifest manifest = {sizeof(pdk_manifest), PDK_EVENT_SCHEMA, __VA_ARGS__}
#define GOOD_MANIFEST(id)                                                                       \
  GOOD_MANIFEST_BUT(TEXT(id), TEXT("Broken"), TEXT("0.1.0"), TEXT("Tests"), TEXT("Apache-2.0"), \
                    TEXT("Broken on purpose"), GOOD_MODES, TEXT(""), TEXT("[\"cat\"]"), TEXT("[]"))

/* ADAPTER(table size, major, minor, needed minor, plan, open, feed, command, exited, extension) */
#define ADAPTER(size, major, minor, needs, plan, open, feed, command, exited, extension)                       \
  const pdk_adapter paddock_adapter_v1 = {size,       major, minor, needs, {0, 0, 0}, &manifest, plan,   open, \
                                          good_close, NULL,  feed,  NULL,  command,   NULL,      exited, extension}
#define GOOD_ADAPTER_WITH(feed) \
  ADAPTER(sizeof(pdk_adapter), 1, 0, 0, good_plan, good_open, feed, NULL, good_exited, NULL)

#endif
