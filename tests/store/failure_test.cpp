// What the store does when things go wrong: a full disk, a broken file, a newer program, a crash.
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "base/unique_fd.hpp"
#include "store/fixture.hpp"

namespace paddock {
namespace {

using store_test::batch_of;
using store_test::commit;
using store_test::event_of;
using store_test::events_of;
using testing::HasSubstr;

/// Runs SQL on a file from outside of the store.
std::string sql(const std::filesystem::path& file, const std::string& text) {
  sqlite3* db = nullptr;
  std::string answer;
  sqlite3_open(file.c_str(), &db);
  const auto row = [](void* out, int count, char** values, char** /*names*/) {
    if (count > 0 && values[0] != nullptr) *static_cast<std::string*>(out) += values[0];
    return 0;
  };
  char* message = nullptr;
  if (sqlite3_exec(db, text.c_str(), row, &answer, &message) != SQLITE_OK) {
    answer = message != nullptr ? message : "error";
    sqlite3_free(message);
  }
  sqlite3_close(db);
  return answer;
}

class StoreFile : public store_test::WithStore {
 protected:
  base::Error open_error() {
    auto opened = store::Store::open(file());
    EXPECT_FALSE(opened);
    return opened ? base::Error{} : opened.error();
  }

  /// Keeps the store's thread in the answer to event 1 until the promise is kept, so that what is
  /// committed meanwhile waits together.
  std::promise<void> occupy() {
    std::promise<void> go;
    std::promise<void> entered;
    store_->commit(batch_of({event_of(session_, runtime_, 1)}), [&entered, gate = go.get_future().share()](auto) {
      entered.set_value();
      gate.wait();
    });
    entered.get_future().wait();
    return go;
  }
};

TEST_F(StoreFile, OfANewerProgramIsRefusedAndLeftAlone) {
  save(1, 3);
  store_.reset();
  sql(file(), "PRAGMA user_version=99");

  const base::Error error = open_error();

  EXPECT_EQ(error.code, base::Errc::unavailable);
  EXPECT_THAT(error.detail, HasSubstr("newer program"));
  EXPECT_THAT(error.detail, HasSubstr(file().string()));
  EXPECT_EQ(sql(file(), "SELECT count(*) FROM events"), "3");
}

TEST_F(StoreFile, OfAnotherProgramIsRefusedAndLeftAlone) {
  store_.reset();
  std::filesystem::remove(file());
  sql(file(), "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (42)");

  const base::Error error = open_error();

  EXPECT_EQ(error.code, base::Errc::corrupt);
  EXPECT_EQ(sql(file(), "SELECT x FROM theirs"), "42");
  EXPECT_EQ(sql(file(), "PRAGMA journal_mode"), "delete");
}

TEST_F(StoreFile, ThatIsNoDatabaseIsCalledCorrupt) {
  store_.reset();
  std::filesystem::remove(file());
  std::ofstream(file()) << std::string(8192, 'x');

  EXPECT_EQ(open_error().code, base::Errc::corrupt);
}

TEST_F(StoreFile, ThatCannotBeOpenedSaysWhy) {
  const auto opened = store::Store::open(folder_.path() / "missing" / "paddock.db");

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, base::Errc::io);
  EXPECT_THAT(opened.error().detail, HasSubstr("No such file"));
}

TEST_F(StoreFile, SaysWhoseItIs) {
  store_.reset();

  EXPECT_EQ(sql(file(), "PRAGMA application_id"), std::to_string(0x50444B31));
  EXPECT_EQ(sql(file(), "PRAGMA user_version"), "1");
  EXPECT_EQ(sql(file(), "PRAGMA integrity_check"), "ok");
}

TEST_F(StoreFile, MadeAnewHasAnotherStream) {
  const base::StreamId before = store_->stream();
  store_.reset();
  std::filesystem::remove(file());

  reopen();

  EXPECT_NE(store_->stream(), before);
}

TEST_F(StoreFile, ClosedLeavesNothingInItsLog) {
  save(1, 100);
  store_.reset();

  std::error_code ec;
  const auto log = std::filesystem::file_size(file().string() + "-wal", ec);
  EXPECT_TRUE(ec || log == 0) << log;
  EXPECT_EQ(sql(file(), "SELECT count(*) FROM events"), "100");
}

/// Overwrites the pages of a table or index in the closed file.
void break_pages_of(const std::filesystem::path& file, const std::string& table) {
  const auto page = std::stoull(sql(file, "SELECT rootpage FROM sqlite_schema WHERE name='" + table + "'"));
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(static_cast<std::streamoff>((page - 1) * 4096));
  stream << std::string(4096, '\xEE');
}

/// Overwrites the page of the closed file that holds `text`.
void break_page_with(const std::filesystem::path& file, const std::string& text) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  const std::size_t at = bytes.find(text);
  ASSERT_NE(at, std::string::npos);
  stream.seekp(static_cast<std::streamoff>(at / 4096 * 4096));
  stream << std::string(4096, '\xEE');
}

TEST_F(StoreFile, WithABrokenPageAnswersReadsOfItWithCorrupt) {
  save(1, 500);
  store_.reset();
  break_page_with(file(), "\"line 250\"");
  reopen();

  const auto all = store_->events(0, 1000, {});
  const auto before = store_->events(0, 100, {});

  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().code, base::Errc::corrupt);
  EXPECT_THAT(all.error().detail, HasSubstr(file().string()));
  EXPECT_EQ(before.value().size(), 100U);
}

TEST_F(StoreFile, WithoutARootIsCalledCorrupt) {
  save(1, 500);
  store_.reset();
  break_pages_of(file(), "events");

  EXPECT_EQ(open_error().code, base::Errc::corrupt);
}

TEST_F(StoreFile, WithABrokenPageAnswersWritesWithCorruptAndOtherTablesStillWork) {
  save(1, 500);
  store_.reset();
  break_pages_of(file(), "events_identity");
  reopen();

  const auto events = commit(*store_, batch_of(events_of(session_, runtime_, 501, 502)));
  store::Batch tokens;
  tokens.tokens = {{base::TokenId::make(), "ci", "viewer", "aa", {}}};
  const auto other = commit(*store_, tokens);

  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().code, base::Errc::corrupt);
  EXPECT_TRUE(other);
  EXPECT_EQ(store_->tokens().value().size(), 1U);
}

TEST_F(StoreFile, WithARowThatMakesNoSenseAnswersCorrupt) {
  save(1, 3);
  store_.reset();
  sql(file(), "UPDATE events SET data='{broken' WHERE seq=2");
  reopen();

  const auto events = store_->events(0, 10, {});
  const auto first = store_->events(0, 1, {});

  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().code, base::Errc::corrupt);
  EXPECT_TRUE(first);
}

TEST_F(StoreFile, WithAnUnknownKindAnswersCorrupt) {
  save(1, 1);
  store_.reset();
  sql(file(), "UPDATE events SET kind=250");
  reopen();

  EXPECT_EQ(store_->events(0, 10, {}).error().code, base::Errc::corrupt);
}

// --- closing

TEST_F(StoreFile, ClosedWritesWhatWaitsAndRefusesTheRest) {
  std::atomic<int> written = 0;
  for (std::uint64_t number = 1; number <= 200; ++number) {
    store_->commit(batch_of({event_of(session_, runtime_, number)}),
                   [&written](auto result) { written += result ? 1 : 0; });
  }

  store_->close();
  store_->close();

  EXPECT_EQ(written, 200);
  EXPECT_EQ(commit(*store_, batch_of({event_of(session_, runtime_, 201)})).error().code, base::Errc::unavailable);
  EXPECT_EQ(read().size(), 200U);
}

TEST_F(StoreFile, WithoutSomebodyWhoWaitsForTheAnswerStillWrites) {
  store_->commit(batch_of({event_of(session_, runtime_, 1)}), {});
  store_->close();

  EXPECT_EQ(read().size(), 1U);
}

// --- one bad batch among good ones

TEST_F(StoreFile, LetsOneBadBatchFailAlone) {
  store::Action taken;
  taken.id = base::ActionId::make();
  taken.session = session_;
  taken.type = "send";
  taken.request_ref = "same";
  std::promise<void> go = occupy();
  std::vector<std::future<base::Errc>> answers;
  for (std::uint64_t number = 2; number <= 20; ++number) {
    auto answer = std::make_shared<std::promise<base::Errc>>();
    answers.push_back(answer->get_future());
    store::Batch batch = batch_of({event_of(session_, runtime_, number)});
    if (number % 5 == 0) {
      batch.actions = {taken};
      batch.actions[0].id = base::ActionId::make();
    }
    store_->commit(std::move(batch),
                   [answer](auto result) { answer->set_value(result ? base::Errc() : result.error().code); });
  }
  go.set_value();

  std::vector<std::uint64_t> failed;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const base::Errc code = answers[i].get();
    if (code != base::Errc()) {
      EXPECT_EQ(code, base::Errc::already_exists);
      failed.push_back(i + 2);
    }
  }

  EXPECT_THAT(failed, testing::ElementsAre(10, 15, 20));
  const auto events = read();
  ASSERT_EQ(events.size(), 17U);
  for (std::size_t i = 0; i < events.size(); ++i) EXPECT_EQ(events[i].seq, i + 1);
}

TEST_F(StoreFile, RefusesMoreThanItsQueueHolds) {
  std::promise<void> go = occupy();
  std::atomic<int> refused = 0;
  std::atomic<int> done = 0;
  for (int i = 0; i < 70'000; ++i) {
    store_->commit({}, [&](auto result) {
      if (result) {
        ++done;
      } else if (result.error().code == base::Errc::too_many) {
        ++refused;
      }
    });
  }
  EXPECT_EQ(refused, 70'000 - 65'536);

  go.set_value();
  store_->close();

  EXPECT_EQ(done + refused, 70'000);
}

// --- full disk

class StoreOnASmallDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=2m") != 0) {
      GTEST_SKIP() << "needs the right to mount a small file system (root)";
    }
    mounted_ = true;
    auto opened = store::Store::open(folder_.path() / "paddock.db");
    ASSERT_TRUE(opened) << opened.error().detail;
    store_ = std::move(*opened);
  }

  void TearDown() override {
    store_.reset();
    if (mounted_) (void)::umount2(folder_.path().c_str(), MNT_DETACH);
  }

  void grow() { ASSERT_EQ(::mount("tmpfs", folder_.path().c_str(), "tmpfs", MS_REMOUNT, "size=64m"), 0); }

  /// Commits events of 20 KB until one is refused; gives its number.
  std::uint64_t fill(base::Errc& code) {
    for (std::uint64_t number = 1; number < 1000; ++number) {
      event::Event event = event_of(session_, runtime_, number);
      event.data["text"] = std::string(20'000, 'x');
      const auto saved = commit(*store_, batch_of({event}));
      if (!saved) {
        code = saved.error().code;
        return number;
      }
    }
    return 0;
  }

  store_test::TemporaryFolder folder_;
  bool mounted_ = false;
  base::SessionId session_ = base::SessionId::make();
  base::RuntimeId runtime_ = base::RuntimeId::make();
  std::unique_ptr<store::Store> store_;
};

TEST_F(StoreOnASmallDisk, ThatIsFullTellsItAndKeepsWhatWasAcknowledged) {
  base::Errc code{};
  const std::uint64_t refused = fill(code);

  ASSERT_GT(refused, 1U);
  EXPECT_EQ(code, base::Errc::io);
  EXPECT_EQ(store_->events(0, 10'000, {}).value().size(), refused - 1);
  EXPECT_EQ(store_->range().value().newest, refused - 1);
}

TEST_F(StoreOnASmallDisk, GoesOnWhereItWasWhenThereIsSpaceAgain) {
  base::Errc code{};
  const std::uint64_t refused = fill(code);
  grow();

  const auto saved = commit(*store_, batch_of(events_of(session_, runtime_, refused, refused + 10)));

  ASSERT_TRUE(saved) << saved.error().detail;
  EXPECT_EQ(saved->front().seq, refused);
  EXPECT_EQ(store_->events(0, 10'000, {}).value().size(), refused + 10);
}

TEST_F(StoreOnASmallDisk, ThatWasFullHasASoundDatabaseAfterwards) {
  base::Errc code{};
  const std::uint64_t refused = fill(code);
  store_.reset();
  grow();

  auto opened = store::Store::open(folder_.path() / "paddock.db");

  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_EQ((*opened)->events(0, 10'000, {}).value().size(), refused - 1);
  opened->reset();
  EXPECT_EQ(sql(folder_.path() / "paddock.db", "PRAGMA integrity_check"), "ok");
}

// --- crash

/// The child: commits event after event and tells the parent the number of each acknowledged one.
[[noreturn]] void commit_until_killed(const std::filesystem::path& file, const base::SessionId& session,
                                      const base::RuntimeId& runtime, std::uint64_t first, int pipe) {
  auto opened = store::Store::open(file);
  if (!opened) ::_exit(3);
  for (std::uint64_t number = first;; ++number) {
    (*opened)->commit(batch_of({event_of(session, runtime, number)}), [pipe, number](auto result) {
      if (!result || ::write(pipe, &number, sizeof number) != sizeof number) ::_exit(4);
    });
  }
}

/// Reads acknowledgements until `enough` came, kills the child, reads the rest; gives the last one.
std::uint64_t kill_after(pid_t child, int pipe, std::uint64_t enough) {
  std::uint64_t last = 0;
  std::uint64_t number = 0;
  for (std::uint64_t count = 0; ::read(pipe, &number, sizeof number) == sizeof number; ++count) {
    last = number;
    if (count == enough) ::kill(child, SIGKILL);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  return last;
}

TEST_F(StoreFile, KilledAtAnyPointHasEverythingThatWasAcknowledged) {
  std::mt19937_64 random(20260131);  // NOLINT: the same points in each run
  store_.reset();
  std::uint64_t next = 1;
  for (int round = 0; round < 12; ++round) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const base::UniqueFd reading(ends[0]);
    base::UniqueFd writing(ends[1]);
    const pid_t child = ::fork();
    if (child == 0) commit_until_killed(file(), session_, runtime_, next, writing.get());
    writing.reset();
    const std::uint64_t acknowledged = kill_after(child, reading.get(), random() % 300);
    ASSERT_GE(acknowledged, next);

    reopen();
    const auto events = read();
    ASSERT_GE(events.size(), acknowledged) << "round " << round;
    for (std::size_t i = 0; i < events.size(); ++i) {
      ASSERT_EQ(events[i].number, i + 1);
      ASSERT_EQ(events[i].seq, i + 1);
    }
    next = events.size() + 1;
    store_.reset();
    ASSERT_EQ(sql(file(), "PRAGMA integrity_check"), "ok");
  }
}

}  // namespace
}  // namespace paddock
