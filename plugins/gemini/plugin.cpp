// The symbol of the adapter library.
#include "paddock/adapter.hpp"

#include "gemini/adapter.hpp"

PADDOCK_ADAPTER(paddock::gemini::Adapter);
