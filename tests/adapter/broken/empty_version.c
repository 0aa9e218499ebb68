/* No version. */
#include "broken.h"
GOOD_MANIFEST_BUT(TEXT("empty-version"), TEXT("Broken"), TEXT(""), TEXT("Tests"), TEXT("Apache-2.0"), TEXT(""),
                  GOOD_MODES, TEXT(""), TEXT("[\"cat\"]"), TEXT("[]"));
GOOD_ADAPTER_WITH(good_feed);
