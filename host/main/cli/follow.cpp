// Following and coming back.
#include "main/cli/follow.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/parse.hpp>

#include "main/cli/fields.hpp"

namespace paddock::cli {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto kFirstPause = 100ms;
constexpr std::chrono::milliseconds kLongestPause = 5s;
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

}  // namespace

std::optional<std::string> LineReader::line() {
  const std::size_t end = held_.find('\n', searched_);
  if (end == std::string::npos) {
    searched_ = held_.size();
    return std::nullopt;
  }
  std::string line = held_.substr(0, end);
  held_.erase(0, end + 1);
  searched_ = 0;
  return line;
}

asio::awaitable<void> Follow::pause() {
  pause_ = std::clamp<std::chrono::milliseconds>(pause_ * 2, kFirstPause, kLongestPause);
  asio::steady_timer timer(co_await asio::this_coro::executor, pause_);
  (void)co_await timer.async_wait(kNoThrow);
}

/// Without a cursor the stream would begin anew after a lost connection; so the present end is asked for first.
asio::awaitable<Outcome<void>> Follow::start_here() {
  Request request;
  request.target = "/v1/sessions?limit=1";
  const auto answer = co_await client_.call(std::move(request));
  if (!answer) co_return answer.error();
  cursor_ = text_at(as_object(*answer), "cursor");
  co_return Outcome<void>();
}

asio::awaitable<Outcome<void>> Follow::open() {
  if (cursor_.empty()) {
    auto started = co_await start_here();
    if (!started) co_return started;
  }
  std::string target = "/v1/watch?cursor=" + encoded(cursor_);
  if (!filter_.empty()) target += "&" + filter_;
  auto opened = co_await client_.open(std::move(target), "application/x-ndjson");
  if (!opened) co_return opened.error();
  stream_ = std::move(*opened);
  lines_ = LineReader();
  was_open_ = true;
  co_return Outcome<void>();
}

/// Nothing for a heartbeat, a farewell (an event without a place in the stream) or a line that is no event.
std::optional<json::object> Follow::event_of(const std::string& line) {
  boost::system::error_code ec;
  json::value value = json::parse(line, ec);
  if (ec || !value.is_object()) return std::nullopt;
  json::object& event = value.get_object();
  const std::string_view stream = text_at(event, "stream_id");
  const std::int64_t seq = count_at(event, "seq");
  if (stream.empty() || seq == 0) return std::nullopt;
  cursor_ = fmt::format("{}:{}", stream, seq);
  return std::move(event);
}

asio::awaitable<Outcome<json::object>> Follow::next() {
  for (;;) {
    while (auto line = lines_.line()) {
      if (auto event = event_of(*line)) {
        pause_ = 0ms;
        co_return std::move(*event);
      }
    }
    if (stream_) {
      auto piece = co_await stream_->read();
      if (piece && *piece) {
        lines_.add(**piece);
        continue;
      }
      stream_.reset();
      co_await pause();
    }
    const auto opened = co_await open();
    if (opened) continue;
    if (!was_open_ || opened.error().exit != ExitCode::unreachable) co_return opened.error();
    co_await pause();
  }
}

}  // namespace paddock::cli
