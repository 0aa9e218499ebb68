/* Written for a later major. */
#include "broken.h"
GOOD_MANIFEST("major-2");
extern PDK_EXPORT const pdk_adapter paddock_adapter_v2;
const pdk_adapter paddock_adapter_v2 = {
    sizeof(pdk_adapter), 2,    0,         0,    {0, 0, 0}, &manifest, good_plan,   good_open,
    good_close,          NULL, good_feed, NULL, NULL,      NULL,      good_exited, NULL};
