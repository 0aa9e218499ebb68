// The unstable schema's totals of the session, Gemini's figures per prompt, and the context's size.
#include "acp/usage.hpp"

#include <algorithm>
#include <cmath>

#include "acp/fields.hpp"

namespace paddock::acp {

namespace {

// Sums of many prompts stay far from overflow.
constexpr std::int64_t kMostTokens = std::int64_t{1} << 50;

std::int64_t tokens(const json::object& from, std::string_view key) {
  return std::clamp<std::int64_t>(number_of(from, key).value_or(0), 0, kMostTokens);
}

}  // namespace

bool Usage::take_result(const json::object& result) {
  if (const json::object* usage = object_of(result, "usage")) {
    take_totals(*usage);
    return true;
  }
  const json::object* quota = object_of(result, "_meta", "quota");
  if (quota == nullptr) return false;
  take_quota(*quota);
  return true;
}

void Usage::take_totals(const json::object& usage) {
  Tokens read{.input = tokens(usage, "inputTokens"),
              .output = tokens(usage, "outputTokens"),
              .cache_read = tokens(usage, "cachedReadTokens"),
              .cache_write = tokens(usage, "cachedWriteTokens"),
              .reasoning = tokens(usage, "thoughtTokens")};
  // Whether cached tokens are among the input follows from the sum.
  const std::int64_t cached = read.cache_read + read.cache_write;
  const std::int64_t total = tokens(usage, "totalTokens");
  if (total < read.input + read.output + cached) read.input = std::max<std::int64_t>(0, read.input - cached);
  stood_still_ = is_known_ && read == tokens_;
  is_known_ = true;
  tokens_ = read;
}

void Usage::take_quota(const json::object& quota) {
  if (const json::object* count = object_of(quota, "token_count")) {
    add(tokens(*count, "input_tokens"), tokens(*count, "output_tokens"), 0, 0, 0);
  }
  const json::array* models = array_of(quota, "model_usage");
  if (models == nullptr || models->empty()) return;
  // Later calls of one prompt are booked on "auto".
  const json::object* first = models->front().if_object();
  const std::string_view name = first != nullptr ? text_of(*first, "model") : std::string_view{};
  if (!name.empty() && name != "auto") model_ = name.substr(0, 256);
}

void Usage::add(std::int64_t input, std::int64_t output, std::int64_t cache_read, std::int64_t cache_write,
                std::int64_t reasoning) {
  const auto sum = [](std::int64_t& total, std::int64_t more) {
    total = std::min(kMostTokens, total + std::clamp<std::int64_t>(more, 0, kMostTokens));
  };
  sum(tokens_.input, input);
  sum(tokens_.output, output);
  sum(tokens_.cache_read, cache_read);
  sum(tokens_.cache_write, cache_write);
  sum(tokens_.reasoning, reasoning);
  is_known_ = true;
}

void Usage::take_context(const json::object& update) {
  if (const auto used = number_of(update, "used")) context_used_ = std::clamp<std::int64_t>(*used, 0, kMostTokens);
  if (const auto size = number_of(update, "size")) context_window_ = std::clamp<std::int64_t>(*size, 0, kMostTokens);
  const json::object* cost = object_of(update, "cost");
  if (cost == nullptr || text_of(*cost, "currency") != "USD") return;
  const json::value* amount = cost->if_contains("amount");
  if (amount == nullptr || !amount->is_number()) return;
  const double micros = amount->to_number<double>() * 1e6;
  if (std::isfinite(micros) && micros >= 0 && micros < 9e15) cost_micros_ = std::llround(micros);
}

json::object Usage::body(std::string_view model, std::int64_t turns, json::storage_ptr memory) const {
  json::object body(std::move(memory));
  if (is_known_) {
    body["input_tokens"] = tokens_.input;
    body["output_tokens"] = tokens_.output;
    body["cache_read_tokens"] = tokens_.cache_read;
    body["cache_write_tokens"] = tokens_.cache_write;
    body["reasoning_tokens"] = tokens_.reasoning;
  }
  body["turns"] = turns;
  if (cost_micros_) body["cost_micros"] = *cost_micros_;
  if (context_used_) body["context_used"] = *context_used_;
  if (context_window_) body["context_window"] = *context_window_;
  if (!model.empty()) body["model"] = model;
  return body;
}

}  // namespace paddock::acp
