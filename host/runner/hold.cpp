// Becoming a runner: independent of whoever started it, told what to do by the first message on its
// standard input.
#include "runner/hold.hpp"

#include <csignal>

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include "base/files.hpp"
#include "base/log.hpp"
#include "base/unique_fd.hpp"
#include "link/message.hpp"
#include "process/process.hpp"
#include "runner/runner.hpp"
#include "runner/start.hpp"

namespace paddock::runner {
namespace {

namespace log = base::log;

/// Moves the link from standard input out of the way of everything that is started.
base::UniqueFd take_link() {
  base::UniqueFd link(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  const base::UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  (void)::dup2(null.get(), STDIN_FILENO);
  return link;
}

/// Nothing the terminal or the daemon's own group gets may end a runner.
void be_independent() {
  for (const int signo : {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGQUIT}) (void)std::signal(signo, SIG_IGN);
  (void)::setsid();
  if (auto done = process::become_subreaper(); !done) {
    log::warn("orphans of the agent will not be seen", {{"problem", done.error().detail}});
  }
  // One heap that gives back what it does not need, and keeps no free pieces apart: small ones that live long
  // would settle between them, on a page each.
  (void)::mallopt(M_MXFAST, 0);
  (void)::mallopt(M_ARENA_MAX, 1);
  (void)::mallopt(M_TRIM_THRESHOLD, 64 << 10);
  (void)::mallopt(M_MMAP_THRESHOLD, 128 << 10);
}

}  // namespace

int hold_session(const std::filesystem::path& adapter_file) {
  be_independent();
  auto adapter = AdapterProcess::fork(adapter_file);
  base::UniqueFd link = take_link();
  auto launch = receive_launch(link.get());
  if (!launch) {
    log::error("no session was launched", {{"problem", launch.error().detail}});
    return 1;
  }
  auto session = adapter ? start_session(std::move(*launch), std::move(*adapter)) : adapter.error();
  if (!session) {
    const auto frame = link::encode(link::FromRunner(link::Refused{session.error()}));
    const int flags = ::fcntl(link.get(), F_GETFL);
    (void)::fcntl(link.get(), F_SETFL, flags & ~O_NONBLOCK);
    if (frame) (void)base::write_all(link.get(), *frame);
    return 1;
  }
  Runner(std::move(*session), std::move(link)).run();
  return 0;
}

}  // namespace paddock::runner
