// Log lines: text for terminals, one JSON object a line for collectors.
#include "base/log.hpp"

#include <atomic>

#include <fmt/format.h>
#include <unistd.h>

#include "base/log_output.hpp"
#include "base/time.hpp"
#include "base/utf8.hpp"

namespace paddock::base::log {
namespace {

std::atomic<Format> g_format{Format::text};
std::atomic<Level> g_level{Level::info};

LogOutput& output() {
  static LogOutput standard_error(STDERR_FILENO);
  return standard_error;
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

/// What of `text` is shown: at most `limit` bytes, with a sign that there was more.
std::string shown(std::string_view text, std::size_t limit) {
  return text.size() <= limit ? std::string(text) : std::string(text.substr(0, limit)) + "...";
}

std::string as_text(Level level, std::string_view message, std::initializer_list<Field> fields, std::size_t limit) {
  std::string line = fmt::format("{} {:5} ", format_time(wall_now()), level_name(level));
  append_escaped(line, shown(message, limit));
  for (const auto& [key, value] : fields) {
    line += fmt::format(" {}=", key);
    append_quoted(line, shown(value, limit));
  }
  return line + '\n';
}

std::string as_json(Level level, std::string_view message, std::initializer_list<Field> fields, std::size_t limit) {
  std::string line =
      fmt::format(R"({{"time":"{}","level":"{}","message":)", format_time(wall_now()), level_name(level));
  append_quoted(line, shown(message, limit));
  for (const auto& [key, value] : fields) {
    line += fmt::format(R"(,"{}":)", key);
    append_quoted(line, shown(value, limit));
  }
  return line + "}\n";
}

/// A whole line that fits what can be written in one piece: long values are cut, never the line itself.
std::string compose(Level level, std::string_view message, std::initializer_list<Field> fields) {
  const bool json = g_format == Format::json;
  std::string line;
  for (const std::size_t limit : {LogOutput::max_line, std::size_t(512), std::size_t(64), std::size_t(16)}) {
    line = json ? as_json(level, message, fields, limit) : as_text(level, message, fields, limit);
    if (line.size() <= LogOutput::max_line) break;
  }
  return line;
}

}  // namespace

void configure(Level level, Format format) {
  g_format = format;
  g_level = level;
}

Result<Level> parse_level(std::string_view text) {
  for (const Level level : {Level::trace, Level::debug, Level::info, Level::warn, Level::error}) {
    if (level_name(level) == text) return level;
  }
  return fail(Errc::invalid_request, fmt::format("'{}' is not a log level (trace, debug, info, warn, error)", text));
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  if (level < g_level.load()) return;
  output().put(compose(level, message, fields), [](std::uint64_t lost) {
    return compose(Level::warn, "lines of this log were lost because nothing read them",
                   {{"lines", std::to_string(lost)}});
  });
}

}  // namespace paddock::base::log
