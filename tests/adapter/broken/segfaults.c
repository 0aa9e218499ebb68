/* Writes through a null pointer. */
#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes, (void)sink;
  *(volatile int*)0 = 1;
  return PDK_OK;
}
GOOD_MANIFEST("segfaults");
GOOD_ADAPTER_WITH(bad);
