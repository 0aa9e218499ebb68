// Many who write, one who reads, at the same time.
#include <algorithm>
#include <atomic>
#include <latch>
#include <map>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/fixture.hpp"

namespace paddock {
namespace {

using store_test::batch_of;
using store_test::event_of;
using store_test::events_of;

class StoreUnderLoad : public store_test::WithStore {};

TEST_F(StoreUnderLoad, AnswersEachBatchOnceAndInOrder) {
  std::vector<std::uint64_t> answered;  // on the store's thread only
  std::latch all(500);
  for (std::uint64_t number = 1; number <= 500; ++number) {
    store_->commit(batch_of({event_of(session_, runtime_, number)}), [&](auto result) {
      if (result && result->size() == 1) answered.push_back(result->front().number);
      all.count_down();
    });
  }
  all.wait();

  ASSERT_EQ(answered.size(), 500U);
  EXPECT_TRUE(std::ranges::is_sorted(answered));
}

TEST_F(StoreUnderLoad, KeepsTheOrderOfEachThreadThatWrites) {
  constexpr std::uint64_t kEach = 300;
  std::vector<base::RuntimeId> runtimes{base::RuntimeId::make(), base::RuntimeId::make(), base::RuntimeId::make(),
                                        base::RuntimeId::make()};
  std::latch all(static_cast<std::ptrdiff_t>(kEach * runtimes.size()));
  std::vector<std::thread> threads;
  threads.reserve(runtimes.size());
  for (const base::RuntimeId& runtime : runtimes) {
    threads.emplace_back([&, runtime] {
      for (std::uint64_t number = 1; number <= kEach; ++number) {
        store_->commit(batch_of({event_of(session_, runtime, number)}), [&](auto) { all.count_down(); });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  all.wait();

  std::map<base::RuntimeId, std::uint64_t> seen;
  for (const event::Event& event : read()) EXPECT_EQ(event.number, ++seen[event.runtime]);
  for (const base::RuntimeId& runtime : runtimes) EXPECT_EQ(seen[runtime], kEach);
}

TEST_F(StoreUnderLoad, ShowsReadersOnlyWholeBatches) {
  constexpr std::uint64_t kBatches = 200;
  std::atomic<bool> done = false;
  std::latch all(kBatches);
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < kBatches; ++i) {
      store_->commit(batch_of(events_of(session_, runtime_, i * 10 + 1, i * 10 + 10)), [&](auto) { all.count_down(); });
    }
    all.wait();
    done = true;
  });

  std::uint64_t cursor = 0;
  while (!done || cursor < kBatches * 10) {
    const auto events = read(cursor, 100'000);
    EXPECT_EQ(events.size() % 10, 0U);
    for (const event::Event& event : events) ASSERT_EQ(event.seq, ++cursor);
  }
  writer.join();

  EXPECT_EQ(cursor, kBatches * 10);
}

TEST_F(StoreUnderLoad, ShowsABatchToReadersBeforeItIsAcknowledged) {
  for (std::uint64_t number = 1; number <= 50; ++number) {
    save(number, number);
    ASSERT_EQ(store_->range().value().newest, number);
  }
}

TEST_F(StoreUnderLoad, TellsWhatItsWritesTook) {
  store_.reset();
  std::atomic<int> commits = 0;
  std::atomic<int> checkpoints = 0;
  store::Options options;
  options.on_write = [&](std::string_view op, double seconds) {
    EXPECT_GE(seconds, 0.0);
    (op == "commit" ? commits : checkpoints) += 1;
  };
  auto opened = store::Store::open(file(), std::move(options));
  ASSERT_TRUE(opened);
  ASSERT_TRUE(store_test::commit(**opened, batch_of({event_of(session_, runtime_, 1)})));
  opened->reset();

  EXPECT_EQ(commits, 1);
  EXPECT_GE(checkpoints, 1);
}

TEST_F(StoreUnderLoad, MovesTheLogIntoTheDatabaseByItself) {
  // 60 MB in large batches: far more than the log may hold.
  store::Batch batch;
  std::uint64_t number = 0;
  for (int round = 0; round < 15; ++round) {
    batch = {};
    for (int i = 0; i < 200; ++i) {
      batch.events.push_back(event_of(session_, runtime_, ++number));
      batch.events.back().data["text"] = std::string(20'000, 'x');
    }
    ASSERT_TRUE(store_test::commit(*store_, std::move(batch)));
  }

  EXPECT_LT(std::filesystem::file_size(file().string() + "-wal"), 48U << 20U);
  EXPECT_GT(std::filesystem::file_size(file()), 20U << 20U);
}

}  // namespace
}  // namespace paddock
