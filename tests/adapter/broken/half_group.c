/* Declares commands and a screen, and has neither. */
#include "broken.h"
GOOD_MANIFEST_BUT(TEXT("half-group"), TEXT("Broken"), TEXT("0.1.0"), TEXT("Tests"), TEXT("Apache-2.0"), TEXT(""),
                  TEXT("[{\"mode\":\"tui\",\"transport\":\"pty\",\"screen\":true,\"commands\":[\"prompt\"]}]"),
                  TEXT(""), TEXT("[\"cat\"]"), TEXT("[]"));
GOOD_ADAPTER_WITH(good_feed);
