// Requests of the server as APPROVAL_REQUEST and QUESTION.
#pragma once

#include <optional>
#include <string_view>

#include <boost/json.hpp>

#include "codex/asks.hpp"

namespace paddock::codex {

/// An ask and the body that announces it.
struct Announcement {
  Ask ask{};
  json::object body{};
};

/// Reads the request `method`; nothing when it is not one a person can answer. The ask's id, ref and
/// thread are left for the caller.
std::optional<Announcement> announcement_of(std::string_view method, const json::object& params, const Items& items,
                                            json::storage_ptr memory);

/// The questions of a message that does not wait for their answers.
Announcement later_of(const json::object& message, json::storage_ptr memory);

}  // namespace paddock::codex
