// Readers beside a store: what the tests of the hub share.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>

#include "store/fixture.hpp"
#include "watch/hub.hpp"

namespace paddock::watch_test {

namespace asio = boost::asio;

/// What came to a reader, and how it ended. Outlives the reader for a next() that still waits.
struct Seen {
  std::vector<watch::PublishedPtr> events;
  std::vector<std::size_t> pages;
  std::optional<base::Error> end;
};

/// Somebody who watches.
struct Reader {
  std::unique_ptr<watch::Subscription> subscription;
  std::shared_ptr<Seen> seen = std::make_shared<Seen>();

  std::vector<std::uint64_t> seqs() const {
    std::vector<std::uint64_t> out;
    for (const auto& event : seen->events) out.push_back(event->event.seq);
    return out;
  }
};

inline asio::awaitable<void> read_once(watch::Subscription& subscription, std::shared_ptr<Seen> seen) {
  auto page = co_await subscription.next();
  if (!page) {
    seen->end = page.error();
    co_return;
  }
  seen->pages.push_back(page->size());
  seen->events.insert(seen->events.end(), page->begin(), page->end());
}

inline asio::awaitable<void> read_until_end(watch::Subscription& subscription, std::shared_ptr<Seen> seen) {
  while (!seen->end) co_await read_once(subscription, seen);
}

class HubTest : public store_test::WithStore {
 protected:
  void SetUp() override {
    WithStore::SetUp();
    for (int i = 0; i < 3; ++i) {
      sessions_.push_back(base::SessionId::make());
      runtimes_.push_back(base::RuntimeId::make());
      numbers_.push_back(0);
    }
    store::Batch batch;
    for (std::size_t i = 0; i < 3; ++i) batch.sessions.push_back(store_test::record_of(sessions_[i], adapter(i)));
    ASSERT_TRUE(store_test::commit(*store_, std::move(batch)));
    start_hub();
  }

  void TearDown() override {
    hub_.reset();
    run();
  }

  void start_hub() { hub_ = watch::Hub::make(io_.get_executor(), *store_); }

  static std::string adapter(std::size_t session) { return session == 0 ? "claude" : "exec"; }

  /// Runs everything that can run now.
  void run() {
    io_.restart();
    io_.poll();
  }

  /// Stores `count` events of the sessions in turn.
  std::vector<watch::PublishedPtr> save_next(std::size_t count, std::size_t bytes = 0) {
    store::Batch batch;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t session = turn_++ % sessions_.size();
      batch.events.push_back(store_test::event_of(sessions_[session], runtimes_[session], ++numbers_[session]));
      if (bytes != 0) batch.events.back().data["text"] = std::string(bytes, 'x');
    }
    auto saved = store_test::commit(*store_, std::move(batch));
    EXPECT_TRUE(saved) << saved.error().detail;
    std::vector<watch::PublishedPtr> published;
    for (event::Event& event : *saved) {
      watch::Published one;
      const auto at = std::ranges::find(sessions_, event.session) - sessions_.begin();
      one.adapter = adapter(static_cast<std::size_t>(at));
      one.json = boost::json::serialize(event::to_json(event, store_->stream().str()));
      one.event = std::move(event);
      published.push_back(std::make_shared<watch::Published>(std::move(one)));
    }
    all_.insert(all_.end(), published.begin(), published.end());
    return published;
  }

  void publish(std::size_t count, std::size_t bytes = 0) { hub_->publish(save_next(count, bytes)); }

  watch::Cursor at(std::uint64_t seq) const { return {store_->stream().str(), seq}; }

  Reader subscribe(std::optional<watch::Cursor> cursor = {}, store::EventFilter filter = {}) {
    auto subscription = hub_->subscribe(std::move(cursor), std::move(filter));
    EXPECT_TRUE(subscription) << subscription.error().detail;
    Reader reader;
    if (subscription) reader.subscription = std::move(*subscription);
    return reader;
  }

  void start(Reader& reader) { asio::co_spawn(io_, read_until_end(*reader.subscription, reader.seen), asio::detached); }
  void once(Reader& reader) {
    asio::co_spawn(io_, read_once(*reader.subscription, reader.seen), asio::detached);
    run();
  }

  /// What a watcher with that cursor and filter has to get.
  std::vector<std::uint64_t> expected(std::uint64_t after, const store::EventFilter& filter = {}) const {
    std::vector<std::uint64_t> out;
    for (const auto& event : all_) {
      const auto in = [](const auto& list, const auto& item) {
        return list.empty() || std::ranges::find(list, item) != list.end();
      };
      if (event->event.seq > after && in(filter.sessions, event->event.session) &&
          in(filter.kinds, event->event.kind) && in(filter.adapters, event->adapter)) {
        out.push_back(event->event.seq);
      }
    }
    return out;
  }

  asio::io_context io_;
  std::unique_ptr<watch::Hub> hub_;
  std::vector<base::SessionId> sessions_;
  std::vector<base::RuntimeId> runtimes_;
  std::vector<std::uint64_t> numbers_;
  std::size_t turn_ = 0;
  std::vector<watch::PublishedPtr> all_;
};

}  // namespace paddock::watch_test
