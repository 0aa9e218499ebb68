/* Compiled with a later header, content with this host, and with a longer table: must be accepted. */
#include "broken.h"
GOOD_MANIFEST("newer-1-9");
ADAPTER(sizeof(pdk_adapter) + 64, 1, 9, 0, good_plan, good_open, good_feed, NULL, good_exited, NULL);
