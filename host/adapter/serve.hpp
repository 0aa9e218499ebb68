// The adapter's own process: everything that runs a stranger's code while a session lives.
#pragma once

#include <filesystem>

#include "adapter/loader.hpp"

namespace paddock::adapter {

/// The whole life of an adapter process, from fork to exit: points descriptors 0-2 at /dev/null, closes
/// all others but `fd`, maps the library under a first lock, sends one wire::Done (status PDK_OK and the description's
/// JSON plus "jailed": bool, or PDK_E_INTERNAL and the refusal's JSON), locks itself in (jail.hpp), and then answers
/// requests on `fd`, a connected stream socket, one at a time until it reads the end.
///
/// Done of a request whose answer broke the contract has PDK_E_INTERNAL and says why in its text.
/// Call it in a forked child of a single-threaded process and pass its result to _exit(): 0 after the
/// end of the stream, 1 when the library was refused, 2 when the parent broke the protocol.
int serve(int fd, const std::filesystem::path& library, const LoadPolicy& policy = {}) noexcept;

}  // namespace paddock::adapter
