// One line for each kind of thing.
#include "main/cli/describe.hpp"

#include <array>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "base/size.hpp"
#include "base/time.hpp"
#include "main/cli/fields.hpp"
#include "main/cli/text.hpp"

namespace paddock::cli {
namespace json = boost::json;
namespace {

/// The first of `keys` that has a text.
std::string_view first_text(const json::object& data, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (const auto text = text_at(data, key); !text.empty()) return text;
  }
  return {};
}

std::string call_text(const json::object& data) {
  const std::string tool = one_line(text_at(data, "tool"));
  const std::string what = one_line(first_text(data, {"command", "title"}));
  return what.empty() ? tool : fmt::format("{}: {}", tool, what);
}

std::string state_event_text(const json::object& data) {
  std::string text = state_text(data);
  if (const auto detail = first_text(object_at(data, "exit"), {"detail"}); !detail.empty()) {
    text += fmt::format(" ({})", one_line(detail));
  } else if (const auto reason = first_text(data, {"reason", "detail"}); !reason.empty()) {
    text += fmt::format(" ({})", one_line(reason));
  }
  return text;
}

std::string usage_text(const json::object& data) {
  std::string text = fmt::format("{} tokens", count_text(tokens_of(data)));
  if (data.contains("cost_micros")) text += ", " + money_text(count_at(data, "cost_micros"));
  return text;
}

std::string result_text(const json::object& data) {
  std::string text = one_line(text_at(data, "outcome"));
  if (const auto tool = text_at(data, "tool"); !tool.empty()) text = fmt::format("{} {}", one_line(tool), text);
  if (data.contains("exit_code")) text += fmt::format(" ({})", count_at(data, "exit_code"));
  if (const auto out = text_at(data, "text"); !out.empty()) text += ": " + one_line(out);
  return text;
}

std::string message_text(const json::object& data) {
  const std::string role = one_line(text_at(data, "role"));
  const std::string text = one_line(text_at(data, "text"));
  return role.empty() || role == "assistant" ? text : fmt::format("[{}] {}", role, text);
}

std::string resolved_text(const json::object& data) {
  std::string text = one_line(text_at(data, "decision"));
  if (const auto by = text_at(data, "by"); !by.empty()) text += " by " + one_line(by);
  return text;
}

std::string outcome_text(const json::object& data) {
  std::string text = one_line(first_text(data, {"reason", "result"}));
  if (const auto said = first_text(data, {"detail", "text"}); !said.empty()) text += ": " + one_line(said);
  return text;
}

/// Whatever else: its text if it has one, else its fields.
std::string other_text(const json::object& data) {
  const auto text = first_text(data, {"text", "detail", "message", "what", "path"});
  return one_line(text.empty() ? json::serialize(data) : std::string(text));
}

std::string change_text(const json::object& data) {
  return fmt::format("{} {}", one_line(text_at(data, "change")), one_line(text_at(data, "path")));
}

std::string turn_text(const json::object& data) {
  const std::string outcome = one_line(text_at(data, "outcome"));
  return one_line(text_at(data, "phase")) + (outcome.empty() ? "" : ": " + outcome);
}

std::string error_text(const json::object& data) {
  const std::string kind = one_line(first_text(data, {"class", "code"}));
  const std::string text = one_line(first_text(data, {"text", "detail"}));
  return kind.empty() ? text : fmt::format("{}: {}", kind, text);
}

struct Describer {
  std::string_view kind;
  std::string (*text)(const json::object&);
};

std::string asked(const json::object& data) { return request_text("approval_request", data); }
std::string questioned(const json::object& data) { return request_text("question", data); }

constexpr std::array<Describer, 12> kDescribers{{{"message", message_text},
                                                 {"reasoning", message_text},
                                                 {"state", state_event_text},
                                                 {"tool_call", call_text},
                                                 {"tool_result", result_text},
                                                 {"approval_request", asked},
                                                 {"question", questioned},
                                                 {"approval_resolved", resolved_text},
                                                 {"usage", usage_text},
                                                 {"outcome", outcome_text},
                                                 {"file_change", change_text},
                                                 {"turn", turn_text}}};

}  // namespace

std::string summary_of(const json::object& event) {
  const std::string_view kind = text_at(event, "kind");
  const json::object& data = object_at(event, "data");
  if (kind == "error") return error_text(data);
  for (const Describer& describer : kDescribers) {
    if (describer.kind == kind) return describer.text(data);
  }
  return other_text(data);
}

std::string request_text(std::string_view kind, const json::object& data) {
  if (kind == "question") {
    std::string text = one_line(text_at(data, "text"));
    for (const json::object* question : objects_at(data, "questions")) {
      if (const auto more = text_at(*question, "text"); text.empty() && !more.empty()) text = one_line(more);
      std::string choices;
      for (const std::string_view choice : texts_at(*question, "choices")) {
        choices += (choices.empty() ? "" : " | ") + one_line(choice);
      }
      if (!choices.empty()) text += fmt::format(" [{}]", choices);
    }
    return text;
  }
  std::string text = call_text(data);
  if (const auto reason = text_at(data, "reason"); !reason.empty()) text += fmt::format(" ({})", one_line(reason));
  return text;
}

std::string state_text(const json::object& session) {
  std::string text = one_line(text_at(session, "state"));
  if (const auto on = text_at(session, "blocked_on"); !on.empty()) text += ": " + one_line(on);
  if (const auto reason = text_at(object_at(session, "exit"), "reason"); !reason.empty())
    text += ": " + one_line(reason);
  return text;
}

int attention(const json::object& session) {
  constexpr std::array<std::string_view, 6> kOrder{"blocked", "unknown", "working", "starting", "idle", "exited"};
  const std::string_view state = text_at(session, "state");
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    if (kOrder.at(i) == state) return int(i);
  }
  return 1;  // a state of a newer host deserves a look
}

std::string age_at(const json::object& object, std::string_view key) {
  const auto millis = millis_at(object, key);
  return millis ? age_text(base::wall_now().time_since_epoch().count() - *millis) : "-";
}

std::string bytes_at(const json::object& object, std::string_view key) {
  const std::int64_t bytes = count_at(object, key);
  return bytes <= 0 ? "-" : base::format_size(base::ByteSize(std::uint64_t(bytes)));
}

std::int64_t tokens_of(const json::object& usage) {
  return count_at(usage, "input_tokens") + count_at(usage, "output_tokens") + count_at(usage, "cache_read_tokens") +
         count_at(usage, "cache_write_tokens");
}

}  // namespace paddock::cli
