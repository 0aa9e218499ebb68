// What went wrong, in the words of the event vocabulary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace paddock::codex {

namespace json = boost::json;

/// One failure as Codex told it.
struct Fault {
  std::string_view kind = "unknown";     ///< the `class` of an ERROR event; points to constant text
  std::string text;                      ///< for people
  std::optional<std::int64_t> status{};  ///< HTTP status
  bool retrying = false;                 ///< Codex will try again by itself
  std::optional<std::int64_t> attempt{};

  /// The body of an ERROR event.
  json::object body(json::storage_ptr memory) const;
  /// True when the same request may work later.
  bool is_retryable() const;
};

/// Classifies a TurnError `{message, codexErrorInfo, additionalDetails}`.
Fault fault_of(const json::object& error, bool retrying);

/// Classifies plain words, e.g. the message of a JSON-RPC error; `otherwise` when they say nothing.
Fault fault_of(std::string_view message, std::string_view otherwise);

}  // namespace paddock::codex
