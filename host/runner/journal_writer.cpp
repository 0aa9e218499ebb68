// Appending records.
#include "runner/journal_writer.hpp"

#include <cerrno>
#include <ctime>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/uio.h>

namespace paddock::runner {

session::Stamp stamp_now() noexcept {
  const auto mono = base::mono_now().time_since_epoch();
  return {base::wall_now(), std::uint64_t(std::chrono::duration_cast<std::chrono::nanoseconds>(mono).count())};
}

base::Result<JournalWriter> JournalWriter::create(const std::filesystem::path& session_dir) {
  const std::filesystem::path file = session_dir / "journal";
  JournalWriter writer;
  writer.file_ = base::UniqueFd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
  if (!writer.file_ && errno == EEXIST) {
    return base::fail(base::Errc::already_exists,
                      fmt::format("'{}' is there already, nothing is started", file.string()));
  }
  if (!writer.file_) return base::fail_errno(fmt::format("cannot create '{}'", file.string()), errno);
  const auto head = link::journal::encode_file_head();
  if (::write(writer.file_.get(), head.data(), head.size()) != ssize_t(head.size())) {
    return base::fail_errno(fmt::format("cannot write '{}'", file.string()), errno);
  }
  writer.size_ = head.size();
  return writer;
}

base::Result<> JournalWriter::append(link::journal::Type type, event::Channel channel, const session::Stamp& stamp,
                                     std::string_view payload) {
  auto head =
      link::journal::encode_record_head({type, channel, stamp.wall.time_since_epoch().count(), stamp.mono_ns, payload});
  iovec parts[2] = {{head.data(), head.size()}, {const_cast<char*>(payload.data()), payload.size()}};
  const std::size_t whole = head.size() + payload.size();
  ssize_t put = 0;
  do {
    put = ::writev(file_.get(), parts, 2);
  } while (put < 0 && errno == EINTR);
  if (put == ssize_t(whole)) {
    size_ += whole;
    return {};
  }
  const int why = put < 0 ? errno : ENOSPC;
  (void)::ftruncate(file_.get(), off_t(size_));  // if that fails too, the reader finds the cut
  return base::fail_errno("cannot write the journal", why);
}

}  // namespace paddock::runner
