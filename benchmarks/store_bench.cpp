// How fast events become durable. Beside each figure of the store stands the bound: the same rows
// written by bare SQLite with nothing around it, on the same disk in the same run.
//
// PADDOCK_BENCH_DIR names the folder (default: the present one), because the disk is half the result.
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <latch>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include "store/store.hpp"

namespace {

using namespace paddock;

constexpr std::size_t kPayload = 200;

class Folder {
 public:
  Folder() {
    const char* base = std::getenv("PADDOCK_BENCH_DIR");
    std::string text = (std::filesystem::path(base != nullptr ? base : ".") / "paddock-bench-XXXXXX").string();
    if (::mkdtemp(text.data()) != nullptr) path_ = text;
  }
  ~Folder() {
    std::error_code ec;
    std::filesystem::remove_all(path_, ec);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path file() const { return path_ / "paddock.db"; }

 private:
  std::filesystem::path path_;
};

/// A store, and events of `runtimes` sessions in turn.
class Bench {
 public:
  explicit Bench(std::size_t runtimes) : sessions_(runtimes), runtimes_(runtimes), numbers_(runtimes) {
    for (auto& session : sessions_) session = base::SessionId::make();
    for (auto& runtime : runtimes_) runtime = base::RuntimeId::make();
    store_ = std::move(store::Store::open(folder_.file()).value());
  }

  store::Batch batch(std::size_t events) {
    store::Batch batch;
    batch.events.resize(events);
    for (event::Event& event : batch.events) {
      const std::size_t of = turn_++ % runtimes_.size();
      event.number = ++numbers_[of];
      event.time = event.observed_at = base::wall_now();
      event.session = sessions_[of];
      event.runtime = runtimes_[of];
      event.kind = event::Kind::message;
      event.source = {event::Channel::out, event.number * kPayload, (event.number + 1) * kPayload};
      event.data = {{"role", "assistant"}, {"text", std::string(kPayload - 30, 'x')}};
    }
    return batch;
  }

  store::Store& store() { return *store_; }

 private:
  Folder folder_;
  std::vector<base::SessionId> sessions_;
  std::vector<base::RuntimeId> runtimes_;
  std::vector<std::uint64_t> numbers_;
  std::size_t turn_ = 0;
  std::unique_ptr<store::Store> store_;
};

/// One event, waited for: the price of durability for a lone event.
void commit_one_event(benchmark::State& state) {
  Bench bench(1);
  std::vector<double> seconds;
  for (auto _ : state) {
    store::Batch batch = bench.batch(1);
    std::promise<void> done;
    const auto since = std::chrono::steady_clock::now();
    bench.store().commit(std::move(batch), [&done](auto) { done.set_value(); });
    done.get_future().wait();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count());
  }
  std::ranges::sort(seconds);
  state.counters["p50_ms"] = seconds[seconds.size() / 2] * 1e3;
  state.counters["p99_ms"] = seconds[seconds.size() * 99 / 100] * 1e3;
}
BENCHMARK(commit_one_event)->Unit(benchmark::kMillisecond)->Iterations(4000)->UseRealTime();

/// Batches of that many events, queued without waiting, until all are on disk. The making of the events
/// is not counted.
void commit_in_batches(benchmark::State& state) {
  constexpr std::size_t kEvents = 400'000;
  const auto size = static_cast<std::size_t>(state.range(0));
  const std::size_t count = kEvents / size;
  for (auto _ : state) {
    state.PauseTiming();
    auto bench = std::make_unique<Bench>(static_cast<std::size_t>(state.range(1)));
    std::vector<store::Batch> batches;
    for (std::size_t i = 0; i < count; ++i) batches.push_back(bench->batch(size));
    std::latch all(static_cast<std::ptrdiff_t>(count));
    state.ResumeTiming();
    for (store::Batch& batch : batches) bench->store().commit(std::move(batch), [&all](auto) { all.count_down(); });
    all.wait();
    state.PauseTiming();
    bench.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kEvents));
}
BENCHMARK(commit_in_batches)
    ->ArgNames({"events", "sessions"})
    ->Args({10, 100})
    ->Args({100, 1})
    ->Args({100, 1000})
    ->Args({4000, 100})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->Repetitions(3)
    ->ReportAggregatesOnly()
    ->UseRealTime();

/// The bound: rows of that size and one index, 4,000 to a transaction, by SQLite alone.
void bare_sqlite(benchmark::State& state) {
  constexpr std::int64_t kEvents = 400'000;
  for (auto _ : state) {
    const Folder folder;
    sqlite3* db = nullptr;
    sqlite3_open(folder.file().c_str(), &db);
    sqlite3_exec(
        db,
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8192;"
        "CREATE TABLE e (seq INTEGER PRIMARY KEY, s INTEGER, n INTEGER, d TEXT); CREATE UNIQUE INDEX i ON e (s, n)",
        nullptr, nullptr, nullptr);
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(db, "INSERT INTO e (s, n, d) VALUES (?, ?, ?)", -1, &insert, nullptr);
    const std::string payload(kPayload, 'x');
    for (std::int64_t i = 0; i < kEvents; ++i) {
      if (i % 4000 == 0) sqlite3_exec(db, "BEGIN", nullptr, nullptr, nullptr);
      sqlite3_bind_int64(insert, 1, i % 100);
      sqlite3_bind_int64(insert, 2, i / 100);
      sqlite3_bind_text(insert, 3, payload.data(), static_cast<int>(payload.size()), SQLITE_STATIC);
      sqlite3_step(insert);
      sqlite3_reset(insert);
      if (i % 4000 == 3999) sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
    }
    sqlite3_finalize(insert);
    sqlite3_close(db);
  }
  state.SetItemsProcessed(state.iterations() * kEvents);
}
BENCHMARK(bare_sqlite)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->Repetitions(3)
    ->ReportAggregatesOnly()
    ->UseRealTime();

/// A page of events for one of 100 sessions in a store of 400,000.
void read_page_of_session(benchmark::State& state) {
  Bench bench(100);
  store::EventFilter filter;
  for (int i = 0; i < 100; ++i) {
    store::Batch batch = bench.batch(4000);
    filter.sessions = {batch.events.front().session};
    std::promise<void> done;
    bench.store().commit(std::move(batch), [&done](auto) { done.set_value(); });
    done.get_future().wait();
  }
  std::int64_t events = 0;
  for (auto _ : state) events += static_cast<std::int64_t>(bench.store().events(200'000, 100, filter).value().size());
  state.SetItemsProcessed(events);
}
BENCHMARK(read_page_of_session)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
