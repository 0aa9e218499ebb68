// Text for terminals: nothing an agent wrote moves a cursor, and columns line up.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace paddock::cli {

/// `text` safe for a terminal: control characters (but '\n' and '\t'), Unicode's C1 controls and the
/// characters that turn the direction of text come out as escapes such as "\x1b", broken UTF-8 as U+FFFD.
std::string plain(std::string_view text);

/// plain() on one line: line ends and tabs become blanks, several blanks one. Cut to `columns` with an
/// ellipsis when that is not 0.
std::string one_line(std::string_view text, std::size_t columns = 0);

/// Columns that a terminal needs for `text`, which has gone through plain().
std::size_t columns_of(std::string_view text);

/// `text` filled up with blanks to `columns`.
std::string padded(std::string_view text, std::size_t columns);

/// The largest unit only: "3s", "5m", "2h", "4d"; "now" below a second.
std::string age_text(std::int64_t millis);

/// Running time: "0:05", "12:34", "1:02:03".
std::string clock_text(std::int64_t millis);

/// "999", "1.2k", "3.4M".
std::string count_text(std::int64_t count);

/// Micro-dollars: "$0.0012", "$1.23".
std::string money_text(std::int64_t micros);

}  // namespace paddock::cli
