// The thread that writes: takes every batch that waits, makes one transaction of them, and checkpoints.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "base/time.hpp"
#include "store/connection.hpp"
#include "store/rows.hpp"
#include "store/store.hpp"

namespace paddock::store {

/// Owns the only connection that writes, on a thread of its own.
///
/// The longer a commit takes, the more batches wait for the next one and share its flush: a lone event
/// is on disk after one flush, a flood is written at the speed of the disk. A batch that cannot be
/// written fails alone: the others of its transaction are tried again one by one.
class Writer {
 public:
  struct Job {
    Batch batch;
    Store::Done done;
  };

  /// `connection` is open, migrated and used by nobody else.
  Writer(std::unique_ptr<Connection> connection, Options options);
  ~Writer() { close(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Thread-safe; never blocks. When it cannot be queued `done` is called here and now.
  void push(Job job);

  /// Writes what waits, checkpoints, ends the thread. Not from a Done. Idempotent.
  void close();

 private:
  using Jobs = std::vector<Job>;

  void run();
  std::optional<base::Error> enqueue(Job& job);
  Jobs wait_for_work();
  void commit(Jobs jobs);
  std::optional<base::Error> write(std::span<Job> jobs);
  std::optional<base::Error> reopen();
  void drop_connection();
  void watch_log();
  void checkpoint(bool last);
  void measured(std::string_view op, base::MonoTime since) const;

  // The mutex guards the queue and the flag below it, nothing else: jobs cross a thread here.
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Job> queue_;
  bool closing_ = false;

  // From here on: the writer's thread only.
  std::unique_ptr<Connection> connection_;
  std::optional<RowWriter> rows_;
  std::filesystem::path file_;
  Options options_;
  int wal_pages_ = 1;  ///< of the log, after the last commit; at the start there may be an old one
  std::thread thread_;
};

}  // namespace paddock::store
