/* Kinds that no host knows, and a body that is no JSON. */
#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes;
  say(sink, 4711, "{\"text\":\"from tomorrow\"}");
  say(sink, 0, "{\"text\":\"from nowhere\"}");
  say(sink, PDK_EV_MESSAGE, "no json");
  return PDK_OK;
}
GOOD_MANIFEST("unknown-kind");
GOOD_ADAPTER_WITH(bad);
