// spdlog behind our own few words: text for terminals, one JSON object a line for collectors.
#include "base/log.hpp"

#include <atomic>
#include <memory>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/time.hpp"
#include "base/utf8.hpp"

namespace paddock::base::log {
namespace {

std::atomic<Format> g_format{Format::text};

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("paddock", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->set_level(spdlog::level::info);
    return made;
  }();
  return *instance;
}

constexpr spdlog::level::level_enum to_spdlog(Level level) {
  return static_cast<spdlog::level::level_enum>(static_cast<int>(level));
}

std::string_view level_name(Level level) {
  constexpr std::string_view kNames[] = {"trace", "debug", "info", "warn", "error"};
  return kNames[static_cast<int>(level)];
}

/// Nothing that moves a cursor or breaks JSON gets through: control characters of ASCII and of Latin-1
/// as \u escapes, broken UTF-8 as U+FFFD.
void append_escaped(std::string& out, std::string_view raw) {
  const std::string valid = to_utf8(raw);
  for (std::string_view text = valid; !text.empty();) {
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    const bool is_latin_control = first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
    if (first == '"' || first == '\\') {
      out += '\\';
      out += text[0];
    } else if (first < 0x20 || first == 0x7F) {
      out += fmt::format("\\u{:04x}", first);
    } else if (is_latin_control) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(text[1]));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

std::string as_text(Level level, std::string_view message, std::initializer_list<Field> fields) {
  std::string line = fmt::format("{} {:5} ", format_time(wall_now()), level_name(level));
  append_escaped(line, message);
  for (const auto& [key, value] : fields) {
    line += fmt::format(" {}=", key);
    append_quoted(line, value);
  }
  return line;
}

std::string as_json(Level level, std::string_view message, std::initializer_list<Field> fields) {
  std::string line =
      fmt::format(R"({{"time":"{}","level":"{}","message":)", format_time(wall_now()), level_name(level));
  append_quoted(line, message);
  for (const auto& [key, value] : fields) {
    line += fmt::format(R"(,"{}":)", key);
    append_quoted(line, value);
  }
  line += '}';
  return line;
}

}  // namespace

void configure(Level level, Format format) {
  g_format = format;
  logger().set_level(to_spdlog(level));
}

Result<Level> parse_level(std::string_view text) {
  for (const Level level : {Level::trace, Level::debug, Level::info, Level::warn, Level::error}) {
    if (level_name(level) == text) return level;
  }
  return fail(Errc::invalid_request, fmt::format("'{}' is not a log level (trace, debug, info, warn, error)", text));
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  if (!logger().should_log(to_spdlog(level))) return;
  const bool json = g_format == Format::json;
  logger().log(to_spdlog(level), json ? as_json(level, message, fields) : as_text(level, message, fields));
  logger().flush();
}

}  // namespace paddock::base::log
