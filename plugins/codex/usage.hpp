// How many tokens this session used, over all of its threads.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace paddock::codex {

namespace json = boost::json;

/// Adds up thread/tokenUsage/updated. Codex counts per thread over its whole life; what a resumed or
/// forked thread had used before this process is subtracted, so sessions can be summed.
class Usage final {
 public:
  /// `resumed`: our thread has a history, whether or not the agent tells its totals first.
  explicit Usage(bool resumed) : resumed_(resumed) {}

  /// Takes in a notification's `tokenUsage`. `is_root` for our own thread, whose context is reported;
  /// `has_begun` when a turn of `thread` began in this process: totals from before are history.
  void update(std::string_view thread, bool is_root, bool has_begun, const json::object& token_usage);

  /// The body of a USAGE event.
  json::object body(std::string_view model, std::int64_t turns, json::storage_ptr memory) const;

 private:
  struct Tokens {
    std::int64_t input = 0, cache_read = 0, cache_write = 0, output = 0, reasoning = 0;

    void add(const Tokens& other, std::int64_t sign);
  };
  struct Count {
    Tokens before, total;
  };

  static Tokens read(const json::object& breakdown);

  bool resumed_;
  std::map<std::string, Count, std::less<>> threads_;
  std::optional<std::int64_t> context_used_, context_window_;
};

}  // namespace paddock::codex
