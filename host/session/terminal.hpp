// The terminal of an interactive session, as its machine holds it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "screen/input_filter.hpp"
#include "screen/rules.hpp"
#include "screen/screen.hpp"
#include "session/typist.hpp"

namespace paddock::session {

/// What a terminal begins with; stands in the journal's first record.
struct TerminalSetup {
  std::uint16_t rows = 24, cols = 80;
  std::optional<screen::Rules> rules = {};  ///< what its screens mean, where that is known

  friend bool operator==(const TerminalSetup&, const TerminalSetup&) = default;
};

boost::json::object to_json(const TerminalSetup& setup);
base::Result<TerminalSetup> terminal_from_json(const boost::json::object& object);

/// The screen and what is typed into it.
class Terminal final {
 public:
  explicit Terminal(const TerminalSetup& setup) : screen_(setup.rows, setup.cols), rules_(setup.rules) {}

  /// What the agent wrote; returns what the terminal answers it.
  std::string show(std::string_view bytes) { return screen_.write(bytes); }
  /// What a person typed in a terminal of their own, as it goes to the agent.
  std::string typed(std::string_view bytes) { return filter_.pass(bytes); }
  void resize(std::uint16_t rows, std::uint16_t cols) { screen_.resize(rows, cols); }

  const screen::Screen& screen() const noexcept { return screen_; }
  /// What somebody who types can see now.
  Sight sight() const;

  const std::optional<screen::Rules>& rules() const noexcept { return rules_; }
  /// What the rules say now; `unknown` without any.
  screen::Reading reading() const;
  /// The screen has changed: it shall be read when it is still, or after a second of unrest.
  void drawn(std::uint64_t now_ns) noexcept;
  /// When it shall be read; nothing when it was.
  std::optional<std::uint64_t> read_at_ns;

  /// A dialog that the API can answer, as it was when it was told.
  struct Dialog {
    std::string ref;
    screen::Reading reading;
    std::vector<std::string> allow, deny;
    struct Answering {
      std::optional<base::ActionId> action;
      boost::json::object answer;
      std::uint64_t deadline_ns = 0;
    };
    std::optional<Answering> answering;  ///< its keys were pressed
  };
  std::optional<Dialog> dialog;

  /// A prompt on its way.
  struct Typing {
    Typist typist;
    std::optional<base::ActionId> action;
  };
  std::optional<Typing> typing;

 private:
  screen::Screen screen_;
  screen::InputFilter filter_;
  std::optional<screen::Rules> rules_;
  std::uint64_t read_latest_ns_ = 0;
};

/// Bytes in JSON, which knows only text: two hexadecimal digits each. Reading fails with `invalid_request`.
std::string hex_of(std::string_view bytes);
base::Result<std::string> bytes_of_hex(std::string_view hex);

}  // namespace paddock::session
