// What went wrong, in the words of the event vocabulary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace paddock::acp {

namespace json = boost::json;

/// One failure as the agent told it.
struct Fault {
  std::string_view kind = "unknown";            ///< the `class` of an ERROR event; points to constant text
  std::string text{};                           ///< for people
  std::optional<std::int64_t> status{};         ///< HTTP status
  std::optional<std::int64_t> retry_after_s{};  ///< how long a limit lasts
  bool retrying = false;                        ///< the agent will try again by itself

  /// The body of an ERROR event. `unix_ms` turns the time to wait into the time it is over.
  json::object body(json::storage_ptr memory, std::int64_t unix_ms) const;
  /// True when the same request may work later.
  bool is_retryable() const;
};

/// Classifies a JSON-RPC error `{code, message, data}`: codes of the protocol, HTTP statuses, then words.
Fault fault_of(const json::object& error, std::int64_t unix_ms);

/// Classifies plain words; `otherwise` when they say nothing. A leading number is an HTTP status.
Fault fault_of(std::string_view words, std::string_view otherwise);

/// The words of an HTTP status; empty when it says nothing.
std::string_view class_of_status(std::int64_t status);

/// "37s", "12.5 seconds", "1h2m3s", "5 minutes" in whole seconds, rounded up; nothing when it is none.
std::optional<std::int64_t> seconds_in(std::string_view text);

/// How long the words say one has to wait: "retry in 37s", "try again in 5 minutes", "reset after 1h2m".
std::optional<std::int64_t> wait_in(std::string_view words);

}  // namespace paddock::acp
