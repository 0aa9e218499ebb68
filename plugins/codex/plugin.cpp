// The symbol of the adapter library.
#include "paddock/adapter.hpp"

#include "codex/adapter.hpp"

PADDOCK_ADAPTER(paddock::codex::Adapter);
