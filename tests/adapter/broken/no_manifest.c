/* A null manifest. */
#include "broken.h"
const pdk_adapter paddock_adapter_v1 = {sizeof(pdk_adapter), 1,          0,    0,         {0, 0, 0}, NULL, good_plan,
                                        good_open,           good_close, NULL, good_feed, NULL,      NULL, NULL,
                                        good_exited,         NULL};
