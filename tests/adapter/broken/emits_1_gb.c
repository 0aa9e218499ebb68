/* A gigabyte of output from one call. */
#include "broken.h"
static pdk_status bad(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                      const pdk_sink* sink) {
  (void)session, (void)now, (void)channel, (void)bytes, (void)sink;
  static uint8_t block[1 << 20];
  for (int i = 0; i < 1024; ++i) sink->write(sink, (pdk_bytes){block, sizeof block});
  return PDK_OK;
}
GOOD_MANIFEST("emits-1-gb");
GOOD_ADAPTER_WITH(bad);
