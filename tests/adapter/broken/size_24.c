/* A table that ends before its functions. */
#include "broken.h"
GOOD_MANIFEST("size-24");
ADAPTER(24, 1, 0, 0, good_plan, good_open, good_feed, NULL, good_exited, NULL);
