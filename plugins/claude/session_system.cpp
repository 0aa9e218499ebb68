// What the CLI says about itself: its states, its notices, and its requests to us.
#include <algorithm>
#include <array>
#include <utility>

#include "fields.hpp"
#include "session.hpp"

namespace paddock::claude {

namespace {

constexpr std::size_t kMostTools = 500;
constexpr std::size_t kLargestWord = 256;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// The words for people in a system line, whatever field they stand in.
std::string_view words_of(const json::object& line) {
  for (const std::string_view key : {"content", "message", "text", "summary", "description", "error"}) {
    if (const std::string_view found = text(line, key); !found.empty()) return found;
  }
  return {};
}

}  // namespace

void ClaudeSession::on_system(Out& out, const json::object& line) {
  const std::string_view subtype = text(line, "subtype");
  if (subtype == "init") return on_init(out, line);
  if (subtype == "session_state_changed") return on_state(out, text(line, "state"));
  if (subtype == "status") return on_status(out, line);
  if (subtype == "api_retry") {
    lifecycle_.detail(out, "retrying");
    return tell_retry(out, line);
  }
  if (subtype == "permission_denied") {
    tools_.deny(text(line, "tool_use_id"));
    return out.notice("permission_denied", text(line, "message"));
  }
  if (subtype == "hook_response") {
    const std::string_view outcome = text(line, "outcome");
    if (outcome.empty() || outcome == "success") return;
    const std::string_view complaint = text(line, "stderr");
    return out.notice("hook_failed", std::string(text(line, "hook_name")) + ": " +
                                         std::string(complaint.empty() ? outcome : complaint));
  }
  on_system_words(out, line, subtype);
}

void ClaudeSession::on_system_words(Out& out, const json::object& line, std::string_view subtype) {
  // Progress that other lines tell better.
  if (is_one_of(subtype, {"thinking_tokens", "hook_started", "hook_progress", "task_progress", "task_updated",
                          "commands_changed"}))
    return;
  if (subtype == "task_notification") {
    return out.notice("task_ended", std::string(words_of(line)) + " (" + std::string(text(line, "status")) + ")");
  }
  const bool told = is_one_of(subtype, {"task_started", "model_refusal_no_fallback", "model_refusal_fallback",
                                        "compact_boundary", "notification", "informational", "local_command_output",
                                        "files_persisted", "memory_recall", "elicitation_complete", "mirror_error"});
  if (told) {
    const std::string_view words = words_of(line);
    return out.notice(subtype,
                      words.empty() && subtype.starts_with("model_refusal") ? "the model refused the request" : words);
  }
  out.event(sdk::Kind::unknown, {{"what", "system_subtype"}, {"text", clip(subtype, 200)}});
}

void ClaudeSession::on_init(Out& out, const json::object& line) {
  // It comes with every turn; only what changed is news.
  std::string facts;
  for (const std::string_view key : {"session_id", "model", "claude_code_version", "cwd", "permissionMode"}) {
    facts += clip(text(line, key), 4096);
    facts += '\n';
  }
  const json::array* tools = list(line, "tools");
  facts += std::to_string(tools == nullptr ? 0 : tools->size());
  if (facts != session_facts_) {
    session_facts_ = std::move(facts);
    tell_session(out, line);
  }
  expecting_ = false;
  lifecycle_.work(out);
}

void ClaudeSession::tell_session(Out& out, const json::object& line) {
  session_id_ = clip(text(line, "session_id"), kLargestWord);
  mode_ = clip(text(line, "permissionMode"), kLargestWord);
  usage_.model(clip(text(line, "model"), kLargestWord));
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> fields{
      {{"agent_session_id", "session_id"},
       {"model", "model"},
       {"version", "claude_code_version"},
       {"cwd", "cwd"},
       {"permission_mode", "permissionMode"}}};
  json::object body = out.body();
  for (const auto& [name, key] : fields) {
    if (const std::string_view value = text(line, key); !value.empty()) body[name] = clip(value, 4096);
  }
  const json::array* tools = list(line, "tools");
  if (tools != nullptr && tools->size() <= kMostTools) body["tools"] = *tools;
  out.event(sdk::Kind::session, std::move(body));
}

void ClaudeSession::on_state(Out& out, std::string_view state) {
  state_events_ = true;
  if (state == "running") {
    // Right after our answer to one of several requests it does not speak of the others.
    const bool still_blocked = std::exchange(answered_, false) && approvals_.front() != nullptr;
    expecting_ = false;
    if (!still_blocked) lifecycle_.work(out);
  } else if (state == "idle") {
    at_rest(out);
  } else if (state != "requires_action") {
    // requires_action: the request itself follows and says what for.
    out.event(sdk::Kind::unknown, {{"what", "session_state"}, {"text", clip(state, 200)}});
  }
}

void ClaudeSession::on_status(Out& out, const json::object& line) {
  permission_mode(out, text(line, "permissionMode"));
  const std::string_view status = text(line, "status");
  if (status == "compacting") return lifecycle_.detail(out, "compacting");
  if (const std::string_view result = text(line, "compact_result"); !result.empty()) {
    const std::string_view error = text(line, "compact_error");
    out.notice(result == "failed" ? "compact_failed" : "compacted", error.empty() ? result : error);
  }
  if (lifecycle_.has_detail()) lifecycle_.detail(out, {});
}

void ClaudeSession::on_control_request(Out& out, const json::object& line) {
  const std::string_view id = text(line, "request_id");
  const json::object* request = child(line, "request");
  const std::string_view subtype = request == nullptr ? std::string_view{} : text(*request, "subtype");
  if (subtype == "can_use_tool" && approvals_.ask(out, id, *request)) {
    const Approvals::Open& first = *approvals_.front();
    return lifecycle_.block(out, first.is_question ? "question" : "approval", first.ref);
  }
  // An answer in any case: the CLI waits for it.
  if (!id.empty() && !input_closed_) {
    out.sink().write(refusal_line(id, "this host does not answer '" + std::string(clip(subtype, 100)) + "' requests"));
  }
  out.notice("request_not_answered", subtype);
}

void ClaudeSession::on_control_cancel(Out& out, const json::object& line) {
  approvals_.resolve(out, clip(text(line, "request_id"), sdk::Sink::max_ref_bytes), "cancelled", "agent");
  if (lifecycle_.state() == Lifecycle::State::blocked) after_approval(out);
}

void ClaudeSession::on_rate_limit(Out& out, const json::object& line) {
  const json::object* info = child(line, "rate_limit_info");
  if (info == nullptr) return;
  const std::string_view status = text(*info, "status");
  const std::optional<std::int64_t> resets_at = count(*info, "resetsAt");
  resets_at_ = status == "rejected" ? resets_at : std::nullopt;
  if (status == "allowed") return;
  std::string words = "limit '" + std::string(clip(text(*info, "rateLimitType"), 64)) + "' ";
  words += status == "rejected" ? "is used up" : "is nearly used up";
  if (resets_at) words += ", ends " + rfc3339(*resets_at);
  json::object body = out.body({{"code", status == "rejected" ? "limit_reached" : "limit_near"}, {"text", words}});
  if (resets_at) body["resets_at"] = rfc3339(*resets_at);
  if (const auto used = number(*info, "utilization")) body["utilization"] = *used;
  out.event(sdk::Kind::notice, std::move(body));
}

void ClaudeSession::identify(Out& out, std::string_view id) {
  const std::string_view known = clip(id, kLargestWord);
  if (known.empty() || known == session_id_) return;
  session_id_ = known;
  out.event(sdk::Kind::session, {{"agent_session_id", known}});
}

void ClaudeSession::permission_mode(Out& out, std::string_view mode) {
  const std::string_view known = clip(mode, kLargestWord);
  if (known.empty() || known == mode_) return;
  mode_ = known;
  // The next init says it again; then it must count as known.
  session_facts_.clear();
  out.event(sdk::Kind::session, {{"permission_mode", known}});
}

void ClaudeSession::at_rest(Out& out) {
  if (lifecycle_.turn_open()) {
    // Its result was lost (a line over the limit): the agent is idle all the same.
    out.notice("result_missing", "the turn ended, but its result could not be read");
    messages_.end_turn(out);
    tools_.end_turn(out);
    last_outcome_ = fault_ ? "failed" : "finished";
    last_fault_ = std::exchange(fault_, std::nullopt);
    lifecycle_.end_turn(out, out.body({{"phase", "end"}, {"outcome", last_outcome_}}));
  }
  expecting_ = false;
  approvals_.cancel_all(out);
  lifecycle_.rest(out);
  const bool over = !keep_open_ && lifecycle_.turns() > 0;
  if (finishing_ || over) close_input(out);
}

void ClaudeSession::close_input(Out& out) {
  if (std::exchange(input_closed_, true)) return;
  out.sink().close_input();
}

}  // namespace paddock::claude
