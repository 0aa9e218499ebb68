/* An event whose body is far longer than its memory. */
#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes, (void)sink;
  const pdk_event event = {sizeof event, PDK_EV_NOTICE, 0, 0, 0, 0, {NULL, 0}, {"{}", (size_t)1 << 46}};
  sink->event(sink, &event);
  return PDK_OK;
}
GOOD_MANIFEST("lies-in-event");
GOOD_ADAPTER_WITH(bad);
