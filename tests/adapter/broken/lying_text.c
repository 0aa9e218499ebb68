/* A text of two to the forty bytes, and one at a null pointer. */
#include "broken.h"
GOOD_MANIFEST_BUT(TEXT("lying-text"), TEXT("Broken"), TEXT("0.1.0"), {"x", (size_t)1 << 40}, {NULL, 3}, TEXT(""),
                  GOOD_MODES, TEXT(""), TEXT("[\"cat\"]"), TEXT("[]"));
GOOD_ADAPTER_WITH(good_feed);
