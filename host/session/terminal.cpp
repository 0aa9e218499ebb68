// Terminals in the journal and on the link.
#include "session/terminal.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "session/fields.hpp"

namespace paddock::session {
namespace json = boost::json;

namespace {

constexpr std::uint64_t kStill = 100'000'000;         // a frame is drawn by then
constexpr std::uint64_t kReadAnyway = 1'000'000'000;  // an agent that streams is read all the same
constexpr std::string_view kDigits = "0123456789abcdef";

std::uint16_t side(std::uint64_t number) {
  return std::uint16_t(std::clamp<std::uint64_t>(number, 1, base::limits::terminal_cells));
}

}  // namespace

json::object to_json(const TerminalSetup& setup) {
  json::object out{{"rows", setup.rows}, {"cols", setup.cols}};
  if (setup.rules) out["rules"] = screen::to_json(*setup.rules);
  return out;
}

base::Result<TerminalSetup> terminal_from_json(const json::object& object) {
  Fields fields(object, "terminal");
  TerminalSetup setup;
  setup.rows = side(fields.maybe_number("rows").value_or(setup.rows));
  setup.cols = side(fields.maybe_number("cols").value_or(setup.cols));
  if (fields.find("rules") != nullptr) {
    auto rules = screen::rules_from_json(fields.object("rules"));
    if (!rules) return rules.error();
    setup.rules = std::move(*rules);
  }
  if (auto ok = fields.check(); !ok) return ok.error();
  return setup;
}

Sight Terminal::sight() const {
  Sight sight{screen_.picture()};
  if (!rules_) return sight;
  screen::Reading reading = screen::read(*rules_, sight.picture);
  sight.dialog = reading.state == "blocked";
  sight.working = reading.state == "working";
  sight.unknown = reading.state == "unknown";
  sight.input = std::move(reading.input);
  return sight;
}

screen::Reading Terminal::reading() const {
  return rules_ ? screen::read(*rules_, screen_.picture()) : screen::Reading();
}

void Terminal::drawn(std::uint64_t now_ns) noexcept {
  if (!rules_) return;
  if (!read_at_ns) read_latest_ns_ = now_ns + kReadAnyway;
  read_at_ns = std::min(now_ns + kStill, read_latest_ns_);
}

std::string hex_of(std::string_view bytes) {
  std::string out;
  out.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += {kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return out;
}

base::Result<std::string> bytes_of_hex(std::string_view hex) {
  std::string out;
  out.reserve(hex.size() / 2);
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    const std::size_t high = kDigits.find(hex[at]);
    const std::size_t low = kDigits.find(hex[at + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) break;
    out += char(high << 4U | low);
  }
  if (2 * out.size() == hex.size()) return out;
  return base::fail(base::Errc::invalid_request, "the bytes are not written as hexadecimal digits");
}

}  // namespace paddock::session
