/* An id with letters that no path or label may have. */
#include "broken.h"
GOOD_MANIFEST("Claude!");
GOOD_ADAPTER_WITH(good_feed);
