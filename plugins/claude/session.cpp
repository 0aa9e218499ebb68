// The conversation: assistant and user messages, tool results, the end of turns and of the process.
#include "session.hpp"

#include <utility>

#include "fields.hpp"
#include "file_changes.hpp"
#include "outcome.hpp"
#include "plan.hpp"
#include "probe.hpp"

namespace paddock::claude {

namespace {

constexpr std::size_t kLargestAnswer = std::size_t{200} << 10U;
constexpr std::size_t kLargestComplaint = 2000;

std::string_view result_text(const json::object& line) {
  if (const std::string_view found = text(line, "result"); !found.empty()) return found;
  const json::array* errors = list(line, "errors");
  return errors == nullptr || errors->empty() ? std::string_view{} : text_of(errors->front());
}

std::string_view turn_outcome(const json::object& line) {
  const std::string_view reason = text(line, "terminal_reason");
  if (reason == "aborted_streaming" || reason == "aborted_tools") return "cancelled";
  return is_true(line, "is_error") ? "failed" : "finished";
}

}  // namespace

json::object ClaudeSession::plan(const sdk::Launch& launch) { return make_plan(launch); }
json::object ClaudeSession::probe_plan() { return claude::probe_plan(); }
json::object ClaudeSession::probe_result(const json::object& findings) { return claude::probe_result(findings); }

ClaudeSession::ClaudeSession(const sdk::Launch& launch)
    : first_prompt_(launch.prompt()), keep_open_(launch.keep_open()), yolo_(launch.yolo()) {
  if (launch.mode() == "interactive") terminal_.emplace();
}

void ClaudeSession::started(sdk::Now /*now*/, sdk::Sink& sink) {
  if (terminal_) return;
  Out out(sink, pending_);
  lifecycle_.start(out);
  requests_.send(out, "initialize");
  if (!first_prompt_.empty()) send_prompt(out, first_prompt_);
}

void ClaudeSession::feed(sdk::Now now, std::uint32_t channel, std::string_view bytes, sdk::Sink& sink) {
  if (terminal_) return;
  JsonLinesSession::feed(now, channel, bytes, sink);
  Out(sink, pending_).flush();
}

void ClaudeSession::eof(sdk::Now now, std::uint32_t channel, sdk::Sink& sink) {
  if (terminal_) return;
  JsonLinesSession::eof(now, channel, sink);
  Out(sink, pending_).flush();
}

void ClaudeSession::on_json(sdk::Now now, const json::object& line, sdk::Source source, sdk::Sink& sink) {
  Out out(sink, pending_, source, line.storage());
  const std::string_view type = text(line, "type");
  if (type == "stream_event") return on_stream_event(out, line);
  if (type == "assistant") return on_assistant(out, now, line);
  if (type == "user") return on_user(out, line);
  if (type == "system") return on_system(out, line);
  if (type == "result") return on_result(out, now, line);
  if (type == "control_request") return on_control_request(out, line);
  if (type == "control_cancel_request") return on_control_cancel(out, line);
  if (type == "rate_limit_event") return on_rate_limit(out, line);
  if (type == "control_response") {
    if (requests_.answered(out, line)) lifecycle_.ready(out);
    return;
  }
  if (type == "auth_status") return out.notice("auth_status", text(line, "error"));
  // Known, and of no use to anybody but the CLI's own screen.
  if (type == "keep_alive" || type == "tool_progress" || type == "prompt_suggestion" || type == "tool_use_summary")
    return;
  out.event(sdk::Kind::unknown, {{"what", "message_type"}, {"text", clip(type, 200)}});
}

void ClaudeSession::on_text(sdk::Now now, std::string_view line, sdk::Source source, sdk::Sink& sink) {
  Out(sink, pending_).flush();
  if (source.channel == PDK_CH_STDERR) {
    complaint_ += complaint_.empty() ? "" : "\n";
    complaint_ += clip(sdk::to_utf8(line.substr(0, kLargestComplaint)), kLargestComplaint);
    // Keep the end: the last words say why.
    while (complaint_.size() > kLargestComplaint) {
      const std::size_t next = complaint_.find('\n');
      complaint_.erase(0, next == std::string::npos ? complaint_.size() - kLargestComplaint : next + 1);
    }
  }
  JsonLinesSession::on_text(now, line, source, sink);
}

void ClaudeSession::on_long_line(sdk::Now now, sdk::Source source, sdk::Sink& sink) {
  Out(sink, pending_).flush();
  JsonLinesSession::on_long_line(now, source, sink);
}

void ClaudeSession::on_stream_event(Out& out, const json::object& line) {
  const json::object* event = child(line, "event");
  if (event == nullptr) return;
  if (lifecycle_.has_detail()) lifecycle_.detail(out, {});
  const std::string_view parent = text(line, "parent_tool_use_id");
  if (parent.empty() && text(*event, "type") == "message_delta") {
    if (const json::object* usage = child(*event, "usage")) usage_.context(*usage);
  }
  messages_.stream(out, *event, parent);
}

void ClaudeSession::on_assistant(Out& out, sdk::Now now, const json::object& line) {
  const json::object* message = child(line, "message");
  if (message == nullptr) return out.event(sdk::Kind::unknown, {{"what", "assistant_without_message"}});
  if (lifecycle_.has_detail()) lifecycle_.detail(out, {});
  const std::string_view parent = text(line, "parent_tool_use_id");
  const std::string_view id = text(*message, "id");
  const json::value* content = message->if_contains("content");
  messages_.superseded_by(out, id, parent);
  if (!text(line, "error").empty()) return on_api_error(out, now, line, *message);
  if (const json::object* usage = child(*message, "usage"); usage != nullptr && parent.empty()) usage_.context(*usage);
  if (content == nullptr) return;
  if (content->is_string()) return messages_.finished(out, sdk::Kind::message, id, text_of(*content), parent);
  if (!content->is_array()) return;
  for (const json::value& block : content->get_array()) {
    if (const json::object* object = block.if_object()) on_assistant_block(out, *object, id, parent);
  }
}

void ClaudeSession::on_api_error(Out& out, sdk::Now now, const json::object& line, const json::object& message) {
  const std::string_view parent = text(line, "parent_tool_use_id");
  Fault fault;
  fault.agent_class = clip(text(line, "error"), 64);
  if (const json::value* content = message.if_contains("content")) fault.text = content_text(*content, kLargestAnswer);
  fault.error_class = classify(fault.agent_class, fault.text, std::nullopt, text(message, "stop_reason"));
  if (fault.error_class == "rate_limit") fault.resets_at = resets_at_;
  if (!parent.empty()) return tell(out, now, fault, parent);
  // That of a turn is told with its result, which has the status.
  fault_ = std::move(fault);
}

void ClaudeSession::on_assistant_block(Out& out, const json::object& block, std::string_view id,
                                       std::string_view parent) {
  const std::string_view type = text(block, "type");
  if (type == "text") return messages_.finished(out, sdk::Kind::message, id, text(block, "text"), parent);
  if (type == "thinking") return messages_.finished(out, sdk::Kind::reasoning, id, text(block, "thinking"), parent);
  if (type == "redacted_thinking") return messages_.finished(out, sdk::Kind::reasoning, id, {}, parent);
  messages_.skipped(out, id, parent);
  if (type == "tool_use" || type == "server_tool_use" || type == "mcp_tool_use") {
    tools_.call(out, block, parent);
    const json::object* input = child(block, "input");
    if (parent.empty() && input != nullptr) todo_.call(out, text(block, "name"), *input);
  } else if (type.ends_with("_tool_result")) {
    tools_.result(out, block, parent);
  } else {
    out.event(sdk::Kind::unknown, {{"what", "content_block"}, {"text", clip(type, 200)}});
  }
}

void ClaudeSession::on_user(Out& out, const json::object& line) {
  const json::object* message = child(line, "message");
  const json::value* content = message == nullptr ? nullptr : message->if_contains("content");
  if (content == nullptr) return out.event(sdk::Kind::unknown, {{"what", "user_without_content"}});
  const std::string_view parent = text(line, "parent_tool_use_id");
  if (const json::array* blocks = content->if_array()) on_tool_results(out, line, *blocks, parent);
  on_user_text(out, line, *content, parent);
}

void ClaudeSession::on_tool_results(Out& out, const json::object& line, const json::array& blocks,
                                    std::string_view parent) {
  for (const json::value& value : blocks) {
    const json::object* block = value.if_object();
    if (block == nullptr || text(*block, "type") != "tool_result") continue;
    const std::string_view call = text(*block, "tool_use_id");
    approvals_.call_went_on(out, call);
    if (lifecycle_.state() == Lifecycle::State::blocked) after_approval(out);
    tools_.result(out, *block, parent);
    const json::object* detail = child(line, "tool_use_result");
    if (detail == nullptr || is_true(*block, "is_error")) continue;
    tell_file_change(out, *detail, call);
    if (parent.empty()) todo_.result(out, *detail);
  }
}

void ClaudeSession::on_user_text(Out& out, const json::object& line, const json::value& content,
                                 std::string_view parent) {
  std::string words;
  if (content.is_string()) {
    words = clip(text_of(content), kLargestAnswer);
  } else if (const json::array* blocks = content.if_array()) {
    for (const json::value& value : *blocks) {
      const json::object* block = value.if_object();
      if (block != nullptr && text(*block, "type") == "text") words += clip(text(*block, "text"), kLargestAnswer);
    }
  }
  if (words.empty()) return;
  constexpr std::string_view local = "<local-command-stdout>";
  if (words.starts_with(local)) {
    const std::string_view inside = std::string_view{words}.substr(local.size());
    return out.notice("local_command", inside.substr(0, inside.find("</local-command-stdout>")));
  }
  if (words.starts_with("[Request interrupted by user")) return out.notice("interrupted", words);
  json::object body = out.body({{"role", is_true(line, "isSynthetic") ? "system" : "user"}, {"text", words}});
  if (!parent.empty()) body["parent"] = parent;
  if (is_true(line, "isReplay")) body["replay"] = true;
  out.event(sdk::Kind::message, std::move(body), text(line, "uuid"));
}

void ClaudeSession::on_result(Out& out, sdk::Now now, const json::object& line) {
  identify(out, text(line, "session_id"));
  const bool was_open = lifecycle_.turn_open();
  end_turn(out, now, line, turn_outcome(line));
  // Without state events the result is the only sign of rest; with them more turns may follow at once.
  if (!state_events_ && was_open) at_rest(out);
}

void ClaudeSession::tell_fault(Out& out, sdk::Now now, const json::object& line, std::string_view words) {
  if (!fault_) {
    fault_.emplace();
    // A failure may well come as a "success" that is an error; then the word says nothing.
    if (const std::string_view subtype = text(line, "subtype"); subtype != "success") {
      fault_->agent_class = clip(subtype, 64);
    }
  }
  fault_->status = count(line, "api_error_status");
  if (!words.empty()) fault_->text = clip(words, kLargestAnswer);
  // Only now all is known: word, text, status and reason.
  fault_->error_class = classify(fault_->agent_class, fault_->text, fault_->status, text(line, "stop_reason"));
  if (fault_->error_class == "rate_limit") fault_->resets_at = resets_at_;
  if (fault_->text.empty()) fault_->text = "the turn failed";
  tell(out, now, *fault_);
}

void ClaudeSession::end_turn(Out& out, sdk::Now now, const json::object& line, std::string_view outcome) {
  lifecycle_.begin_turn(out);
  messages_.end_turn(out);
  tools_.end_turn(out);
  approvals_.cancel_all(out);
  lifecycle_.unblock(out);
  const std::string_view words = result_text(line);
  const bool failed = outcome == "failed";
  if (failed) tell_fault(out, now, line, words);
  last_fault_ = failed ? std::exchange(fault_, std::nullopt) : std::nullopt;
  fault_.reset();
  if (outcome == "finished") answer_ = clip(words, kLargestAnswer);
  last_outcome_ = outcome;
  json::object body = out.body({{"phase", "end"}, {"outcome", outcome}});
  // What a cancelled turn carries as errors is for the CLI's makers only.
  if (!words.empty() && outcome != "cancelled") body["text"] = clip(words, kLargestAnswer);
  if (words.size() > kLargestAnswer) body["truncated"] = true;
  if (const auto duration = count(line, "duration_ms")) body["duration_ms"] = *duration;
  if (const json::object* origin = child(line, "origin")) body["origin"] = clip(text(*origin, "kind"), 64);
  usage_.result(out, line, lifecycle_.turns() + 1, body);
  lifecycle_.end_turn(out, std::move(body));
}

void ClaudeSession::exited(sdk::Now now, const sdk::Exit& exit, sdk::Sink& sink) {
  if (terminal_) return terminal_->exited(exit, sink);
  Out out(sink, pending_);
  out.flush();
  messages_.end_all(out);
  approvals_.cancel_all(out);
  tools_.end_all(out);
  const bool cut = lifecycle_.turn_open();
  if (cut) {
    if (fault_) tell(out, now, *fault_);
    lifecycle_.end_turn(out, out.body({{"phase", "end"}, {"outcome", "failed"}}));
  }
  const std::optional<Fault>& why = cut ? fault_ : last_fault_;
  const Ending ending{.exit = exit,
                      .cut = cut,
                      .any_turn = lifecycle_.turns() > 0,
                      .last_turn = last_outcome_,
                      .answer = answer_,
                      .complaint = complaint_,
                      .fault = why ? &*why : nullptr};
  out.event(sdk::Kind::outcome, outcome_body(out, ending, now));
}

}  // namespace paddock::claude
