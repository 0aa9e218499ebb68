// The vocabulary of tapes: small parsers and the expectations.
#pragma once

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "paddock/adapter.h"

namespace paddock::sdk::testing::detail {

namespace json = boost::json;

inline std::string read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot open '" + file.string() + "'");
  std::ostringstream all;
  all << in.rdbuf();
  return std::move(all).str();
}

/// Takes the next line off `rest`, without its line feed.
inline std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

/// Takes the next word off `rest`, and the one space after it.
inline std::string_view take_word(std::string_view& rest) {
  const std::size_t end = rest.find(' ');
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return word;
}

inline json::object object_of(std::string_view text) {
  json::value value = json::parse(text);
  if (!value.is_object()) throw std::runtime_error("expected a JSON object");
  return std::move(value.get_object());
}

/// Takes the text field `key` out of `object`; empty when absent.
inline std::string take_text(json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  if (found == nullptr) return {};
  std::string text(found->as_string());
  object.erase(key);
  return text;
}

template <class Value, std::size_t N>
Value named(const std::pair<std::string_view, Value> (&table)[N], std::string_view word) {
  for (const auto& [name, value] : table) {
    if (name == word) return value;
  }
  throw std::runtime_error("unknown word '" + std::string(word) + "'");
}

inline std::uint32_t channel_of(std::string_view word) {
  static constexpr std::pair<std::string_view, std::uint32_t> table[] = {{"out", PDK_CH_STDOUT},
                                                                         {"err", PDK_CH_STDERR},
                                                                         {"pty", PDK_CH_PTY},
                                                                         {"hook", PDK_CH_HOOK},
                                                                         {"tail", PDK_CH_TAIL}};
  return named(table, word);
}
inline std::uint32_t command_of(std::string_view word) {
  static constexpr std::pair<std::string_view, std::uint32_t> table[] = {{"prompt", PDK_CMD_PROMPT},
                                                                         {"answer", PDK_CMD_ANSWER},
                                                                         {"interrupt", PDK_CMD_INTERRUPT},
                                                                         {"set", PDK_CMD_SET},
                                                                         {"finish", PDK_CMD_FINISH}};
  return named(table, word);
}
inline pdk_status status_of(std::string_view word) {
  static constexpr std::pair<std::string_view, pdk_status> table[] = {{"ok", PDK_OK},
                                                                      {"argument", PDK_E_ARGUMENT},
                                                                      {"unsupported", PDK_E_UNSUPPORTED},
                                                                      {"not_now", PDK_E_NOT_NOW},
                                                                      {"internal", PDK_E_INTERNAL}};
  return named(table, word);
}
inline int signal_of(std::string_view word) {
  static constexpr std::pair<std::string_view, int> table[] = {
      {"INT", SIGINT}, {"TERM", SIGTERM}, {"HUP", SIGHUP}, {"KILL", SIGKILL}, {"QUIT", SIGQUIT}};
  return named(table, word);
}
inline std::uint32_t cause_of(std::string_view word) {
  static constexpr std::pair<std::string_view, std::uint32_t> table[] = {
      {"", PDK_CAUSE_NONE},           {"stopped", PDK_CAUSE_STOPPED},   {"killed", PDK_CAUSE_KILLED},
      {"timeout", PDK_CAUSE_TIMEOUT}, {"oom", PDK_CAUSE_OUT_OF_MEMORY}, {"budget", PDK_CAUSE_BUDGET}};
  return named(table, word);
}

/// "+250ms" or "+3s" in nanoseconds.
inline std::uint64_t duration_of(std::string_view word) {
  const std::uint64_t count = std::stoull(std::string(word.substr(1)));
  if (word.ends_with("ms")) return count * 1'000'000U;
  if (word.ends_with("s")) return count * 1'000'000'000U;
  throw std::runtime_error("a time is '+250ms' or '+3s'");
}

/// How the agent ended: "0", "1 stopped", "signal 9 oom".
struct End {
  int code = 0, signal = 0;
  std::uint32_t cause = PDK_CAUSE_NONE;
};
inline End end_of(std::string_view rest) {
  End end;
  const std::string_view first = take_word(rest);
  const bool signalled = first == "signal";
  (signalled ? end.signal : end.code) = std::stoi(std::string(signalled ? take_word(rest) : first));
  end.cause = cause_of(rest);
  return end;
}

inline std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    switch (++i < text.size() ? text[i] : '\0') {
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case '\\': out += '\\'; break;
      case 'x':
        out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
        i += 2;
        break;
      default: throw std::runtime_error("an escape is \\n \\r \\t \\\\ or \\xHH");
    }
  }
  return out;
}

/// Lines FIRST-LAST (from 1, both included) of `text`; all of it when `range` is empty.
inline std::string lines_of(const std::string& text, std::string_view range) {
  if (range.empty()) return text;
  const std::size_t dash = range.find('-');
  const std::size_t first = std::stoul(std::string(range.substr(0, dash)));
  const std::size_t last = dash == std::string_view::npos ? first : std::stoul(std::string(range.substr(dash + 1)));
  std::string out;
  std::size_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = take_line(rest);
    ++number;
    if (number >= first && number <= last) out.append(line) += '\n';
  }
  if (number < last) throw std::runtime_error("the file has only " + std::to_string(number) + " lines");
  return out;
}

/// True when `whole` has everything that `part` has: objects by their fields, everything else equal.
inline bool contains(const json::value& whole, const json::value& part) {
  if (!part.is_object()) return whole == part;
  if (!whole.is_object()) return false;
  return std::all_of(part.get_object().begin(), part.get_object().end(), [&](const auto& member) {
    const json::value* found = whole.get_object().if_contains(member.key());
    return found != nullptr && contains(*found, member.value());
  });
}

/// What happened since the last step.
struct Since {
  const std::vector<json::object>& events;
  std::string_view written;
  const std::vector<int>& signals;
  pdk_status status;
  bool closed;
  bool wake;
};

inline std::string listed(const std::vector<json::object>& events) {
  std::string all;
  for (const json::object& event : events) all += "\n    " + json::serialize(event);
  return all.empty() ? " (no events)" : all;
}

inline bool any_event(const Since& since, std::string_view part) {
  const json::value wanted = object_of(part);
  return std::any_of(since.events.begin(), since.events.end(),
                     [&](const json::object& event) { return contains(event, wanted); });
}

/// Why an expectation is not met, or nothing.
inline std::string unmet(std::string_view wish, const Since& since) {
  const std::string full(wish);
  const auto check = [&](bool met, const std::string& instead) {
    return met ? std::string() : "expected '" + full + "' but got " + instead;
  };
  const auto after = [&](std::string_view prefix) { return wish.substr(prefix.size()); };
  const std::string written = since.written.empty() ? "nothing" : "'" + std::string(since.written) + "'";
  if (wish == "write nothing") return check(since.written.empty(), written);
  if (wish.starts_with("write contains ")) {
    return check(since.written.find(after("write contains ")) != std::string_view::npos, written);
  }
  if (wish.starts_with("event ")) return check(any_event(since, after("event ")), listed(since.events));
  if (wish.starts_with("no event ")) return check(!any_event(since, after("no event ")), listed(since.events));
  if (wish.starts_with("status ")) {
    return check(since.status == status_of(after("status ")), std::to_string(since.status));
  }
  if (wish.starts_with("signal ")) {
    const int wanted = signal_of(after("signal "));
    return check(std::find(since.signals.begin(), since.signals.end(), wanted) != since.signals.end(),
                 std::to_string(since.signals.size()) + " other signals");
  }
  if (wish == "closed") return check(since.closed, "an open input");
  if (wish == "not closed") return check(!since.closed, "a closed input");
  if (wish == "wake") return check(since.wake, "no timer");
  if (wish == "no wake") return check(!since.wake, "a timer");
  throw std::runtime_error("unknown expectation '" + full + "'");
}

}  // namespace paddock::sdk::testing::detail
