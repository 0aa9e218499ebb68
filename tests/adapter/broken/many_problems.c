/* Several problems at once: all of them are reported. */
#include "broken.h"
#define MODES TEXT("[{\"transport\":\"pipes\"},{\"mode\":\"m\",\"transport\":\"carrier\",\"commands\":[\"dance\"]}]")
static const pdk_manifest manifest = {sizeof(pdk_manifest), 7,          TEXT("Claude!"), TEXT(""), TEXT("one"),
                                      TEXT("\xff"),         TEXT(""),   TEXT(""),        MODES,    TEXT("[]"),
                                      TEXT("{}"),           TEXT("[1]")};
GOOD_ADAPTER_WITH(good_feed);
