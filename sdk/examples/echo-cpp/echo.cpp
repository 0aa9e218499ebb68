// The reference adapter in C++. Its agent is `cat`: whatever is sent to it comes back as its answer, one
// line per turn. ../echo-c/echo.c does exactly the same with nothing but the C header.
#include <csignal>
#include <string>
#include <string_view>

#include "paddock/adapter.hpp"
#include "paddock/lines.hpp"

namespace {

namespace json = boost::json;
using namespace paddock::sdk;

class Echo final : public LineSession {
 public:
  static constexpr Manifest manifest{
      .id = "echo-cpp",
      .name = "Echo (C++)",
      .version = "1.0.0",
      .vendor = "Paddock",
      .license = "Apache-2.0",
      .summary = "Answers each prompt with itself",
      .modes = R"([{"mode":"headless","transport":"pipes","resume":false,"commands":["prompt","interrupt","finish"]}])",
      .programs = R"(["cat"])"};

  static json::object plan(const Launch&) {
    return {{"argv", {"cat"}},
            {"transport", "pipes"},
            {"stop", json::array{json::object{{"close_input", true}, {"patience_ms", 1000}}}}};
  }

  explicit Echo(const Launch& launch)
      : LineSession(64U << 10U), first_prompt_(launch.prompt()), keep_open_(launch.keep_open()) {}

  void started(Now, Sink& sink) override {
    if (!first_prompt_.empty()) return begin(first_prompt_, sink);
    state("idle", sink);
    if (!keep_open_) close(sink);
  }

  void on_line(Now, std::string_view line, Source source, Sink& sink) override {
    if (!is_utf8(line)) {
      sink.event({.kind = Kind::unknown, .body = {{"what", "not_utf8"}}, .source = source});
    } else if (source.channel == PDK_CH_STDERR) {
      sink.event({.kind = Kind::notice, .body = {{"code", "stderr"}, {"text", line}}, .source = source});
    } else {
      sink.event({.kind = Kind::message, .body = {{"role", "assistant"}, {"text", line}}, .source = source});
      if (in_turn_) end("finished", sink);
    }
  }

  Status command(Now, const Command& command, Sink& sink) override {
    switch (command.kind) {
      case Command::Kind::prompt:
        if (command.text("text").empty()) return Status::argument;
        if (in_turn_ || closed_) return Status::not_now;
        begin(command.text("text"), sink);
        return Status::ok;
      case Command::Kind::interrupt: sink.signal(SIGINT); return Status::ok;
      case Command::Kind::finish:
        if (closed_) return Status::not_now;
        close(sink);
        return Status::ok;
      default: return Status::unsupported;
    }
  }

  void exited(Now, const Exit& exit, Sink& sink) override {
    const bool well = exit.signal == 0 && exit.code == 0;
    if (in_turn_)
      sink.event({.kind = Kind::turn, .body = {{"phase", "end"}, {"outcome", well ? "cancelled" : "failed"}}});
    sink.event({.kind = Kind::outcome, .body = {{"result", well ? "success" : "agent_error"}, {"retryable", false}}});
  }

 private:
  void begin(std::string_view prompt, Sink& sink) {
    in_turn_ = true;
    sink.event({.kind = Kind::turn, .body = {{"phase", "begin"}}});
    state("working", sink);
    sink.write(std::string(prompt) + "\n");
  }

  void end(std::string_view outcome, Sink& sink) {
    in_turn_ = false;
    sink.event({.kind = Kind::turn, .body = {{"phase", "end"}, {"outcome", outcome}}});
    state("idle", sink);
    if (!keep_open_ && !closed_) close(sink);
  }

  void close(Sink& sink) {
    closed_ = true;
    sink.close_input();
  }

  static void state(std::string_view name, Sink& sink) { sink.event({.kind = Kind::state, .body = {{"state", name}}}); }

  std::string first_prompt_;
  bool keep_open_;
  bool in_turn_ = false;
  bool closed_ = false;
};

}  // namespace

PADDOCK_ADAPTER(Echo);
