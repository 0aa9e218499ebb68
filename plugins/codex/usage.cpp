// Token totals: input without what was cached, history of older processes left out.
#include "codex/usage.hpp"

#include <algorithm>

#include "codex/fields.hpp"
#include "codex/threads.hpp"

namespace paddock::codex {

namespace {

// Sums of many threads stay far from overflow.
constexpr std::int64_t kMostTokens = std::int64_t{1} << 50;

std::int64_t tokens(const json::object& breakdown, std::string_view key) {
  return std::clamp<std::int64_t>(number_of(breakdown, key).value_or(0), 0, kMostTokens);
}

}  // namespace

Usage::Tokens Usage::read(const json::object& breakdown) {
  Tokens read{.input = 0,
              .cache_read = tokens(breakdown, "cachedInputTokens"),
              .cache_write = tokens(breakdown, "cacheWriteInputTokens"),
              .output = tokens(breakdown, "outputTokens"),
              .reasoning = tokens(breakdown, "reasoningOutputTokens")};
  // Codex counts cached tokens as input too.
  read.input = std::max<std::int64_t>(0, tokens(breakdown, "inputTokens") - read.cache_read - read.cache_write);
  return read;
}

void Usage::Tokens::add(const Tokens& other, std::int64_t sign) {
  input += sign * other.input;
  cache_read += sign * other.cache_read;
  cache_write += sign * other.cache_write;
  output += sign * other.output;
  reasoning += sign * other.reasoning;
}

void Usage::update(std::string_view thread, bool is_root, bool has_begun, const json::object& token_usage) {
  const json::object* total = object_of(token_usage, "total");
  if (total == nullptr) return;
  const json::object* last = object_of(token_usage, "last");
  auto found = threads_.find(thread);
  const bool is_first = found == threads_.end();
  if (is_first) {
    if (threads_.size() >= Threads::max_threads) return;
    found = threads_.try_emplace(std::string(thread)).first;
  }
  Count& count = found->second;
  count.total = read(*total);
  if (!has_begun) {
    count.before = count.total;
  } else if (is_first && is_root && resumed_ && last != nullptr) {
    count.before = count.total;
    count.before.add(read(*last), -1);
  }
  if (!is_root) return;
  if (last != nullptr && last->contains("totalTokens")) context_used_ = tokens(*last, "totalTokens");
  if (const auto window = number_of(token_usage, "modelContextWindow")) context_window_ = *window;
}

json::object Usage::body(std::string_view model, std::int64_t turns, json::storage_ptr memory) const {
  Tokens sum;
  for (const auto& [id, count] : threads_) {
    sum.add(count.total, 1);
    sum.add(count.before, -1);
  }
  json::object body(std::move(memory));
  const auto put = [&](std::string_view key, std::int64_t value) { body[key] = std::max<std::int64_t>(0, value); };
  put("input_tokens", sum.input);
  put("output_tokens", sum.output);
  put("cache_read_tokens", sum.cache_read);
  put("cache_write_tokens", sum.cache_write);
  put("reasoning_tokens", sum.reasoning);
  put("turns", turns);
  if (context_used_) body["context_used"] = *context_used_;
  if (context_window_) body["context_window"] = *context_window_;
  if (!model.empty()) body["model"] = model;
  return body;
}

}  // namespace paddock::codex
