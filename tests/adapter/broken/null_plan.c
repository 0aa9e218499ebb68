/* Two of the mandatory functions are missing. */
#include "broken.h"
GOOD_MANIFEST("null-plan");
ADAPTER(sizeof(pdk_adapter), 1, 0, 0, NULL, good_open, good_feed, NULL, NULL, NULL);
