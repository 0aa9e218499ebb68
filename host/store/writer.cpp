// Group commit, isolation of failed batches, checkpoints.
#include "store/writer.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/limits.hpp"
#include "base/time.hpp"

namespace paddock::store {
namespace {

using namespace std::chrono_literals;

constexpr const char* kDoing = "write to";
constexpr const char* kNext = "nothing of it was changed";
constexpr auto kQuiet = 250ms;                   ///< so long without work before the log is moved into the database
constexpr int kPagesWhileBusy = 8192;            ///< 32 MiB of log: checkpoint although work waits
constexpr std::size_t kEventsTogether = 32'768;  ///< of one transaction, so that none waits for ever
constexpr std::size_t kBatchesTogether = 8192;

int on_commit(void* pages, sqlite3* /*db*/, const char* /*name*/, int now) {
  *static_cast<int*>(pages) = now;
  return SQLITE_OK;
}

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, Options options)
    : connection_(std::move(connection)), file_(connection_->file()), options_(std::move(options)) {
  rows_.emplace(*connection_);
  watch_log();
  thread_ = std::thread([this] { run(); });
}

void Writer::push(Job job) {
  if (auto refused = enqueue(job); !refused) {
    work_.notify_one();
  } else if (job.done) {
    job.done(std::move(*refused));
  }
}

/// Takes the job into the queue, or says why not and leaves it as it is.
std::optional<base::Error> Writer::enqueue(Job& job) {
  const std::lock_guard lock(mutex_);
  if (closing_) return base::fail(base::Errc::unavailable, fmt::format("'{}' is closed; {}", file_.string(), kNext));
  if (queue_.size() >= base::limits::store_batches) {
    return base::fail(base::Errc::too_many, fmt::format("{} changes wait for '{}'; {}, try again later", queue_.size(),
                                                        file_.string(), kNext));
  }
  queue_.push_back(std::move(job));
  return std::nullopt;
}

void Writer::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  work_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Writer::run() {
  for (Jobs jobs = wait_for_work(); !jobs.empty(); jobs = wait_for_work()) {
    commit(std::move(jobs));
    if (wal_pages_ >= kPagesWhileBusy) checkpoint(false);
  }
  checkpoint(true);
  drop_connection();
}

/// What waits, in order; empty when the writer is to end. Uses a quiet moment to checkpoint.
Writer::Jobs Writer::wait_for_work() {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return closing_ || !queue_.empty(); };
  if (wal_pages_ > 0 && !work_.wait_for(lock, kQuiet, ready)) {
    lock.unlock();
    checkpoint(false);
    if (connection_ != nullptr) (void)sqlite3_db_release_memory(connection_->db().getHandle());
    lock.lock();
  }
  work_.wait(lock, ready);
  Jobs jobs;
  std::size_t events = 0;
  while (!queue_.empty() && events < kEventsTogether && jobs.size() < kBatchesTogether) {
    events += queue_.front().batch.events.size();
    jobs.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return jobs;
}

void Writer::commit(Jobs jobs) {
  const base::MonoTime since = base::mono_now();
  std::vector<std::optional<base::Error>> failures(jobs.size());
  if (auto error = write(jobs)) {
    if (jobs.size() == 1) failures.front() = std::move(error);
    for (std::size_t i = 0; i < jobs.size() && jobs.size() > 1; ++i) failures[i] = write(std::span(jobs).subspan(i, 1));
  }
  measured("commit", since);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    Job& job = jobs[i];
    if (!job.done) continue;
    if (failures[i]) {
      job.done(std::move(*failures[i]));
    } else {
      std::erase_if(job.batch.events, [](const event::Event& event) { return event.seq == 0; });
      job.done(std::move(job.batch.events));
    }
  }
}

/// One transaction of `jobs`. On failure nothing of them is changed, neither on disk nor in memory.
std::optional<base::Error> Writer::write(std::span<Job> jobs) {
  if (auto error = reopen()) return error;
  const std::uint64_t last_seq = rows_->last_seq();
  int code = SQLITE_OK;
  const auto done = guarded(kDoing, file_, kNext, [&] {
    try {
      connection_->statement("BEGIN IMMEDIATE").exec();
      for (Job& job : jobs) rows_->write(job.batch);
      connection_->statement("COMMIT").exec();
    } catch (const SQLite::Exception& why) {
      code = why.getErrorCode() & 0xFF;
      throw;
    }
  });
  if (done) return std::nullopt;
  (void)connection_->db().tryExec("ROLLBACK");  // fails when SQLite has done it by itself
  rows_->rolled_back(last_seq);
  // After an error of the disk a connection's cache cannot be trusted.
  if (code == SQLITE_IOERR || code == SQLITE_CORRUPT) drop_connection();
  return done.error();
}

void Writer::drop_connection() {
  rows_.reset();
  connection_.reset();
}

/// Opens the connection again when an error closed it.
std::optional<base::Error> Writer::reopen() {
  if (connection_ != nullptr) return std::nullopt;
  const auto opened = guarded(kDoing, file_, kNext, [this] {
    connection_ = std::make_unique<Connection>(file_, Connection::Use::write);
    rows_.emplace(*connection_);
    watch_log();
  });
  if (opened) return std::nullopt;
  drop_connection();
  return opened.error();
}

void Writer::watch_log() { sqlite3_wal_hook(connection_->db().getHandle(), on_commit, &wal_pages_); }

/// Moves the log into the database. Failing is no harm: the log stays and the next one tries again.
void Writer::checkpoint(bool last) {
  wal_pages_ = 0;
  if (connection_ == nullptr) return;
  const base::MonoTime since = base::mono_now();
  const int mode = last ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  const int code = sqlite3_wal_checkpoint_v2(connection_->db().getHandle(), nullptr, mode, nullptr, nullptr);
  if ((code & 0xFF) == SQLITE_IOERR || (code & 0xFF) == SQLITE_CORRUPT) drop_connection();
  measured("checkpoint", since);
}

void Writer::measured(std::string_view op, base::MonoTime since) const {
  if (!options_.on_write) return;
  options_.on_write(op, std::chrono::duration<double>(base::mono_now() - since).count());
}

}  // namespace paddock::store
