// The life of the program paddock-runner when it holds a session.
#pragma once

#include <filesystem>

namespace paddock::runner {

/// Forks the process for `adapter_file` first of all: it loads the library while the launch is still on its
/// way, and there is nothing in this process yet that it could see. Then takes the link from standard input, receives
/// the launch, starts the session and holds it to its end. Returns the exit status: 1 when no session was started; the
/// other end of the link was told why.
int hold_session(const std::filesystem::path& adapter_file);

}  // namespace paddock::runner
