// Not broken: an adapter with a probe.
#include <stdexcept>

#include "paddock/adapter.hpp"

namespace {
using namespace paddock::sdk;

class Probing final : public Session {
 public:
  static constexpr Manifest manifest{.id = "probing", .name = "Probing", .version = "0.1.0", .programs = R"(["cat"])"};
  static json::object plan(const Launch&) { return {{"argv", {"cat"}}}; }
  explicit Probing(const Launch&) {}
  void feed(Now, std::uint32_t, std::string_view, Sink&) override {}
  void exited(Now, const Exit&, Sink&) override {}
  static json::object probe_plan() { return {{"commands", json::array{json::array{"cat", "--version"}}}}; }
  static json::object probe_result(const json::object& findings) {
    if (findings.empty()) throw std::runtime_error("nothing was found");
    return {{"state", "healthy"}};
  }
};
}  // namespace

PADDOCK_ADAPTER(Probing);
