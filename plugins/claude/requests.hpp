// What we ask of the CLI: control requests, their numbers, and what became of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "out.hpp"

namespace paddock::claude {

/// The id of the interrupt request in the plan's stop ladder.
inline constexpr std::string_view stop_request_id = "paddock-stop";

/// Control requests that wait for their answer.
class Requests final {
 public:
  /// Writes the request {subtype, `key`: `value`}; an empty key leaves the pair out.
  void send(Out& out, std::string_view subtype, std::string_view key = {}, std::string_view value = {});

  /// A control_response line came: a refused request becomes a NOTICE. True when it is any answer at
  /// all, a sign that the CLI is ready.
  bool answered(Out& out, const json::object& line);

 private:
  struct Sent {
    std::string id;
    std::string what;
  };

  std::uint64_t next_ = 1;
  std::vector<Sent> sent_;  // oldest first, bounded
};

/// A control request as one line.
std::string request_line(std::string_view id, std::string_view subtype, std::string_view key = {},
                         std::string_view value = {});

/// A user's message as one line.
std::string prompt_line(std::string_view text);

}  // namespace paddock::claude
