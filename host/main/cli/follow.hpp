// The watch stream as one event after another, across lost connections.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "main/cli/client.hpp"

namespace paddock::cli {

/// Reads lines out of pieces.
class LineReader {
 public:
  void add(std::string_view bytes) { held_ += bytes; }
  /// The next whole line without its newline.
  std::optional<std::string> line();

 private:
  std::string held_;
  std::size_t searched_ = 0;
};

/// Events from a cursor on. A connection that is lost after it was made once is made again from the
/// cursor of the last event, with growing pauses, for as long as the caller asks: none is lost, none
/// comes twice.
class Follow {
 public:
  /// `filter` is a query without '?', e.g. "session=ses_1"; `cursor` may be empty: from now on.
  Follow(Client client, std::string filter, std::string cursor)
      : client_(std::move(client)), filter_(std::move(filter)), cursor_(std::move(cursor)) {}

  /// The next event. Fails when the first connection fails, or when the host refuses the cursor.
  boost::asio::awaitable<Outcome<boost::json::object>> next();

  /// "<stream_id>:<seq>" of the last event.
  const std::string& cursor() const noexcept { return cursor_; }

 private:
  boost::asio::awaitable<Outcome<void>> open();
  boost::asio::awaitable<Outcome<void>> start_here();
  boost::asio::awaitable<void> pause();
  std::optional<boost::json::object> event_of(const std::string& line);

  Client client_;
  std::string filter_;
  std::string cursor_;
  std::unique_ptr<Stream> stream_;
  LineReader lines_;
  bool was_open_ = false;
  std::chrono::milliseconds pause_{0};
};

}  // namespace paddock::cli
