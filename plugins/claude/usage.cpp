// See usage.hpp.
#include "usage.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "fields.hpp"

namespace paddock::claude {

namespace {

constexpr std::size_t kMostModels = 32;

Tokens api_tokens(const json::object& usage) {
  return {.input = count(usage, "input_tokens").value_or(0),
          .output = count(usage, "output_tokens").value_or(0),
          .cache_read = count(usage, "cache_read_input_tokens").value_or(0),
          .cache_write = count(usage, "cache_creation_input_tokens").value_or(0)};
}

Tokens model_tokens(const json::object& usage) {
  return {.input = count(usage, "inputTokens").value_or(0),
          .output = count(usage, "outputTokens").value_or(0),
          .cache_read = count(usage, "cacheReadInputTokens").value_or(0),
          .cache_write = count(usage, "cacheCreationInputTokens").value_or(0)};
}

void add(Tokens& sum, const Tokens& more) {
  // Each number is at most 2^53; the cap keeps any number of absurd ones from overflowing.
  constexpr std::int64_t most = std::int64_t{1} << 60U;
  sum.input = std::min(most, sum.input + more.input);
  sum.output = std::min(most, sum.output + more.output);
  sum.cache_read = std::min(most, sum.cache_read + more.cache_read);
  sum.cache_write = std::min(most, sum.cache_write + more.cache_write);
}

void put(json::object& body, const Tokens& tokens) {
  body["input_tokens"] = tokens.input;
  body["output_tokens"] = tokens.output;
  body["cache_read_tokens"] = tokens.cache_read;
  body["cache_write_tokens"] = tokens.cache_write;
}

std::optional<std::int64_t> micros(const json::object& object, std::string_view key) {
  const std::optional<double> dollars = number(object, key);
  if (!dollars || *dollars < 0 || *dollars > 1e9) return std::nullopt;
  return std::llround(*dollars * 1e6);
}

}  // namespace

void Usage::context(const json::object& api_usage) {
  const Tokens tokens = api_tokens(api_usage);
  const std::int64_t used = tokens.input + tokens.cache_read + tokens.cache_write + tokens.output;
  // The CLI's own made-up messages (errors, slash commands) count nothing.
  if (used > 0) context_used_ = used;
}

void Usage::read_models(Out& out, const json::object& models, json::object& body) {
  Tokens sum;
  json::object told = out.body();
  for (const auto& [name, value] : models) {
    const json::object* usage = value.if_object();
    if (usage == nullptr) continue;
    const Tokens tokens = model_tokens(*usage);
    add(sum, tokens);
    if (told.size() >= kMostModels) continue;
    json::object one = out.body();
    put(one, tokens);
    if (const auto cost = micros(*usage, "costUSD")) one["cost_micros"] = *cost;
    const std::optional<std::int64_t> window = count(*usage, "contextWindow");
    if (window) one["context_window"] = *window;
    if (window && std::string_view{name} == model_) body["context_window"] = *window;
    told[clip(name, 128)] = std::move(one);
  }
  put(body, sum);
  if (!told.empty()) body["models"] = std::move(told);
}

void Usage::result(Out& out, const json::object& line, std::int64_t turns, json::object& turn) {
  json::object body = out.body();
  if (const json::object* usage = child(line, "usage")) {
    const Tokens tokens = api_tokens(*usage);
    add(own_sum_, tokens);
    json::object own = out.body();
    put(own, tokens);
    turn["usage"] = std::move(own);
    put(body, own_sum_);
  }
  if (const json::object* models = child(line, "modelUsage")) read_models(out, *models, body);
  if (const auto cost = micros(line, "total_cost_usd")) {
    body["cost_micros"] = *cost;
    if (*cost >= cost_micros_) turn["cost_micros"] = *cost - cost_micros_;
    cost_micros_ = *cost;
  }
  if (body.empty()) return;
  body["turns"] = turns;
  if (context_used_) body["context_used"] = *context_used_;
  if (!model_.empty()) body["model"] = clip(model_, 128);
  out.event(sdk::Kind::usage, std::move(body));
}

}  // namespace paddock::claude
