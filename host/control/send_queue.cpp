// One prompt per idle.
#include "control/send_queue.hpp"

#include <fmt/format.h>

#include "base/limits.hpp"

namespace paddock::control {

base::Result<> SendQueue::push(store::Action action, bool first) {
  if (size() >= base::limits::queued_prompts) {
    return base::fail(base::Errc::too_many, fmt::format("'{}' has {} prompts waiting already; nothing was queued",
                                                        action.session.str(), size()));
  }
  if (first) {
    waiting_.push_front(std::move(action));
  } else {
    waiting_.push_back(std::move(action));
  }
  return {};
}

std::optional<store::Action> SendQueue::next(const session::Record& record) {
  if (on_its_way_ || waiting_.empty() || !ready_.contains(waiting_.front().id)) return std::nullopt;
  if (record.state != session::State::idle || record.state_version < not_before_) return std::nullopt;
  on_its_way_ = std::move(waiting_.front());
  waiting_.pop_front();
  return on_its_way_;
}

void SendQueue::remove(const base::ActionId& id) {
  std::erase_if(waiting_, [&](const store::Action& action) { return action.id == id; });
}

void SendQueue::delivered(std::uint64_t state_version) {
  if (on_its_way_) ready_.erase(on_its_way_->id);
  on_its_way_.reset();
  not_before_ = state_version + 1;
}

void SendQueue::refused(bool again, std::uint64_t state_version) {
  if (!on_its_way_) return;
  if (again) {
    waiting_.push_front(std::move(*on_its_way_));
    not_before_ = state_version + 1;
  } else {
    ready_.erase(on_its_way_->id);
  }
  on_its_way_.reset();
}

std::vector<store::Action> SendQueue::drain() {
  std::vector<store::Action> rest(waiting_.begin(), waiting_.end());
  waiting_.clear();
  return rest;
}

}  // namespace paddock::control
