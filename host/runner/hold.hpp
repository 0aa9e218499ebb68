// The life of the program paddock-runner when it holds a session.
#pragma once

namespace paddock::runner {

/// Takes the link from standard input, receives the launch, starts the session and holds it to its end.
/// Returns the exit status: 1 when no session was started; the other end of the link was told why.
int hold_session();

}  // namespace paddock::runner
