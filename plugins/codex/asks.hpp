// What the agent wants to know from a person: approvals and questions, from request to answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "codex/items.hpp"
#include "codex/out.hpp"
#include "paddock/launch.hpp"

namespace paddock::codex {

/// One open approval or question.
struct Ask {
  enum class Form { command, patch, mcp_tool, permissions, form, link, questions, later };

  /// One thing asked for by a question.
  struct Field {
    std::string id{};    // how the agent names it
    std::string type{};  // of a form's field: string, number, integer, boolean, array
  };

  Form form = Form::command;
  std::string ref{};  // the JSON-RPC id as text; of `later` the message's id
  json::value id{};   // the JSON-RPC id, a text or a number
  std::string thread{};
  std::vector<Field> fields{};
  json::object permissions{};  // what was asked for
  bool can_persist = false;    // an MCP tool that may be allowed for the session
  bool is_blocking = true;     // the turn waits for the answer

  bool is_question() const { return form >= Form::form; }
};

/// The open approvals and questions of all threads.
class Asks final {
 public:
  /// Most requests that may be open at once, a bound on what an agent can make grow.
  static constexpr std::size_t max_open = 64;

  /// What became of an answer.
  struct Reply {
    sdk::Status status = sdk::Status::argument;
    json::object result{};  ///< the `result` of the agent's request `id`
    json::value id{};
    std::string prompt{};  ///< instead: what the next message has to say
  };

  /// Takes in a request of the server and announces it. False when it is none of ours: then it needs an
  /// error as answer, or the agent hangs.
  bool open(const Out& out, std::string_view method, const json::value& id, const json::object& params,
            const Items& items);
  /// A message with questions whose answer is the next prompt.
  void open_later(const Out& out, std::string_view thread, const json::object& message);

  /// The answer of a person or a policy. Announces the decision when the status is ok. `can_prompt`:
  /// whether a further message may be sent.
  Reply answer(const Out& out, std::string_view ref, const json::object& body, bool can_prompt);

  /// The agent no longer waits for the request `id`.
  void resolved(const Out& out, const json::value& id);
  /// The turn of `thread` ended, nobody waits for an answer any more.
  void withdraw(const Out& out, std::string_view thread);
  /// A prompt was sent: that is the answer to questions that did not wait.
  void answered_by_prompt(const Out& out);
  /// Nothing more will come.
  void withdraw_all(const Out& out);

  /// The oldest request that keeps a turn waiting; null when there is none.
  const Ask* blocking() const;

 private:
  void resolve(const Out& out, std::size_t index, std::string_view decision, std::string_view by);

  std::vector<Ask> open_;  // oldest first
};

/// A JSON-RPC id as text; empty when it is neither text nor number or too long to be a ref.
std::string id_text(const json::value& id);

}  // namespace paddock::codex
