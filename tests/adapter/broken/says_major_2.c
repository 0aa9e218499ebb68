/* The symbol of major 1 with a table of major 2. */
#include "broken.h"
GOOD_MANIFEST("says-major-2");
ADAPTER(sizeof(pdk_adapter), 2, 0, 0, good_plan, good_open, good_feed, NULL, good_exited, NULL);
