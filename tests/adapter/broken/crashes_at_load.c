/* Dies while it is mapped. */
#include "broken.h"
GOOD_MANIFEST("crashes-at-load");
GOOD_ADAPTER_WITH(good_feed);
__attribute__((constructor)) static void crash(void) { abort(); }
