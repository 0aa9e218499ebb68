/* Calls abort(). */
#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes, (void)sink;
  abort();
}
GOOD_MANIFEST("aborts");
GOOD_ADAPTER_WITH(bad);
