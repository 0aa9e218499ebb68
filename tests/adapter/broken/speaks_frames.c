/* Writes bytes of its own to the socket of the host. */
#include <unistd.h>

#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes, (void)sink;
  return write(3, "\x03\0\0\0\x63zz", 7) == 7 ? PDK_OK : PDK_E_INTERNAL;
}
GOOD_MANIFEST("speaks-frames");
GOOD_ADAPTER_WITH(bad);
