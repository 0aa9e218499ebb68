// Requests of the agent as approvals and questions.
#pragma once

#include <optional>
#include <string_view>

#include "acp/asks.hpp"

namespace paddock::acp {

/// A request and the body of the event that announces it.
struct Announcement {
  Ask ask;
  json::object body;
};

/// Reads a request; nothing when it is none that a person answers.
std::optional<Announcement> announcement_of(const Out& out, std::string_view method, const json::object& params,
                                            Calls& calls, bool is_cursor);

}  // namespace paddock::acp
