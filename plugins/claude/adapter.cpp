// The one file that makes a loadable adapter out of the classes beside it.
#include "paddock/adapter.hpp"

#include "session.hpp"

PADDOCK_ADAPTER(paddock::claude::ClaudeSession);
