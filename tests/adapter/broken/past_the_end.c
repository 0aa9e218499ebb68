/* A byte range behind the end of what was read: a proof that does not exist. */
#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now;
  const pdk_event event = {sizeof event, PDK_EV_MESSAGE, 0, channel, 0, bytes.len + 100, {NULL, 0}, {"{}", 2}};
  sink->event(sink, &event);
  return PDK_OK;
}
GOOD_MANIFEST("past-the-end");
GOOD_ADAPTER_WITH(bad);
