// The symbol of the adapter library.
#include "paddock/adapter.hpp"

#include "cursor/adapter.hpp"

PADDOCK_ADAPTER(paddock::cursor::Adapter);
