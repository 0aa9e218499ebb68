// Order matters here: disk, then the visible record, then watchers and metrics, then whoever waits.
#include "control/ledger.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/post.hpp>
#include <boost/json/serialize.hpp>

#include "base/time.hpp"

namespace paddock::control {
namespace asio = boost::asio;
namespace json = boost::json;
using base::Errc;
using base::fail;

bool reached(const session::Record& record, const std::vector<session::State>& states,
             std::optional<std::uint64_t> after_version) {
  if (after_version && record.state_version <= *after_version) return false;
  return states.empty() || std::ranges::find(states, record.state) != states.end();
}

void Ledger::commit(store::Batch batch, Handler done, Sight sight) {
  ++in_flight_;
  // The store calls back on its own thread; everything else happens here, on the strand.
  auto on_store_thread = [this, executor = ground_.executor, records = batch.sessions, forgotten = batch.forget, sight,
                          done = std::move(done)](base::Result<Stored> result) mutable {
    asio::post(executor, [this, records = std::move(records), forgotten = std::move(forgotten), sight,
                          done = std::move(done), result = std::move(result)]() mutable {
      --in_flight_;
      if (result) stored(records, forgotten, sight, *result);
      if (in_flight_ == 0 && settled_) settled_->set({});
      if (done) done(std::move(result));
    });
  };
  ground_.store.commit(std::move(batch), std::move(on_store_thread));
}

asio::awaitable<base::Result<Ledger::Stored>> Ledger::save(store::Batch batch, Sight sight) {
  using Outcome = base::Result<Stored>;
  auto outcome = std::make_shared<OneShot<Outcome>>();
  commit(
      std::move(batch), [outcome](Outcome result) { outcome->set(std::move(result)); }, sight);
  auto result = co_await OneShot<Outcome>::wait(outcome);
  if (!result) co_return fail(Errc::internal, "the store gave no answer");
  co_return std::move(*result);
}

void Ledger::stored(const std::vector<session::Record>& records, const std::vector<base::SessionId>& forgotten,
                    Sight sight, const Stored& events) {
  if (sight == Sight::visible) {
    for (const session::Record& record : records) ground_.book.show(record);
  }
  for (const base::SessionId& id : forgotten) {
    ground_.book.forget(id);
    const auto [first, last] = waiters_.equal_range(id);
    for (auto at = first; at != last; ++at) at->second->reached->set(session::Record());
  }
  publish(events);
  if (sight == Sight::visible) {
    for (const session::Record& record : records) wake(record);
  }
  if (!look_) return;
  for (const event::Event& event : events) look_(event);
}

void Ledger::show(const session::Record& record) {
  ground_.book.show(record);
  wake(record);
}

void Ledger::publish(const Stored& events) {
  std::vector<watch::PublishedPtr> published;
  published.reserve(events.size());
  const std::string& stream = ground_.store.stream().str();
  for (const event::Event& event : events) {
    const session::Record* record = ground_.book.get(event.session);
    auto entry = std::make_shared<watch::Published>();
    entry->event = event;
    entry->adapter = record == nullptr ? std::string() : record->adapter;
    entry->json = json::serialize(event::to_json(event, stream));
    ground_.metrics.observe(event, entry->adapter);
    published.push_back(std::move(entry));
  }
  if (!published.empty()) ground_.hub.publish(std::move(published));
}

void Ledger::wake(const session::Record& record) {
  const auto [first, last] = waiters_.equal_range(record.id);
  for (auto at = first; at != last; ++at) {
    if (reached(record, at->second->states, at->second->after_version)) at->second->reached->set(record);
  }
}

asio::awaitable<base::Result<session::Record>> Ledger::wait(base::SessionId id, std::vector<session::State> states,
                                                            std::optional<std::uint64_t> after_version,
                                                            base::MonoTime deadline) {
  const session::Record* record = ground_.book.get(id);
  if (record == nullptr) co_return fail(Errc::not_found, fmt::format("there is no session '{}'", id.str()));
  if (reached(*record, states, after_version)) co_return *record;
  // From here to the suspension nothing else runs on the strand: no change can fall between.
  auto waiter = std::make_shared<Waiter>();
  waiter->states = std::move(states);
  waiter->after_version = after_version;
  waiter->reached = std::make_shared<OneShot<session::Record>>();
  const auto at = waiters_.emplace(id, waiter);
  auto seen = co_await OneShot<session::Record>::wait(waiter->reached, deadline);
  waiters_.erase(at);
  if (!seen) {
    co_return fail(Errc::timeout, fmt::format("'{}' did not reach the state in the time given", id.str()));
  }
  if (seen->id.empty()) co_return fail(Errc::not_found, fmt::format("'{}' was removed", id.str()));
  co_return std::move(*seen);
}

asio::awaitable<void> Ledger::settle() {
  while (in_flight_ != 0) {
    if (!settled_ || settled_->peek()) settled_ = std::make_shared<Signal>();
    co_await Signal::wait(settled_);
  }
}

}  // namespace paddock::control
