// Cursors as text.
#include <charconv>

#include <fmt/format.h>

#include "watch/hub.hpp"

namespace paddock::watch {

std::string to_string(const Cursor& cursor) { return fmt::format("{}:{}", cursor.stream, cursor.seq); }

base::Result<Cursor> parse_cursor(std::string_view text) {
  const auto wrong = [text] {
    return base::fail(base::Errc::invalid_request,
                      fmt::format("'{}' is not a cursor; one looks like '<stream_id>:<seq>'", text.substr(0, 100)));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return wrong();
  const std::string_view digits = text.substr(colon + 1);
  Cursor cursor{std::string(text.substr(0, colon)), 0};
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), cursor.seq);
  if (digits.empty() || ec != std::errc() || end != digits.data() + digits.size()) return wrong();
  return cursor;
}

}  // namespace paddock::watch
