// Query parameters as checked values.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "api/message.hpp"
#include "base/error.hpp"
#include "control/host.hpp"

namespace paddock::api {

/// A whole number between `least` and `most`, or `fallback` when the parameter is absent. Fails with
/// `invalid_request` naming the parameter.
base::Result<std::uint64_t> number_parameter(const Request& request, std::string_view key, std::uint64_t fallback,
                                             std::uint64_t least, std::uint64_t most);

/// As number_parameter(), for durations such as "30s".
base::Result<std::chrono::milliseconds> duration_parameter(const Request& request, std::string_view key,
                                                           std::chrono::milliseconds fallback,
                                                           std::chrono::milliseconds most);

/// `limit`, `page`, `sort`, and every other parameter as a filter.
base::Result<control::ListQuery> list_query(const Request& request);

/// `{"items": [...], "next_page": ..., "cursor": ...}`.
Response page_response(control::Page page);

/// An `invalid_request` that points at one query parameter.
base::Error bad_parameter(std::string_view key, std::string_view what);

}  // namespace paddock::api
