// C++ without the wrapper: an exception leaves through C.
#include <stdexcept>

#include "broken.h"

static pdk_status throwing(pdk_session*, const pdk_now*, uint32_t, pdk_bytes, const pdk_sink*) {
  throw std::runtime_error("through C");
}

GOOD_MANIFEST("throws-in-feed");
GOOD_ADAPTER_WITH(throwing);
