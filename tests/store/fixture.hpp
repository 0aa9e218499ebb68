// What the tests of the store and of those above it share: a folder that goes away, events to store,
// commits that are waited for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <stdlib.h>

#include <gtest/gtest.h>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "event/event.hpp"
#include "store/store.hpp"

namespace paddock::store_test {

/// A fresh folder, deleted with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string text = (std::filesystem::temp_directory_path() / "paddock-store-XXXXXX").string();
    if (::mkdtemp(text.data()) != nullptr) path_ = text;
  }
  ~TemporaryFolder() {
    std::error_code ec;
    std::filesystem::remove_all(path_, ec);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// An event with every field set from `number`.
inline event::Event event_of(const base::SessionId& session, const base::RuntimeId& runtime, std::uint64_t number) {
  event::Event event;
  event.number = number;
  event.time = base::WallTime(std::chrono::milliseconds(1'700'000'000'000 + number));
  event.observed_at = event.time + std::chrono::milliseconds(3);
  event.session = session;
  event.runtime = runtime;
  event.kind = number % 2 == 0 ? event::Kind::message : event::Kind::tool_call;
  event.source = {event::Channel::out, number * 10, number * 10 + 10};
  event.ref = "ref-" + std::to_string(number);
  event.data = {{"role", "assistant"}, {"text", "line " + std::to_string(number)}};
  return event;
}

/// Events first..last of one runtime.
inline std::vector<event::Event> events_of(const base::SessionId& session, const base::RuntimeId& runtime,
                                           std::uint64_t first, std::uint64_t last) {
  std::vector<event::Event> events;
  for (std::uint64_t number = first; number <= last; ++number) events.push_back(event_of(session, runtime, number));
  return events;
}

inline session::Record record_of(const base::SessionId& id, const std::string& adapter) {
  session::Record record;
  record.id = id;
  record.adapter = adapter;
  record.name = "name of " + adapter;
  return record;
}

/// Commits and waits for the answer.
inline base::Result<std::vector<event::Event>> commit(store::Store& store, store::Batch batch) {
  std::promise<base::Result<std::vector<event::Event>>> answer;
  auto future = answer.get_future();
  store.commit(std::move(batch),
               [&answer](base::Result<std::vector<event::Event>> result) { answer.set_value(std::move(result)); });
  return future.get();
}

inline store::Batch batch_of(std::vector<event::Event> events) {
  store::Batch batch;
  batch.events = std::move(events);
  return batch;
}

/// A store in a folder of its own, with one session of one runtime.
class WithStore : public ::testing::Test {
 protected:
  void SetUp() override { reopen(); }

  void reopen() {
    store_.reset();
    auto opened = store::Store::open(file());
    ASSERT_TRUE(opened) << opened.error().detail;
    store_ = std::move(*opened);
  }

  std::filesystem::path file() const { return folder_.path() / "paddock.db"; }

  /// Commits events first..last of the session and expects that to work.
  std::vector<event::Event> save(std::uint64_t first, std::uint64_t last) {
    auto saved = commit(*store_, batch_of(events_of(session_, runtime_, first, last)));
    EXPECT_TRUE(saved) << saved.error().detail;
    return saved ? std::move(*saved) : std::vector<event::Event>();
  }

  std::vector<event::Event> read(std::uint64_t after = 0, std::size_t limit = 1'000'000,
                                 const store::EventFilter& filter = {}) {
    auto events = store_->events(after, limit, filter);
    EXPECT_TRUE(events) << events.error().detail;
    return events ? std::move(*events) : std::vector<event::Event>();
  }

  TemporaryFolder folder_;
  base::SessionId session_ = base::SessionId::make();
  base::RuntimeId runtime_ = base::RuntimeId::make();
  std::unique_ptr<store::Store> store_;
};

}  // namespace paddock::store_test
