/* Needs a host that does not exist yet. */
#include "broken.h"
GOOD_MANIFEST("needs-1-9");
ADAPTER(sizeof(pdk_adapter), 1, 9, 9, good_plan, good_open, good_feed, NULL, good_exited, NULL);
