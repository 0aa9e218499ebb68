// Lines out of a byte stream, whatever the agent prints and however the stream was cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "paddock/adapter.h"
#include "paddock/session.hpp"

namespace paddock::sdk {

/// Longest line that is kept by default, in bytes: what the ABI lets an adapter hold back.
inline constexpr std::size_t default_max_line_bytes = 4U << 20U;

/// Cuts one byte stream into lines ending in LF or CRLF. NUL and bytes that are no UTF-8 pass through.
/// A line that arrives whole in one chunk is not copied. What is reported does not depend on how the
/// stream was cut.
class LineSplitter final {
 public:
  explicit LineSplitter(std::size_t max_line_bytes = default_max_line_bytes) : max_(max_line_bytes) {}

  /// Reports each line that ends in `bytes`: `on_line(text, begin, end)`, or `on_long(begin, end)` for
  /// one over the limit. `text` has no line ending and dies with the call; [begin, end) counts bytes of
  /// the stream from 0 and includes the line ending, so ranges of successive lines touch.
  template <class OnLine, class OnLong>
  void feed(std::string_view bytes, OnLine&& on_line, OnLong&& on_long) {
    while (!bytes.empty()) {
      const void* found = std::memchr(bytes.data(), '\n', bytes.size());
      const bool whole = found != nullptr;
      const std::size_t length =
          whole ? static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) : bytes.size();
      const std::string_view piece = bytes.substr(0, length);
      const std::size_t consumed = length + (whole ? 1 : 0);
      bytes.remove_prefix(consumed);
      at_ += consumed;
      if (!whole) {
        keep(piece);
      } else if (kept_.empty() && !too_long_ && piece.size() <= max_) {
        // The common case: nothing was kept, nothing is copied.
        const std::uint64_t begin = std::exchange(begin_, at_);
        on_line(without_cr(piece), begin, at_);
      } else {
        keep(piece);
        finish(on_line, on_long);
      }
    }
  }

  /// The stream ended: reports a last line that has no line ending.
  template <class OnLine, class OnLong>
  void eof(OnLine&& on_line, OnLong&& on_long) {
    if (begin_ != at_) finish(on_line, on_long);
  }

 private:
  static std::string_view without_cr(std::string_view line) {
    return !line.empty() && line.back() == '\r' ? line.substr(0, line.size() - 1) : line;
  }

  void keep(std::string_view piece) {
    if (too_long_) return;
    if (kept_.size() + piece.size() > max_) {
      too_long_ = true;
      std::string().swap(kept_);
      return;
    }
    kept_.append(piece);
  }

  template <class OnLine, class OnLong>
  void finish(OnLine&& on_line, OnLong&& on_long) {
    // Out of the members first: the callbacks may throw, and then the next line is still cut right.
    const std::uint64_t begin = std::exchange(begin_, at_);
    if (std::exchange(too_long_, false)) {
      on_long(begin, at_);
      return;
    }
    const std::string line = std::exchange(kept_, std::string());
    on_line(without_cr(line), begin, at_);
  }

  std::size_t max_;
  std::string kept_;         // the start of a line whose end has not arrived
  std::uint64_t at_ = 0;     // bytes seen
  std::uint64_t begin_ = 0;  // where the unfinished line began
  bool too_long_ = false;    // the unfinished line is over the limit; the rest of it is skipped
};

/// A session that sees lines. Each channel is cut on its own.
class LineSession : public Session {
 public:
  explicit LineSession(std::size_t max_line_bytes = default_max_line_bytes) : max_(max_line_bytes) {}

  /// One line without its ending; `line` dies with the call. `source` includes the ending.
  virtual void on_line(Now now, std::string_view line, Source source, Sink& sink) = 0;

  /// A line over the limit, reported once when it is over. Default: one UNKNOWN event.
  virtual void on_long_line(Now /*now*/, Source source, Sink& sink) {
    sink.event({.kind = Kind::unknown, .body = {{"what", "line_too_long"}}, .source = source});
  }

  void feed(Now now, std::uint32_t channel, std::string_view bytes, Sink& sink) override {
    with_callbacks(now, channel, sink,
                   [&](auto& on_line, auto& on_long) { of(channel).feed(bytes, on_line, on_long); });
  }

  void eof(Now now, std::uint32_t channel, Sink& sink) override {
    with_callbacks(now, channel, sink, [&](auto& on_line, auto& on_long) { of(channel).eof(on_line, on_long); });
  }

 private:
  struct Cut {
    std::uint32_t channel;
    LineSplitter splitter;
  };

  LineSplitter& of(std::uint32_t channel) {
    for (Cut& cut : cuts_) {
      if (cut.channel == channel) return cut.splitter;
    }
    return cuts_.emplace_back(Cut{channel, LineSplitter(max_)}).splitter;
  }

  template <class Body>
  void with_callbacks(Now now, std::uint32_t channel, Sink& sink, Body body) {
    auto on_line_of = [&](std::string_view line, std::uint64_t begin, std::uint64_t end) {
      on_line(now, line, Source{channel, begin, end}, sink);
    };
    auto on_long_of = [&](std::uint64_t begin, std::uint64_t end) {
      on_long_line(now, Source{channel, begin, end}, sink);
    };
    body(on_line_of, on_long_of);
  }

  std::size_t max_;
  std::vector<Cut> cuts_;  // one per channel, few
};

}  // namespace paddock::sdk
