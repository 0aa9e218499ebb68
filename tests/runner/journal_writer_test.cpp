// What the writer writes, the reader reads.
#include "runner/journal_writer.hpp"

#include <sys/resource.h>
#include <csignal>

#include <gtest/gtest.h>

#include "support/scratch.hpp"

namespace paddock::runner {
namespace {
using link::journal::Type;

TEST(JournalWriter, WritesWhatTheReaderReads) {
  support::ScratchFolder folder;
  auto writer = JournalWriter::create(folder.path());
  ASSERT_TRUE(writer) << writer.error().detail;
  const session::Stamp stamp = stamp_now();
  ASSERT_TRUE(writer->append(Type::output, event::Channel::err, stamp, "hello"));
  ASSERT_TRUE(writer->append(Type::tick, event::Channel::none, stamp, {}));

  auto reader = link::journal::Reader::open(folder / "journal");
  ASSERT_TRUE(reader);
  const auto first = reader->next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->payload, "hello");
  EXPECT_EQ(first->mono_ns, stamp.mono_ns);
  EXPECT_TRUE(reader->next());
  EXPECT_EQ(reader->offset(), writer->size());
}

TEST(JournalWriter, DoesNotTouchAnotherLifesJournal) {
  support::ScratchFolder folder;
  ASSERT_TRUE(JournalWriter::create(folder.path()));
  EXPECT_EQ(JournalWriter::create(folder.path()).error().code, base::Errc::already_exists);
}

TEST(JournalWriter, CutsOffWhatAFullDiskDidNotTake) {
  support::ScratchFolder folder;
  auto writer = JournalWriter::create(folder.path());
  ASSERT_TRUE(writer->append(Type::output, event::Channel::out, stamp_now(), "before"));
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  (void)std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{writer->size() + 40, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  const auto failed = writer->append(Type::output, event::Channel::out, stamp_now(), std::string(500, 'x'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  EXPECT_FALSE(failed);
  ASSERT_TRUE(writer->append(Type::output, event::Channel::out, stamp_now(), "after"));

  auto reader = link::journal::Reader::open(folder / "journal");
  EXPECT_EQ(reader->next()->payload, "before");
  EXPECT_EQ(reader->next()->payload, "after");
  EXPECT_FALSE(reader->is_cut());
}

}  // namespace
}  // namespace paddock::runner
