/* Starts a process. */
#include <unistd.h>

#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes, (void)sink;
  return fork() >= 0 ? PDK_OK : PDK_E_INTERNAL;
}
GOOD_MANIFEST("forks");
GOOD_ADAPTER_WITH(bad);
