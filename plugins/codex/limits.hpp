// How much of the account's allowance is used, and when it is filled up again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <boost/json.hpp>

namespace paddock::codex {

namespace json = boost::json;

/// The last account/rateLimits/updated.
class RateLimits final {
 public:
  /// Takes in a notification's `rateLimits`. True when something is known and it changed.
  bool update(const json::object& rate_limits);

  /// When the exhausted window begins anew, in seconds since 1970; nothing when none is exhausted.
  std::optional<std::int64_t> resets_at() const;

  /// The body of a NOTICE.
  json::object body(json::storage_ptr memory) const;

 private:
  struct Window {
    std::int64_t used_percent = 0;
    std::optional<std::int64_t> minutes, resets_at;

    friend bool operator==(const Window&, const Window&) = default;
  };

  static std::optional<Window> read(const json::object& rate_limits, std::string_view key);

  std::optional<Window> primary_, secondary_;
};

}  // namespace paddock::codex
