// What the agent tells on its own: session/update in all its variants.
#include <utility>

#include "acp/content.hpp"
#include "acp/fields.hpp"
#include "acp/plain.hpp"
#include "acp/session.hpp"

namespace paddock::acp {

namespace {

constexpr std::size_t kMostEntries = 256;

json::array entries_of(const json::array& entries, std::string_view text_key, json::storage_ptr memory) {
  json::array told(std::move(memory));
  for (const json::value& value : entries) {
    const json::object* entry = value.if_object();
    if (entry == nullptr || told.size() >= kMostEntries) continue;
    const std::string_view status = text_of(*entry, "status");
    const bool is_known = status == "in_progress" || status == "completed";
    told.push_back(json::object{{"text", plain(sdk::cut_utf8(text_of(*entry, text_key), 4096))},
                                {"status", is_known ? status : std::string_view("pending")}});
  }
  return told;
}

void tell_plan(const Out& out, json::array&& entries) {
  json::object body = out.body();
  body["entries"] = std::move(entries);
  out.event(Kind::plan_update, std::move(body));
}

}  // namespace

void Session::on_update(const Out& out, const json::object& update) {
  const std::string_view kind = text_of(update, "sessionUpdate");
  const bool is_call = kind == "tool_call" || kind == "tool_call_update";
  if (is_replaying_ && (is_call || kind.ends_with("_chunk") || kind == "plan")) {
    ++replayed_;
    return;
  }
  if (on_words(out, kind, update)) return;
  if (is_call) {
    texts_.end(out);
    return calls_.update(out, update);
  }
  if (kind == "plan" || kind == "plan_update") return on_plan(out, update);
  if (kind == "available_commands_update") return on_commands(out, update);
  if (kind == "current_mode_update") return on_mode(out, text_of(update, "currentModeId"));
  if (kind == "config_option_update") {
    modes_.take(update);
    return is_open_ ? announce(out) : void();
  }
  if (kind == "session_info_update") {
    const std::string title = plain(sdk::cut_utf8(text_of(update, "title"), 4096));
    return title.empty() ? void() : out.notice("title", title);
  }
  if (kind == "usage_update") {
    usage_.take_context(update);
    return show_usage(out);
  }
  if (kind == "notice") {
    std::string text = plain(text_of(update, "title"));
    const std::string_view more = text_of(update, "description");
    if (!more.empty()) text.append(text.empty() ? "" : ": ").append(plain(more));
    const std::string_view severity = text_of(update, "severity");
    return out.notice(severity.empty() ? "notice" : severity.substr(0, 32), text);
  }
  if (kind.starts_with("compaction_")) return on_compaction(out, update);
  out.unknown("update", kind.empty() ? "without a kind" : kind);
}

bool Session::on_words(const Out& out, std::string_view kind, const json::object& update) {
  const bool is_thought = kind == "agent_thought_chunk";
  const bool is_user = kind == "user_message_chunk";
  if (!is_thought && !is_user && kind != "agent_message_chunk") return false;
  const json::object* block = object_of(update, "content");
  if (block == nullptr) {
    out.unknown("update", "words without content");
    return true;
  }
  const std::string text = text_in(*block);
  const std::string_view id = text_of(update, "messageId");
  if (is_thought || is_user) {
    texts_.piece(out, is_thought ? Texts::Voice::thought : Texts::Voice::user, text, id);
  } else if (!is_aside(out, text)) {
    say(out, text, id);
  }
  return true;
}

void Session::say(const Out& out, std::string_view text, std::string_view id) {
  if (turn_.is_active) return texts_.piece(out, Texts::Voice::assistant, text, id);
  // After the answer nothing tells where a message ends.
  texts_.whole(out, Texts::Voice::assistant, text, id);
}

bool Session::is_aside(const Out& out, std::string_view text) {
  constexpr std::string_view kMode = "[MODE_UPDATE] ";
  constexpr std::string_view kInfo = "Info: ";
  constexpr std::string_view kError = "Error: ";
  if (quirks_.mode_text && text.starts_with(kMode)) {
    on_mode(out, text.substr(kMode.size()));
    return true;
  }
  if (!quirks_.info_text || (!text.starts_with(kInfo) && !text.starts_with(kError))) return false;
  const std::string_view said = text.substr(text.find(' ') + 1);
  if (text.starts_with(kError)) {
    texts_.end(out, true);
    blame(out, fault_of(said, "unknown"));
  } else if (said.find("etrying") != std::string_view::npos) {
    // What was said so far comes again.
    texts_.forget(out);
    Fault fault = fault_of(said, "server");
    fault.retrying = true;
    blame(out, std::move(fault));
  } else {
    texts_.end(out);
    out.notice("info", plain(said));
  }
  return true;
}

void Session::on_commands(const Out& out, const json::object& update) {
  const json::array* commands = array_of(update, "availableCommands");
  std::string names;
  for (std::size_t i = 0; commands != nullptr && i < commands->size() && i < kMostEntries; ++i) {
    const json::object* command = (*commands)[i].if_object();
    const std::string name = command != nullptr ? plain(text_of(*command, "name").substr(0, 128)) : std::string();
    if (!name.empty()) names.append(names.empty() ? "/" : " /").append(name);
  }
  if (names != commands_ && !names.empty()) out.notice("commands", names);
  commands_ = std::move(names);
  is_history_over_ = verdict_.has_opened();
  if (watch_ == Watch::history) ready(out);
}

void Session::on_plan(const Out& out, const json::object& update) {
  const json::object* plan = object_of(update, "plan");
  const json::array* entries = array_of(plan != nullptr ? *plan : update, "entries");
  if (entries == nullptr) return out.unknown("update", "a plan without entries");
  tell_plan(out, entries_of(*entries, "content", out.memory));
}

void Session::on_todos(const Out& out, const json::object& params) {
  const json::array* todos = array_of(params, "todos");
  if (todos != nullptr) tell_plan(out, entries_of(*todos, "content", out.memory));
}

void Session::on_compaction(const Out& out, const json::object& update) {
  const std::string_view status = text_of(update, "status");
  if (status.empty()) return;  // the summary comes whole at the end
  std::string text = plain(status.substr(0, 64));
  if (const json::object* error = object_of(update, "error"))
    text.append(": ").append(plain(text_of(*error, "message")));
  out.notice("compaction", text);
}

void Session::on_mode(const Out& out, std::string_view mode) {
  if (mode.empty()) return;
  modes_.mode_is(mode);
  if (is_open_) announce(out);
}

}  // namespace paddock::acp
