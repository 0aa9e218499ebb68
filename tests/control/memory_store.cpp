// The store's promises on maps and vectors.
#include "control/memory_store.hpp"

#include <algorithm>

namespace paddock::control::testing {
using base::Errc;
using base::fail;

void MemoryStore::commit(store::Batch batch, Done done) {
  ++commits_;
  if (holding_) return held_.emplace_back(std::move(batch), std::move(done)), void();
  apply(std::move(batch), done);
}

void MemoryStore::release() {
  holding_ = false;
  for (; !held_.empty(); held_.pop_front()) apply(std::move(held_.front().first), held_.front().second);
}

void MemoryStore::drop_held() {
  holding_ = false;
  held_.clear();
}

void MemoryStore::apply(store::Batch batch, const Done& done) {
  if (failing_ > 0) {
    --failing_;
    return done(fail(Errc::io, "the disk of this test is full"));
  }
  std::vector<event::Event> stored;
  for (event::Event& event : batch.events) {
    if (event.number != 0 && !known_.emplace(event.runtime, event.number).second) continue;
    event.seq = next_seq_++;
    events_.push_back(event);
    stored.push_back(event);
  }
  for (session::Record& record : batch.sessions) records_[record.id] = record;
  for (store::Action& action : batch.actions) actions_[action.id] = action;
  for (const base::SessionId& id : batch.forget) {
    records_.erase(id);
    std::erase_if(events_, [&](const event::Event& event) { return event.session == id; });
    std::erase_if(actions_, [&](const auto& entry) { return entry.second.session == id; });
  }
  for (store::Token& token : batch.tokens) tokens_.push_back(token);
  for (const base::TokenId& id : batch.revoke) {
    std::erase_if(tokens_, [&](const store::Token& token) { return token.id == id; });
  }
  done(std::move(stored));
}

base::Result<std::vector<session::Record>> MemoryStore::sessions() {
  std::vector<session::Record> all;
  for (const auto& [id, record] : records_) all.push_back(record);
  return all;
}

base::Result<std::vector<store::Action>> MemoryStore::open_actions() {
  std::vector<store::Action> open;
  for (const auto& [id, action] : actions_) {
    if (action.state == store::Action::State::accepted || action.state == store::Action::State::queued) {
      open.push_back(action);
    }
  }
  return open;
}

base::Result<std::optional<store::Action>> MemoryStore::action(const base::ActionId& id) {
  const auto at = actions_.find(id);
  return at == actions_.end() ? std::optional<store::Action>() : std::optional(at->second);
}

base::Result<std::optional<store::Action>> MemoryStore::action_by_ref(std::string_view type, std::string_view ref) {
  for (const auto& [id, action] : actions_) {
    if (action.type == type && action.request_ref == ref) return std::optional(action);
  }
  return std::optional<store::Action>();
}

base::Result<std::vector<store::Action>> MemoryStore::actions(const base::SessionId& session,
                                                              const base::ActionId& before, std::size_t limit) {
  std::vector<store::Action> found;
  for (auto at = actions_.rbegin(); at != actions_.rend() && found.size() < limit; ++at) {
    if (!before.empty() && at->first >= before) continue;
    if (!session.empty() && at->second.session != session) continue;
    found.push_back(at->second);
  }
  return found;
}

base::Result<std::vector<event::Event>> MemoryStore::events(std::uint64_t after, std::size_t limit,
                                                            const store::EventFilter& filter) {
  std::vector<event::Event> found;
  for (const event::Event& event : events_) {
    if (event.seq <= after || found.size() >= limit) continue;
    if (!filter.sessions.empty() && std::ranges::find(filter.sessions, event.session) == filter.sessions.end())
      continue;
    if (!filter.kinds.empty() && std::ranges::find(filter.kinds, event.kind) == filter.kinds.end()) continue;
    found.push_back(event);
  }
  return found;
}

base::Result<std::string> MemoryStore::adapter_of(const base::SessionId& session) {
  const auto at = records_.find(session);
  return at == records_.end() ? std::string() : at->second.adapter;
}

base::Result<store::Range> MemoryStore::range() {
  if (events_.empty()) return store::Range{};
  return store::Range{events_.front().seq, events_.back().seq};
}

}  // namespace paddock::control::testing
