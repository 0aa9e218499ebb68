/* Never comes back. */
#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes, (void)sink;
  for (volatile int i = 0;; i = i) {
  }
}
GOOD_MANIFEST("loops");
GOOD_ADAPTER_WITH(bad);
