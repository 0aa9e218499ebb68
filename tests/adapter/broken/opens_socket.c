/* Wants the network. */
#include <sys/socket.h>

#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes, (void)sink;
  return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? PDK_OK : PDK_E_INTERNAL;
}
GOOD_MANIFEST("opens-socket");
GOOD_ADAPTER_WITH(bad);
