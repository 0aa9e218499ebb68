// What a screen says about an agent, by rules that are data. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "screen/picture.hpp"

namespace paddock::screen {

/// What this program's rules may say; a file for a newer one is refused.
inline constexpr std::uint64_t rules_engine = 1;

/// True when `pattern` describes all of `text`: '*' stands for anything, '?' for one byte, '#' for one digit, the rest
/// for itself. Time is bounded by the product of both lengths.
bool fits(std::string_view pattern, std::string_view text) noexcept;

/// A part of the screen, empty lines left out.
struct Region {
  std::size_t first = 0;  ///< so many from the top, or
  std::size_t last = 0;   ///< so many from the bottom, or
  std::string below;  ///< those under the last line that fits; with none: none. `first` and `last` choose among them

  friend bool operator==(const Region&, const Region&) = default;
};

/// When all conditions hold, the agent is in `state`. A pattern is for one whole line without blanks around it.
struct Rule {
  std::string id;
  std::uint32_t priority = 0;
  std::string state;       ///< idle, working, blocked, unknown
  std::string blocked_on;  ///< approval, question, login, limit
  std::string region;      ///< name of one; empty: the whole screen
  std::vector<std::string> all, any, none;
  std::string title;                     ///< of the terminal
  std::vector<std::string> allow, deny;  ///< keys that answer; without them the API cannot
  std::string tool;                      ///< line that tells what is asked for

  friend bool operator==(const Rule&, const Rule&) = default;
};

struct Rules {
  std::map<std::string, Region> regions;
  std::string input;        ///< the line the program edits: the last that fits
  std::vector<Rule> rules;  ///< highest priority first

  friend bool operator==(const Rules&, const Rules&) = default;
};

/// Sorts by priority and checks what no single field can: regions that exist, states that are known. Sentences.
std::vector<std::string> tidy(Rules& rules);

/// As the launch and the journal carry them, both ways. Reading fails with `corrupt`.
boost::json::object to_json(const Rules& rules);
base::Result<Rules> rules_from_json(const boost::json::object& object);

/// One rule that was tried.
struct Tried {
  std::string rule;
  std::uint32_t priority = 0;
  bool holds = false;
  std::string why;  ///< what did not hold
};

/// The verdict: the rule of the highest priority that holds. When rules of that priority contradict each other, or none
/// holds, the state is `unknown`.
struct Reading {
  std::string state = "unknown", blocked_on;
  std::string rule;                   ///< empty when none
  std::vector<std::string> evidence;  ///< the lines of its region
  std::optional<std::string> input;   ///< the line the program edits
};

Reading read(const Rules& rules, const Picture& picture);
/// Every rule, highest priority first.
std::vector<Tried> explain(const Rules& rules, const Picture& picture);
/// Both for people: {state, blocked_on?, rule?, input?, tried: [{rule, priority, holds, why?}]}.
boost::json::object explanation(const Rules& rules, const Picture& picture);

}  // namespace paddock::screen
