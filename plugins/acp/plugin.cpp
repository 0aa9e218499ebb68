// The symbol of the adapter library.
#include "paddock/adapter.hpp"

#include "acp/adapter.hpp"

PADDOCK_ADAPTER(paddock::acp::Adapter);
