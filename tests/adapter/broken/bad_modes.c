/* Modes that are no JSON. */
#include "broken.h"
GOOD_MANIFEST_BUT(TEXT("bad-modes"), TEXT("Broken"), TEXT("0.1.0"), TEXT("Tests"), TEXT("Apache-2.0"), TEXT(""),
                  TEXT("[{\"mode\": headless}]"), TEXT(""), TEXT("[\"cat\"]"), TEXT("[]"));
GOOD_ADAPTER_WITH(good_feed);
