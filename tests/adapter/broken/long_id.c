/* An id of more than 64 bytes. */
#include "broken.h"
GOOD_MANIFEST("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
GOOD_ADAPTER_WITH(good_feed);
