// paddock-runner: holds one session's agent, journal and adapter. Started by paddockd, one per session.
#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>
#include <boost/json/serialize.hpp>

#include "adapter/describe.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "link/message.hpp"
#include "process/process.hpp"
#include "runner/probe.hpp"
#include "runner/replay.hpp"
#include "runner/runner.hpp"

namespace {

using namespace paddock;
namespace log = base::log;

constexpr int kBadUsage = 2;

void print_line(std::string_view text) {
  (void)std::fwrite(text.data(), 1, text.size(), stdout);
  (void)std::fputc('\n', stdout);
}

int report(const base::Result<boost::json::object>& answer) {
  const boost::json::object shown =
      answer ? *answer
             : boost::json::object{{"code", base::name(answer.error().code)}, {"message", answer.error().detail}};
  print_line(boost::json::serialize(shown));
  return answer ? 0 : 1;
}

bool read_number(const char* text, std::uint64_t& into) {
  const std::string_view view(text);
  const auto [end, ec] = std::from_chars(view.data(), view.data() + view.size(), into);
  return ec == std::errc() && end == view.data() + view.size();
}

int replay(const std::vector<char*>& words) {
  runner::ReplayRange range;
  for (std::size_t i = 2; i + 1 < words.size(); i += 2) {
    const std::string_view name(words[i]);
    const bool known = name == "--after" || name == "--until";
    if (!known || !read_number(words[i + 1], name == "--after" ? range.after : range.until)) return kBadUsage;
  }
  const auto done = runner::replay(words[1], range, print_line);
  if (done) return 0;
  log::error("the journal cannot be replayed", {{"problem", done.error().detail}});
  return 1;
}

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
  // One heap that gives back what it does not need.
  (void)::mallopt(M_ARENA_MAX, 1);
  (void)::mallopt(M_TRIM_THRESHOLD, 64 << 10);
  (void)::mallopt(M_MMAP_THRESHOLD, 128 << 10);
}

int hold_session() {
  be_independent();
  base::UniqueFd link = take_link();
  auto launch = runner::receive_launch(link.get());
  if (!launch) {
    log::error("no session was launched", {{"problem", launch.error().detail}});
    return 1;
  }
  auto session = runner::start_session(std::move(*launch));
  if (!session) {
    const auto frame = link::encode(link::FromRunner(link::Refused{session.error()}));
    const int flags = ::fcntl(link.get(), F_GETFL);
    (void)::fcntl(link.get(), F_SETFL, flags & ~O_NONBLOCK);
    if (frame) (void)base::write_all(link.get(), *frame);
    return 1;
  }
  runner::Runner(std::move(*session), std::move(link)).run();
  return 0;
}

int run(const std::vector<char*>& words) {
  if (words.size() < 2) return hold_session();
  const std::string_view verb(words[0]);
  if (verb == "--describe") return print_line(boost::json::serialize(adapter::describe(words[1]))), 0;
  if (verb == "--probe") return report(runner::probe(words[1]));
  if (verb == "--replay") return replay(words);
  return kBadUsage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int code = run(std::vector<char*>(argv + 1, argv + argc));
    if (code == kBadUsage) {
      std::fputs(
          "paddock-runner is started by paddockd. For looking: --describe FILE | --probe FILE | "
          "--replay SESSION_DIR [--after N] [--until N]\n",
          stderr);
    }
    return code;
  } catch (const std::exception& error) {
    log::error("the runner ends because of a mistake in it", {{"problem", error.what()}});
    return 1;
  }
}
