// The program's log: one line per thing an operator must know. Only control, runner and main log
// above debug; everything below returns its errors.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"

namespace paddock::base::log {

enum class Level { trace, debug, info, warn, error };
enum class Format { text, json };

/// Field of a line: a name and its value, both copied.
using Field = std::pair<std::string_view, std::string>;

/// Sets level and format of the process; the default is `info` as text on standard error.
void configure(Level level, Format format);

/// Reads "trace", "debug", "info", "warn", "error"; fails with `invalid_request`.
Result<Level> parse_level(std::string_view text);

/// Writes one line: `message` is a whole sentence, `fields` carry the names and numbers.
/// Control characters are escaped. Thread-safe.
void write(Level level, std::string_view message, std::initializer_list<Field> fields = {});

inline void debug(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::debug, message, fields);
}
inline void info(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::info, message, fields);
}
inline void warn(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::warn, message, fields);
}
inline void error(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::error, message, fields);
}

}  // namespace paddock::base::log
