/* A byte range that ends before it begins. */
#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes, (void)sink;
  const pdk_event event = {sizeof event, PDK_EV_NOTICE, 0, 1, 10, 2, {NULL, 0}, {"{}", 2}};
  sink->event(sink, &event);
  return PDK_OK;
}
GOOD_MANIFEST("backwards-range");
GOOD_ADAPTER_WITH(bad);
