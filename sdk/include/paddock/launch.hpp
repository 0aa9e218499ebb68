// What is asked of an adapter before and while it runs: launches, commands, the agent's end.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include "paddock/adapter.h"

namespace paddock::sdk {

namespace json = boost::json;

/// The answer to a command.
enum class Status : pdk_status {
  ok = PDK_OK,
  argument = PDK_E_ARGUMENT,        ///< e.g. an unknown ref; nothing changed
  unsupported = PDK_E_UNSUPPORTED,  ///< this agent or mode cannot do that, ever
  not_now = PDK_E_NOT_NOW,          ///< legal, but not in the present state
  internal = PDK_E_INTERNAL,        ///< the adapter is broken; it will not be called again
};

/// Thrown by plan() or by the session's constructor: the launch is refused with this text.
class Refusal final : public std::runtime_error {
 public:
  /// `code` is a stable snake_case word; `text` names the object in 'quotes'.
  Refusal(Status status, std::string code, const std::string& text)
      : std::runtime_error(text), status_(status), code_(std::move(code)) {}
  Status status() const noexcept { return status_; }
  const std::string& code() const noexcept { return code_; }

 private:
  Status status_;
  std::string code_;
};

/// A wish to start a session. Fields that are absent read as empty.
struct Launch {
  json::object request;

  std::string_view prompt() const { return text("prompt"); }
  std::string_view model() const { return text("model"); }
  std::string_view resume() const { return text("resume"); }  ///< the agent's own session id
  std::string_view session() const { return text("session"); }
  std::string_view session_dir() const { return text("session_dir"); }
  std::string_view workdir() const { return text("workdir"); }
  std::string_view mode() const { return text("mode"); }
  bool yolo() const { return flag("yolo"); }            ///< the agent may act without asking
  bool keep_open() const { return flag("keep_open"); }  ///< wait for more prompts after the first turn
  const json::array& args() const {
    static const json::array none;
    const json::value* found = request.if_contains("args");
    return found != nullptr && found->is_array() ? found->get_array() : none;
  }
  const json::object& options() const { return object("options"); }
  const json::object& env() const { return object("env"); }  ///< names only; every value is true

 private:
  std::string_view text(std::string_view key) const {
    const json::value* found = request.if_contains(key);
    if (found == nullptr || !found->is_string()) return {};
    return {found->get_string().data(), found->get_string().size()};
  }
  bool flag(std::string_view key) const {
    const json::value* found = request.if_contains(key);
    return found != nullptr && found->is_bool() && found->get_bool();
  }
  const json::object& object(std::string_view key) const {
    static const json::object none;
    const json::value* found = request.if_contains(key);
    return found != nullptr && found->is_object() ? found->get_object() : none;
  }
};

/// Something a person or a policy wants of a running agent; see adapter.h for the bodies.
struct Command {
  enum class Kind : std::uint32_t {
    prompt = PDK_CMD_PROMPT,
    answer = PDK_CMD_ANSWER,
    interrupt = PDK_CMD_INTERRUPT,
    set = PDK_CMD_SET,
    finish = PDK_CMD_FINISH,
  };
  Kind kind = Kind::prompt;
  std::string ref;  ///< of an answer: the approval or question
  json::object body;

  /// A text field of the body, empty when absent. Lives as long as this command.
  std::string_view text(std::string_view key) const {
    const json::value* found = body.if_contains(key);
    if (found == nullptr || !found->is_string()) return {};
    return {found->get_string().data(), found->get_string().size()};
  }
};

/// How the agent's main process ended.
struct Exit {
  std::uint32_t cause = PDK_CAUSE_NONE;  ///< PDK_CAUSE_*: whether the host made it end
  int code = 0;                          ///< exit status, -1 when signalled
  int signal = 0;                        ///< 0 when it exited
};

}  // namespace paddock::sdk
