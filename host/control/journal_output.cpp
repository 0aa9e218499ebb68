// Reading forward through a journal, keeping only what is asked for.
#include "control/journal_output.hpp"

#include <algorithm>

namespace paddock::control {
namespace {

constexpr std::size_t kStreams = 32;  // each holds a descriptor and a little more than one answer

bool is_output(const link::journal::Record& record) {
  using event::Channel;
  if (record.type != link::journal::Type::output) return false;
  return record.channel == Channel::out || record.channel == Channel::err || record.channel == Channel::pty;
}

}  // namespace

base::Result<std::string> OutputStream::read(std::uint64_t offset, std::size_t limit) {
  if (!reader_ || offset < begin_) {
    auto reader = link::journal::Reader::open(path_);
    if (!reader) return reader.error();
    reader_.emplace(std::move(*reader));
    begin_ = 0;
    kept_.clear();
  }
  for (;;) {
    const auto passed = std::min<std::uint64_t>(offset - begin_, kept_.size());
    kept_.erase(0, std::size_t(passed));
    begin_ += passed;
    if (begin_ == offset && kept_.size() >= limit) break;
    const auto record = reader_->next();
    if (!record) break;
    if (is_output(*record)) kept_.append(record->payload);
  }
  return begin_ == offset ? kept_.substr(0, limit) : std::string();
}

base::Result<std::string> OutputStreams::read(const std::filesystem::path& journal, std::uint64_t offset,
                                              std::size_t limit) {
  auto at = std::ranges::find(streams_, journal, [](const auto& entry) { return entry.first; });
  if (at == streams_.end()) {
    if (streams_.size() >= kStreams) streams_.pop_back();
    streams_.emplace_front(journal, OutputStream(journal));
    at = streams_.begin();
  }
  streams_.splice(streams_.begin(), streams_, at);
  auto bytes = at->second.read(offset, limit);
  if (!bytes) streams_.pop_front();
  return bytes;
}

}  // namespace paddock::control
