/* Needs a function that nobody has. */
#include "broken.h"
extern pdk_status from_nowhere(pdk_session*, const pdk_now*, uint32_t, pdk_bytes, const pdk_sink*);
GOOD_MANIFEST("undefined");
GOOD_ADAPTER_WITH(from_nowhere);
