// Holding, handing out and forgetting events.
#include "runner/outbox.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace paddock::runner {

void Outbox::push(std::uint64_t number, std::string text) {
  last_ = number;
  bytes_ += text.size();
  texts_.push_back(std::move(text));
}

void Outbox::drop_front() {
  bytes_ -= texts_.front().size();
  texts_.pop_front();
}

void Outbox::ack(std::uint64_t number) {
  acked_ = std::max(acked_, std::min(number, last_));
  while (!texts_.empty() && first() <= acked_) drop_front();
  if (texts_.empty()) texts_.shrink_to_fit();
}

bool Outbox::full() const noexcept {
  return texts_.size() >= base::limits::unacked_events || bytes_ >= base::limits::unacked_bytes;
}

void Outbox::shed() {
  while (!texts_.empty() && full()) drop_front();
}

std::vector<std::string_view> Outbox::after(std::uint64_t after, std::size_t bytes) const {
  std::vector<std::string_view> out;
  std::size_t taken = 0;
  for (std::size_t at = std::size_t(after + 1 - first()); at < texts_.size(); ++at) {
    if (!out.empty() && taken + texts_[at].size() > bytes) break;
    taken += texts_[at].size();
    out.emplace_back(texts_[at]);
  }
  return out;
}

}  // namespace paddock::runner
