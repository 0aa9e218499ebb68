// The terminal's part of the machine: its size, and what people type into it.
#include <utility>

#include <boost/json/array.hpp>

#include "base/limits.hpp"
#include "screen/keys.hpp"
#include "session/fields.hpp"
#include "session/machine.hpp"
#include "session/terminal.hpp"

namespace paddock::session {
namespace json = boost::json;

namespace {

/// The bytes of the named keys; fails with the first that is none.
base::Result<std::string> bytes_of(const json::value* keys, bool application) {
  std::string bytes;
  if (keys == nullptr || !keys->is_array()) return base::fail(base::Errc::invalid_request, "'keys' is no list");
  for (const json::value& key : keys->get_array()) {
    const std::string name(key.is_string() ? std::string_view(key.get_string()) : std::string_view());
    auto known = screen::bytes_of_key(name, application);
    if (!known) return base::fail(base::Errc::invalid_request, "'" + name + "' is no key");
    bytes += *known;
  }
  return bytes;
}

}  // namespace

bool Machine::command_terminal(const input::Command& command) {
  const bool known = command.type == "resize" || command.type == "input" || command.type == "keys";
  if (!known) return false;
  if (!terminal_) {
    report(command.action, base::Errc::unsupported, "the session has no terminal");
  } else if (command.type == "resize") {
    command_resize(command);
  } else {
    command_type(command);
  }
  return true;
}

void Machine::command_resize(const input::Command& command) {
  const std::uint64_t rows = number_in(command.body, "rows").value_or(0);
  const std::uint64_t cols = number_in(command.body, "cols").value_or(0);
  const std::uint64_t most = base::limits::terminal_cells;
  if (rows == 0 || cols == 0 || rows > most || cols > most) {
    return report(command.action, base::Errc::invalid_request, "'rows' and 'cols' must be 1 to 500");
  }
  terminal_->resize(std::uint16_t(rows), std::uint16_t(cols));
  effects_.push_back(effect::Resize{std::uint16_t(rows), std::uint16_t(cols)});
  applied(command.action, false);
}

void Machine::command_type(const input::Command& command) {
  if (input_closed_) return report(command.action, base::Errc::wrong_state, "the agent's input is closed");
  if (command.type == "input") {
    const auto bytes = bytes_of_hex(text_or_empty(command.body, "hex"));
    if (!bytes) return report(command.action, bytes.error().code, bytes.error().detail);
    if (std::string passed = terminal_->typed(*bytes); !passed.empty()) write_input(std::move(passed));
    return applied(command.action, true);
  }
  auto bytes = bytes_of(command.body.if_contains("keys"), terminal_->screen().wants_application_keys());
  if (!bytes) return report(command.action, bytes.error().code, bytes.error().detail);
  write_input(std::move(*bytes));
  applied(command.action, true);
}

/// A prompt is typed here, not by the adapter: it needs eyes.
void Machine::type_prompt(const input::Command& command) {
  if (input_closed_) return report(command.action, base::Errc::wrong_state, "the agent's input is closed");
  if (terminal_->typing) return report(command.action, base::Errc::busy, "another text is being typed");
  std::string text(text_or_empty(command.body, "text"));
  terminal_->typing.emplace(
      Terminal::Typing{Typist(std::move(text), terminal_->screen().wants_paste_marks()), command.action});
  take_step(terminal_->typing->typist.begin(now_.mono_ns, terminal_->sight()));
}

void Machine::look_at_screen(bool output) {
  if (!terminal_ || !terminal_->typing) return;
  take_step(terminal_->typing->typist.look(now_.mono_ns, terminal_->sight(), output));
}

void Machine::take_step(const Typist::Step& step) {
  if (!step.write.empty()) write_input(step.write);
  switch (step.end) {
    case Typist::End::none: return;
    case Typist::End::refused: return end_typing(base::Errc::wrong_state, step.detail);
    case Typist::End::failed: return end_typing(base::Errc::timeout, step.detail);
    case Typist::End::taken: break;
  }
  const auto action = terminal_->typing->action;
  terminal_->typing.reset();
  prompt_action_ = action;
  applied(action, false);
}

/// Nothing more is typed of a prompt on its way.
void Machine::end_typing(base::Errc code, std::string detail) {
  if (!terminal_ || !terminal_->typing) return;
  const auto action = terminal_->typing->action;
  terminal_->typing.reset();
  report(action, code, std::move(detail));
}

/// Ends what the agent reads. A terminal has no end: its programs know a character for it, and whoever looks at it
/// may go on typing.
void Machine::close_input() {
  constexpr char kEndOfTransmission = '\x04';
  if (terminal_) return write_input(std::string(1, kEndOfTransmission));
  if (!std::exchange(input_closed_, true)) effects_.push_back(effect::CloseInput{});
}

}  // namespace paddock::session
