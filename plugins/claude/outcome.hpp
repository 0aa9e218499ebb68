// How the whole session ended, from its last turn and from how the process went away.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "errors.hpp"
#include "out.hpp"
#include "paddock/launch.hpp"

namespace paddock::claude {

/// What is known when the process is gone.
struct Ending {
  sdk::Exit exit;
  bool cut = false;              ///< a turn was open: its result never came
  bool any_turn = false;         ///< at least one turn ended
  std::string_view last_turn;    ///< finished, failed or cancelled; empty when none ended
  std::string_view answer;       ///< the last final answer, may be empty
  std::string_view complaint;    ///< the end of standard error, may be empty
  const Fault* fault = nullptr;  ///< why the last turn failed, when it did
};

/// The OUTCOME body; see adapter.h for the words.
json::object outcome_body(const Out& out, const Ending& ending, sdk::Now now);

}  // namespace paddock::claude
