// Configuration files of any bytes: a checked value or problems that a person can find, never both and
// never a crash of the library below.
#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "config/load.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace paddock::fuzz;
namespace config = paddock::config;

void check(const config::Problems& problems) {
  must(!problems.items.empty(), "a refusal says why");
  must(problems.items.size() <= paddock::base::limits::yaml_problems + 1, "nobody is told more than helps");
  for (const config::Problem& problem : problems.items) {
    must(!problem.detail.empty(), "each problem has a sentence");
    must(paddock::base::is_utf8(config::to_string(problem)), "problems can be shown");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = view(data, size);
  const auto set = config::parse_policies(text, "fuzz.yaml");
  const auto again = config::parse_policies(text, "fuzz.yaml");
  must(set.has_value() == again.has_value(), "the same text is the same set");
  if (!set) check(set.error());
  if (set) must(set->policies.contains("default"), "there is always a default policy");
  const auto host = config::parse_host_file(text, "fuzz.yaml", "/somewhere");
  if (!host) check(host.error());
  return 0;
}
