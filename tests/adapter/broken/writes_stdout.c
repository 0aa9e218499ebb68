/* Prints, which is rude but harmless. */
#include <stdio.h>

#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes, (void)sink;
  puts("hello");
  fputs("hello\n", stderr);
  fflush(NULL);
  say(sink, PDK_EV_NOTICE, "{\"code\":\"printed\"}");
  return PDK_OK;
}
GOOD_MANIFEST("writes-stdout");
GOOD_ADAPTER_WITH(bad);
