// The symbol of the adapter library.
#include "paddock/adapter.hpp"

#include "copilot/adapter.hpp"

PADDOCK_ADAPTER(paddock::copilot::Adapter);
