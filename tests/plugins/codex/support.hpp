// A scripted app-server: says lines to the adapter and reads what it wrote.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "codex/fields.hpp"
#include "paddock/adapter_testing.hpp"

namespace paddock::codex::testing {

namespace json = boost::json;
namespace kit = paddock::sdk::testing;

/// The built adapter.
inline const pdk_adapter& adapter() {
  static const kit::Library library(CODEX_ADAPTER);
  return library.adapter();
}

inline json::object body_of(const json::object& event) { return event.at("body").as_object(); }

/// One session whose agent is played by the test.
class Server final {
 public:
  static constexpr const char* thread_id = "thread-1";

  explicit Server(std::string_view launch = R"({"prompt":"hi","keep_open":true,"workdir":"/w"})")
      : driver(adapter(), json::parse(launch).as_object()) {
    driver.started();
  }

  /// One line of the server.
  void say(std::string_view line) { driver.feed(PDK_CH_STDOUT, std::string(line) + "\n"); }

  /// A notification of our thread; `fields` are further members of params, e.g. `"turn":{}`.
  void tell(std::string_view method, std::string_view fields = {}) {
    say(R"({"method":")" + std::string(method) + R"(","params":{"threadId":"thread-1")" +
        (fields.empty() ? "" : "," + std::string(fields)) + "}}");
  }

  /// A request of the server for our thread.
  void ask(std::string_view id, std::string_view method, std::string_view fields = {}) {
    say(R"({"method":")" + std::string(method) + R"(","id":)" + std::string(id) +
        R"(,"params":{"threadId":"thread-1")" + (fields.empty() ? "" : "," + std::string(fields)) + "}}");
  }

  /// Answers the handshake; the thread is open then.
  Server& open() {
    say(R"({"id":1,"result":{"userAgent":"x"}})");
    say(R"({"id":2,"result":{"thread":{"id":"thread-1","cliVersion":"0.169.0"},"model":"gpt-5.5","cwd":"/w",)"
        R"("approvalPolicy":"on-request","sandbox":{"type":"workspaceWrite"}}})");
    return *this;
  }

  /// The answer to the first prompt, and its turn.
  Server& begin(std::string_view turn = "turn-1") {
    say(R"({"id":3,"result":{"turn":{"id":")" + std::string(turn) + R"(","status":"inProgress"}}})");
    tell("thread/status/changed", R"("status":{"type":"active","activeFlags":[]})");
    tell("turn/started", R"("turn":{"id":")" + std::string(turn) + R"("})");
    return *this;
  }

  Server& end(std::string_view status = "completed", std::string_view turn = "turn-1",
              std::string_view error = "null") {
    tell("thread/status/changed", R"("status":{"type":"idle"})");
    tell("turn/completed", R"("turn":{"id":")" + std::string(turn) + R"(","items":[],"status":")" +
                               std::string(status) + R"(","error":)" + std::string(error) + "}");
    return *this;
  }

  pdk_status prompt(std::string_view text) { return driver.command(PDK_CMD_PROMPT, {}, {{"text", text}}); }
  pdk_status answer(std::string_view ref, std::string_view body) {
    return driver.command(PDK_CMD_ANSWER, ref, json::parse(body).as_object());
  }
  pdk_status command(std::uint32_t kind, std::string_view body = "{}") {
    return driver.command(kind, {}, json::parse(body).as_object());
  }

  /// Ends the process; gives the outcome's body.
  json::object exit(int code = 0, int signal = 0, std::uint32_t cause = PDK_CAUSE_NONE) {
    driver.eof(PDK_CH_STDOUT);
    driver.eof(PDK_CH_STDERR);
    driver.exited(code, signal, cause);
    return last("outcome");
  }

  /// The messages written since the last call.
  std::vector<json::object> written() {
    std::vector<json::object> messages;
    for (std::string_view rest = std::string_view(seen().written).substr(std::exchange(read_, seen().written.size()));
         !rest.empty();) {
      messages.push_back(json::parse(kit::detail::take_line(rest)).as_object());
    }
    return messages;
  }

  /// The body of the last event of a kind; empty when there is none.
  json::object last(std::string_view kind) const {
    const auto events = driver.seen().of(kind);
    return events.empty() ? json::object{} : body_of(events.back());
  }
  std::string last_state() const { return std::string(text_of(last("state"), "state")); }
  std::size_t count(std::string_view kind) const { return driver.seen().of(kind).size(); }

  const kit::Recorded& seen() const { return driver.seen(); }

  kit::Driver driver;

 private:
  std::size_t read_ = 0;
};

}  // namespace paddock::codex::testing
