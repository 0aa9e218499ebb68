// Agents that speak one JSON object per line.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include "paddock/detail/json_repair.hpp"
#include "paddock/lines.hpp"

namespace paddock::sdk {

/// Parses one JSON text after another into memory that is used again. Not for several threads.
class JsonReader final {
 public:
  /// Deepest nesting that is read: four less than the host accepts in an event's body, so that whatever
  /// was read can be put into one.
  static constexpr std::size_t max_depth = 60;

  JsonReader() = default;
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;
  ~JsonReader() = default;

  /// Calls `use(const json::object&)` and returns true when `text` is one JSON object. The object dies
  /// with the call. Lone surrogates and bytes that are no UTF-8 are read as U+FFFD.
  template <class Use>
  bool read(std::string_view text, Use&& use) {
    if (parse(text) || repaired(text)) {
      // Released also when `use` throws, and only after the value is gone.
      const Release release{*this};
      const json::value value = parser_->release();
      if (!value.is_object()) return false;
      use(value.get_object());
      return true;
    }
    forget();
    return false;
  }

 private:
  struct Release {
    JsonReader& reader;
    explicit Release(JsonReader& r) : reader(r) {}
    Release(const Release&) = delete;
    Release& operator=(const Release&) = delete;
    ~Release() { reader.renew(); }
  };

  // Made anew and not released: Boost 1.81 doubles the size of its next block with each block it ever
  // took, so that after some twenty long lines no memory would be enough.
  void renew() { memory_.emplace(block_.data(), block_.size()); }

  bool parse(std::string_view text) {
    // A parser keeps its largest stack; after a monster it starts anew.
    if (!parser_ || largest_ > (1U << 20U)) {
      largest_ = 0;
      parser_.emplace(json::storage_ptr{}, json::parse_options{.max_depth = max_depth}, scratch_.data(),
                      scratch_.size());
    }
    largest_ = text.size() > largest_ ? text.size() : largest_;
    parser_->reset(&*memory_);
    boost::system::error_code ec;
    try {
      parser_->write(text.data(), text.size(), ec);
    } catch (const std::bad_alloc&) {
      // Two million nested values in one line are the agent's doing, not a broken adapter.
      parser_.reset();
      return false;
    }
    return !ec;
  }

  bool repaired(std::string_view text) {
    const std::optional<std::string> repaired = detail::repair_json(text);
    forget();
    return repaired && parse(*repaired);
  }

  // The parser lets go of its half-made values before their memory goes.
  void forget() {
    if (parser_) parser_->reset();
    renew();
  }

  std::array<unsigned char, 32U << 10U> block_;
  std::array<unsigned char, 8U << 10U> scratch_;
  std::optional<json::monotonic_resource> memory_{std::in_place, block_.data(), block_.size()};
  std::optional<json::parser> parser_;
  std::size_t largest_ = 0;
};

/// A session whose agent writes JSON lines to its standard output (and to a hook or tail, if any).
class JsonLinesSession : public LineSession {
 public:
  using LineSession::LineSession;

  /// A line that is a JSON object (nesting up to 60), from any channel but standard error. `line` dies
  /// with the call: what is kept must be copied.
  virtual void on_json(Now now, const json::object& line, Source source, Sink& sink) = 0;

  /// Any other line that is not blank. Default: standard error gives a NOTICE {code: stderr}, other
  /// channels an UNKNOWN {what: not_json}.
  virtual void on_text(Now /*now*/, std::string_view line, Source source, Sink& sink) {
    const std::string text = to_utf8(line);
    if (source.channel == PDK_CH_STDERR) {
      sink.event({.kind = Kind::notice, .body = {{"code", "stderr"}, {"text", text}}, .source = source});
    } else {
      sink.event({.kind = Kind::unknown, .body = {{"what", "not_json"}, {"text", text}}, .source = source});
    }
  }

  void on_line(Now now, std::string_view line, Source source, Sink& sink) override {
    const std::size_t start = line.find_first_not_of(" \t\r");
    if (start == std::string_view::npos) return;
    const bool maybe = source.channel != PDK_CH_STDERR && line[start] == '{';
    if (maybe && reader_.read(line, [&](const json::object& object) { on_json(now, object, source, sink); })) return;
    on_text(now, line, source, sink);
  }

 private:
  JsonReader reader_;
};

}  // namespace paddock::sdk
