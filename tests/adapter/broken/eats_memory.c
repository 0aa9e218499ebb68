/* Takes memory until there is no more. */
#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes, (void)sink;
  for (size_t size = (size_t)64 << 20;;) {
    char* block = malloc(size);
    if (block == NULL) return PDK_E_INTERNAL;
    memset(block, 1, size);
  }
}
GOOD_MANIFEST("eats-memory");
GOOD_ADAPTER_WITH(bad);
