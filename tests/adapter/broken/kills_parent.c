/* Signals the process that holds the agent. */
#include <signal.h>
#include <unistd.h>

#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes, (void)sink;
  return kill(getppid(), SIGTERM) == 0 ? PDK_OK : PDK_E_INTERNAL;
}
GOOD_MANIFEST("kills-parent");
GOOD_ADAPTER_WITH(bad);
