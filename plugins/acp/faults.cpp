// Agents give codes of the protocol, HTTP statuses in their place, or plain words.
#include "acp/faults.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "acp/fields.hpp"
#include "acp/plain.hpp"

namespace paddock::acp {

namespace {

using Rule = std::pair<std::string_view, std::string_view>;

// Words of messages, in lower case; the first that is found decides.
constexpr std::array<Rule, 39> kByWords{{{"context_length_exceeded", "context_full"},
                                         {"context window", "context_full"},
                                         {"context length", "context_full"},
                                         {"prompt is too long", "context_full"},
                                         {"token count exceeds", "context_full"},
                                         {"insufficient_quota", "quota"},
                                         {"quota", "quota"},
                                         {"billing", "quota"},
                                         {"credit", "quota"},
                                         {"usage limit", "rate_limit"},
                                         {"rate limit", "rate_limit"},
                                         {"rate_limit", "rate_limit"},
                                         {"too many requests", "rate_limit"},
                                         {"resource_exhausted", "rate_limit"},
                                         {"api key", "auth"},
                                         {"api_key", "auth"},
                                         {"authenticat", "auth"},
                                         {"unauthorized", "auth"},
                                         {"not logged in", "auth"},
                                         {"log in", "auth"},
                                         {"login", "auth"},
                                         {"permission_denied", "auth"},
                                         {"model not found", "model_not_found"},
                                         {"model_not_found", "model_not_found"},
                                         {"content_filter", "refusal"},
                                         {"content policy", "refusal"},
                                         {"refus", "refusal"},
                                         {"overloaded", "overloaded"},
                                         {"unavailable", "overloaded"},
                                         {"econn", "network"},
                                         {"fetch failed", "network"},
                                         {"connection", "network"},
                                         {"network", "network"},
                                         {"timed out", "network"},
                                         {"timeout", "network"},
                                         {"unexpected eof", "network"},
                                         {"invalid_request", "invalid_request"},
                                         {"invalid request", "invalid_request"},
                                         {"internal server error", "server"}}};

// Long messages (a whole HTML page of a proxy) say what they say at their start.
std::string lower_start(std::string_view text) {
  std::string lower(text.substr(0, 4096));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

std::string_view by_words(const std::string& lower) {
  const auto found = std::find_if(kByWords.begin(), kByWords.end(),
                                  [&](const Rule& rule) { return lower.find(rule.first) != std::string::npos; });
  return found != kByWords.end() ? found->second : std::string_view{};
}

// What the words of a status' answer may say better than the status does.
std::string_view refined(std::int64_t status, const std::string& lower) {
  const std::string_view kind = class_of_status(status);
  const std::string_view said = by_words(lower);
  if (kind == "rate_limit") return said == "quota" ? said : kind;
  if (kind == "invalid_request") return said.empty() || said == "network" ? kind : said;
  return kind;
}

std::string_view by_code(std::int64_t code) {
  if (code == -32000) return "auth";
  if (code == -32601 || code == -32602 || code == -32600 || code == -32700 || code == -32002) return "invalid_request";
  return {};
}

double unit_of(std::string_view word) {
  if (word.starts_with("ms") || word.starts_with("mil")) return 0.001;
  if (word.starts_with('s')) return 1;
  if (word.starts_with('m')) return 60;
  if (word.starts_with('h')) return 3600;
  return word.starts_with('d') ? 86400 : 0;
}

std::string_view letters(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && ((text[end] >= 'a' && text[end] <= 'z') || (text[end] >= 'A' && text[end] <= 'Z'))) ++end;
  return text.substr(0, end);
}

std::optional<std::int64_t> whole_seconds(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 400.0 * 86400) return std::nullopt;
  return static_cast<std::int64_t>(std::ceil(seconds));
}

// Fields of `data` that tell how long a limit lasts, and when it is over.
std::optional<std::int64_t> wait_of(const json::object& data, std::int64_t unix_ms) {
  for (const std::string_view key : {"retryAfter", "retry_after", "retryAfterSeconds", "retry_after_s", "retryDelay"}) {
    const json::value* found = data.if_contains(key);
    if (found == nullptr) continue;
    if (const auto number = number_of(*found)) return whole_seconds(static_cast<double>(*number));
    if (const auto seconds = seconds_in(text_of(*found))) return seconds;
  }
  if (const auto ms = number_of(data, "retryDelayMs", "retryAfterMs"))
    return whole_seconds(static_cast<double>(*ms) / 1000);
  if (const auto at = number_of(data, "resetsAt", "resets_at")) {
    const std::int64_t ms = *at > 100'000'000'000 ? *at : *at * 1000;  // some count in milliseconds
    return whole_seconds(static_cast<double>(ms - unix_ms) / 1000);
  }
  return std::nullopt;
}

}  // namespace

std::string_view class_of_status(std::int64_t status) {
  switch (status) {
    case 401:
    case 403: return "auth";
    case 402: return "quota";
    case 404: return "model_not_found";
    case 408: return "network";
    case 413: return "context_full";
    case 429: return "rate_limit";
    case 503:
    case 529: return "overloaded";
    default: break;
  }
  if (status >= 500 && status < 600) return "server";
  return status >= 400 && status < 500 ? "invalid_request" : "";
}

std::optional<std::int64_t> seconds_in(std::string_view text) {
  double total = 0;
  bool any = false;
  while (!text.empty()) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0) break;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const std::size_t blank = text.starts_with(' ') ? 1 : 0;
    const std::string_view word = letters(text.substr(blank));
    const double unit = unit_of(word);
    if (unit == 0) {
      // A bare number counts seconds.
      if (!any && word.empty()) return whole_seconds(number);
      break;
    }
    total += number * unit;
    any = true;
    text.remove_prefix(blank + word.size());
    while (text.starts_with(' ') || text.starts_with(',')) text.remove_prefix(1);
  }
  return any ? whole_seconds(total) : std::nullopt;
}

std::optional<std::int64_t> wait_in(std::string_view words) {
  const std::string lower = lower_start(words);
  for (const std::string_view start :
       {"retry in ", "try again in ", "retry after ", "reset after ", "resets in ", "reset in "}) {
    const std::size_t at = lower.find(start);
    if (at == std::string::npos) continue;
    if (const auto seconds = seconds_in(std::string_view(lower).substr(at + start.size()))) return seconds;
  }
  return std::nullopt;
}

Fault fault_of(const json::object& error, std::int64_t unix_ms) {
  const std::int64_t code = number_of(error, "code").value_or(0);
  Fault fault;
  fault.text = plain(text_of(error, "message"));
  const json::object* data = object_of(error, "data");
  const json::value* raw = error.if_contains("data");
  std::string_view details = data != nullptr  ? text_of(*data, data->contains("details") ? "details" : "message")
                             : raw != nullptr ? text_of(*raw)
                                              : std::string_view{};
  if (!details.empty() && details != fault.text)
    fault.text.append(fault.text.empty() ? "" : ": ").append(plain(details));
  const std::string lower = lower_start(fault.text);
  if (code >= 400 && code < 600) fault.status = code;
  if (!fault.status && data != nullptr) fault.status = number_of(*data, "status", "statusCode");
  std::string_view kind = by_code(code);
  if (kind.empty() && fault.status) kind = refined(*fault.status, lower);
  if (kind.empty()) kind = by_words(lower);
  fault.kind = kind.empty() ? "unknown" : kind;
  if (data != nullptr) fault.retry_after_s = wait_of(*data, unix_ms);
  if (!fault.retry_after_s) fault.retry_after_s = wait_in(fault.text);
  return fault;
}

Fault fault_of(std::string_view words, std::string_view otherwise) {
  Fault fault{.text = plain(words)};
  const std::string lower = lower_start(fault.text);
  std::int64_t status = 0;
  const auto [end, error] = std::from_chars(lower.data(), lower.data() + lower.size(), status);
  if (error == std::errc{} && status >= 400 && status < 600) fault.status = status;
  // The body of a server's answer, as Gemini quotes it.
  if (const std::size_t at = lower.find("\"code\":"); !fault.status && at != std::string::npos) {
    const auto quoted = std::from_chars(lower.data() + at + 7, lower.data() + lower.size(), status);
    if (quoted.ec == std::errc{} && status >= 400 && status < 600) fault.status = status;
  }
  std::string_view kind = fault.status ? refined(*fault.status, lower) : by_words(lower);
  if (kind.empty()) kind = otherwise;
  fault.kind = kind;
  fault.retry_after_s = wait_in(fault.text);
  return fault;
}

json::object Fault::body(json::storage_ptr memory, std::int64_t unix_ms) const {
  json::object body(std::move(memory));
  body["class"] = kind;
  body["text"] = text;
  if (status) body["status"] = *status;
  body["retrying"] = retrying;
  if (retry_after_s) {
    body["retry_after_s"] = *retry_after_s;
    body["resets_at"] = unix_ms / 1000 + *retry_after_s;
  }
  return body;
}

bool Fault::is_retryable() const {
  return kind == "rate_limit" || kind == "overloaded" || kind == "server" || kind == "network";
}

}  // namespace paddock::acp
