/* Tells the end first, twice, then that the session has exited, and closes what was never opened. */
#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes;
  say(sink, PDK_EV_OUTCOME, "{\"result\":\"success\",\"text\":\"too early\"}");
  say(sink, PDK_EV_OUTCOME, "{\"result\":\"error\",\"text\":\"too often\"}");
  say(sink, PDK_EV_STATE, "{\"state\":\"exited\"}");
  say(sink, PDK_EV_TURN, "{\"phase\":\"end\"}");
  const pdk_event closes = {sizeof closes, PDK_EV_APPROVAL_RESOLVED, 0, 0, 0, 0, TEXT("never"), TEXT("{}")};
  sink->event(sink, &closes);
  return PDK_OK;
}
GOOD_MANIFEST("out-of-order");
GOOD_ADAPTER_WITH(bad);
