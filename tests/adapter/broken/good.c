/* The control: nothing is wrong with this one. */
#include "broken.h"
GOOD_MANIFEST("good");
GOOD_ADAPTER_WITH(good_feed);
