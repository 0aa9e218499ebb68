/* A manifest that ends early. */
#include "broken.h"
static const pdk_manifest manifest = {16, PDK_EVENT_SCHEMA, TEXT("short")};
GOOD_ADAPTER_WITH(good_feed);
