/* An event of 300 KiB, ref and range wrong too. */
#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes, (void)sink;
  static char body[300 << 10];
  memset(body, ' ', sizeof body);
  const pdk_event event = {sizeof event, PDK_EV_NOTICE, 0, 0, 0, 0, {NULL, 0}, {body, sizeof body}};
  sink->event(sink, &event);
  return PDK_OK;
}
GOOD_MANIFEST("huge-body");
GOOD_ADAPTER_WITH(bad);
