// paddock-runner: holds one session's agent, journal and adapter. Started by paddockd, one per session.
#include <charconv>
#include <cstdio>
#include <exception>
#include <string_view>
#include <vector>

#include <unistd.h>
#include <boost/json/serialize.hpp>

#include "adapter/describe.hpp"
#include "adapter/jail.hpp"
#include "base/log.hpp"
#include "runner/hold.hpp"
#include "runner/probe.hpp"
#include "runner/replay.hpp"

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

/// Looks into one library, which runs its static constructors: a stranger's code, of which nothing is known
/// yet. Locked as an adapter process is while it loads; a kernel without filters does not have that lock.
int describe(const char* file) {
  if (auto limited = adapter::limit_process(); !limited) {
    log::error("an adapter cannot be looked into", {{"problem", limited.error().detail}});
    return 1;
  }
  (void)adapter::lock_for_loading(STDOUT_FILENO);
  print_line(boost::json::serialize(adapter::describe(file)));
  return 0;
}

int run(const std::vector<char*>& words) {
  if (words.size() < 2) return kBadUsage;
  const std::string_view verb(words[0]);
  if (verb == "--describe") return describe(words[1]);
  if (verb == "--probe") return report(runner::probe(words[1]));
  if (verb == "--replay") return replay(words);
  if (words.size() == 2 && !verb.starts_with('-')) return runner::hold_session(words[1]);  // <session dir> <adapter>
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
