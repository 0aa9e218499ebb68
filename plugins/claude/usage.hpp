// What a session used. The CLI counts since its process began, sub-agents and side requests included.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "out.hpp"

namespace paddock::claude {

/// Tokens by kind; input never counts cache reads or writes again.
struct Tokens {
  std::int64_t input = 0;
  std::int64_t output = 0;
  std::int64_t cache_read = 0;
  std::int64_t cache_write = 0;
};

/// The counters of one session.
class Usage final {
 public:
  /// The session's main model, as the CLI names it.
  void model(std::string_view name) { model_ = name; }

  /// The API's usage of one message of the main conversation: how full the context is.
  void context(const json::object& api_usage);

  /// Reads a `result` line: emits USAGE (cumulative) and adds `usage` and `cost_micros` of this turn
  /// (main conversation only) to `turn`. `turns` counts this one.
  void result(Out& out, const json::object& line, std::int64_t turns, json::object& turn);

 private:
  void read_models(Out& out, const json::object& models, json::object& body);

  std::string model_;
  std::optional<std::int64_t> context_used_;
  std::int64_t cost_micros_ = 0;  // of all turns so far
  Tokens own_sum_;                // of the turns' own counters, for a CLI that has no modelUsage
};

}  // namespace paddock::claude
