/* Wants the network while it is mapped. */
#include <sys/socket.h>

#include "broken.h"
GOOD_MANIFEST("connects-at-load");
GOOD_ADAPTER_WITH(good_feed);
__attribute__((constructor)) static void reach_out(void) { (void)!socket(AF_INET, SOCK_STREAM, 0); }
