/* Wants to leave a file behind while it is mapped. */
#include <fcntl.h>

#include "broken.h"
GOOD_MANIFEST("writes-at-load");
GOOD_ADAPTER_WITH(good_feed);
__attribute__((constructor)) static void leave(void) { (void)!open(BROKEN_LEAVES, O_WRONLY | O_CREAT, 0600); }
