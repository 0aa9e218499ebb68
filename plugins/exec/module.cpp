// The library exec.so.
#include "exec/session.hpp"

PADDOCK_ADAPTER(paddock::exec::Session);
