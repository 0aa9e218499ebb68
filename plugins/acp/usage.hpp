// How many tokens this session used. There is no agreed place for it, so every known one is read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace paddock::acp {

namespace json = boost::json;

/// Adds up what the answers to prompts and updates say.
class Usage final {
 public:
  /// Takes in the result of a session/prompt. True when it said something about tokens.
  bool take_result(const json::object& result);
  /// Takes in an update of the context's size and the cost so far.
  void take_context(const json::object& update);
  /// Adds the tokens of one run; `input` counts everything that was read anew.
  void add(std::int64_t input, std::int64_t output, std::int64_t cache_read, std::int64_t cache_write,
           std::int64_t reasoning);

  /// True when the last result with totals did not raise them.
  bool stood_still() const { return stood_still_; }
  /// True when there is anything to tell.
  bool is_known() const { return is_known_ || context_used_ || cost_micros_; }
  /// The model the last result named; empty when none did.
  const std::string& model() const { return model_; }

  /// The body of a USAGE event.
  json::object body(std::string_view model, std::int64_t turns, json::storage_ptr memory) const;

 private:
  struct Tokens {
    std::int64_t input = 0, output = 0, cache_read = 0, cache_write = 0, reasoning = 0;
    friend bool operator==(const Tokens&, const Tokens&) = default;
  };

  void take_totals(const json::object& usage);
  void take_quota(const json::object& quota);

  Tokens tokens_;
  bool is_known_ = false;
  bool stood_still_ = false;
  std::optional<std::int64_t> context_used_, context_window_, cost_micros_;
  std::string model_;
};

}  // namespace paddock::acp
