// What the agent wants to know from a person: approvals and questions, from request to answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "acp/calls.hpp"
#include "acp/out.hpp"
#include "paddock/launch.hpp"

namespace paddock::acp {

/// One open approval or question.
struct Ask {
  enum class Form { permission, form, link, choices, plan };

  struct Option {
    std::string id, kind;
  };

  /// One thing asked for by a question.
  struct Field {
    std::string id{};
    std::string type{};             // of a form's field: string, number, integer, boolean, array
    std::vector<Option> choices{};  // id and label of Cursor's options
  };

  Form form = Form::permission;
  std::string ref{};  // the JSON-RPC id as text
  json::value id{};   // the JSON-RPC id, a text or a number
  std::string call{};
  std::string elicitation{};  // the agent's own id of a link
  std::vector<Option> options{};
  std::vector<Field> fields{};

  bool is_question() const { return form == Form::form || form == Form::link || form == Form::choices; }
};

/// The open approvals and questions, oldest first.
class Asks final {
 public:
  /// Most requests that may be open at once, a bound on what an agent can make grow.
  static constexpr std::size_t max_open = 64;

  /// What became of an answer.
  struct Reply {
    sdk::Status status = sdk::Status::argument;
    json::value id{};
    json::object result{};  ///< the `result` of the agent's request `id`
    bool is_denied = false;
    std::string call{};  ///< the call it was about
  };

  /// Takes in a request and announces it. False when it is none of ours or cannot be kept: then it needs
  /// an error as answer, or the agent hangs.
  bool open(const Out& out, std::string_view method, const json::value& id, const json::object& params, Calls& calls,
            bool is_cursor);

  /// The answer of a person or a policy. Announces the decision when the status is ok.
  Reply answer(const Out& out, std::string_view ref, const json::object& body);

  /// Nobody waits for the oldest request any more: gives what to answer it with. Nothing when none is open.
  std::optional<Reply> withdraw(const Out& out, std::string_view by);
  /// The agent no longer waits for the request `id`.
  bool withdrawn(const Out& out, const json::value& id);
  /// The link `elicitation` was followed.
  std::optional<Reply> followed(const Out& out, std::string_view elicitation);

  /// The oldest open request; null when there is none.
  const Ask* oldest() const { return open_.empty() ? nullptr : &open_.front(); }

 private:
  void resolve(const Out& out, std::size_t index, std::string_view decision, std::string_view by);

  std::vector<Ask> open_;
};

/// A JSON-RPC id as text; empty when it is neither text nor number or too long to be a ref.
std::string id_text(const json::value& id);

}  // namespace paddock::acp
