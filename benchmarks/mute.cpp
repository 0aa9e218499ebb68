// An adapter that takes every byte and says nothing: what is left is the price of capture.
#include <paddock/adapter.hpp>

namespace {

using namespace paddock::sdk;

class Mute final : public Session {
 public:
  static constexpr Manifest manifest{.id = "mute",
                                     .name = "Mute",
                                     .version = "0.1.0",
                                     .vendor = "Paddock",
                                     .license = "Apache-2.0",
                                     .summary = "Takes bytes, says nothing",
                                     .modes = R"([{"mode":"headless","transport":"pipes","commands":[]}])",
                                     .programs = R"(["*"])"};

  static json::object plan(const Launch& launch) {
    return {{"argv", launch.args()}, {"transport", "pipes"}, {"stop", json::array()}};
  }

  explicit Mute(const Launch&) {}
  void feed(Now, std::uint32_t, std::string_view, Sink&) override {}
  void exited(Now, const Exit& exit, Sink& sink) override {
    sink.event({.kind = Kind::outcome,
                .body = {{"result", exit.code == 0 ? "success" : "agent_error"}, {"retryable", false}}});
  }
};

}  // namespace

PADDOCK_ADAPTER(Mute);
