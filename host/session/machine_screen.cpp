// The state from the screen, where rules know it, and answering the dialogs on it.
#include <algorithm>

#include <fmt/format.h>

#include "base/utf8.hpp"
#include "screen/keys.hpp"
#include "session/machine.hpp"
#include "session/terminal.hpp"

namespace paddock::session {
namespace json = boost::json;
using event::Channel;
using event::Kind;

namespace {

constexpr std::uint64_t kAnsweredWithin = 10'000'000'000;  // from the keys to another screen
constexpr std::size_t kTextBytes = 4096;                   // of a dialog, in its event

bool same_dialog(const screen::Reading& a, const screen::Reading& b) {
  return a.rule == b.rule && a.evidence == b.evidence;
}

const screen::Rule* rule_of(const screen::Rules& rules, const std::string& id) {
  const auto at = std::ranges::find(rules.rules, id, &screen::Rule::id);
  return at == rules.rules.end() ? nullptr : &*at;
}

/// What a person needs to decide.
json::object request_of(const screen::Rule& rule, const screen::Reading& reading) {
  json::object data{{"tool", "terminal"}, {"tool_class", "other"}};
  const auto title = std::ranges::find_if(reading.evidence, [&rule](const std::string& line) {
    return !rule.tool.empty() && screen::fits(rule.tool, line);
  });
  data["title"] = title == reading.evidence.end() ? rule.id : *title;
  std::string text = fmt::format("{}", fmt::join(reading.evidence, "\n"));
  if (text.size() > kTextBytes) text.resize(kTextBytes);
  data["text"] = base::to_utf8(text);
  return data;
}

std::string keys_of(const std::vector<std::string>& names, bool application) {
  std::string bytes;
  for (const std::string& name : names) bytes += screen::bytes_of_key(name, application).value_or("");
  return bytes;
}

}  // namespace

std::optional<std::uint64_t> Machine::screen_wake_ns() const noexcept {
  if (!terminal_) return std::nullopt;
  std::optional<std::uint64_t> next = terminal_->read_at_ns;
  const auto consider = [&next](const std::optional<std::uint64_t>& at) {
    if (at) next = std::min(next.value_or(UINT64_MAX), *at);
  };
  if (terminal_->typing) consider(terminal_->typing->typist.wake_at_ns());
  if (terminal_->dialog && terminal_->dialog->answering) consider(terminal_->dialog->answering->deadline_ns);
  return next;
}

void Machine::read_screen() {
  if (!terminal_) return;
  if (raw_) return terminal_->read_at_ns.reset();  // the state is unknown whatever it shows
  if (terminal_->read_at_ns && now_.mono_ns >= *terminal_->read_at_ns) {
    terminal_->read_at_ns.reset();
    take_reading(terminal_->reading());
  }
  auto& dialog = terminal_->dialog;
  if (!dialog || !dialog->answering || now_.mono_ns < dialog->answering->deadline_ns) return;
  report(dialog->answering->action, base::Errc::timeout,
         "its keys were pressed and the dialog was still there after 10 s: " +
             screen::last_lines(terminal_->screen().picture(), 6));
  dialog->answering.reset();
}

void Machine::take_reading(const screen::Reading& reading) {
  if (terminal_->dialog && !same_dialog(terminal_->dialog->reading, reading)) close_dialog();
  const auto state = state_of(reading.state).value_or(State::unknown);
  say(state, blocked_on_of(reading.blocked_on).value_or(BlockedOn::none));
  const bool asks = reading.state == "blocked" && !terminal_->dialog;
  if (asks) open_dialog(reading);
  json::object extra;
  if (!reading.rule.empty()) extra["reason"] = "screen rule '" + reading.rule + "'";
  if (terminal_->dialog) extra["ref"] = terminal_->dialog->ref;
  refresh_state({Channel::screen, 0, read_[Channel::pty]}, extra);
}

/// Only what the rules can answer with certainty is offered.
void Machine::open_dialog(const screen::Reading& reading) {
  const screen::Rule* rule = rule_of(*terminal_->rules(), reading.rule);
  if (rule == nullptr || rule->allow.empty() || exited_) return;
  const std::string ref = fmt::format("screen-{}", last_number_ + 1);
  emit(Kind::approval_request, request_of(*rule, reading), {Channel::screen, 0, read_[Channel::pty]}, ref);
  if (book_.open(ref, false)) terminal_->dialog.emplace(Terminal::Dialog{ref, reading, rule->allow, rule->deny, {}});
}

/// The dialog is gone: by the keys that were pressed for somebody, or by whoever sits there.
void Machine::close_dialog() {
  const Terminal::Dialog dialog = std::move(*terminal_->dialog);
  terminal_->dialog.reset();
  json::object data{{"decision", "cancelled"}, {"by", "agent"}, {"reason", "it was answered at the terminal"}};
  if (dialog.answering) {
    data = dialog.answering->answer;
    event_action_ = dialog.answering->action;
  }
  resolve(dialog.ref, std::move(data), {Channel::screen, 0, read_[Channel::pty]});
  if (dialog.answering) applied(dialog.answering->action, false);
}

void Machine::answer_dialog(const input::Command& command, json::object answer) {
  Terminal::Dialog& dialog = *terminal_->dialog;
  if (dialog.answering) return report(command.action, base::Errc::busy, "it is being answered already");
  if (!same_dialog(dialog.reading, terminal_->reading())) {
    return report(command.action, base::Errc::approval_closed,
                  "the screen does not show it any more, nothing was pressed");
  }
  const bool denies = answer.at("decision").as_string() == "deny";
  const std::string keys = keys_of(denies ? dialog.deny : dialog.allow, terminal_->screen().wants_application_keys());
  if (keys.empty()) {
    return report(command.action, base::Errc::unsupported, "no key is known for that answer; answer at the terminal");
  }
  write_input(keys);
  dialog.answering.emplace(
      Terminal::Dialog::Answering{command.action, std::move(answer), now_.mono_ns + kAnsweredWithin});
}

}  // namespace paddock::session
