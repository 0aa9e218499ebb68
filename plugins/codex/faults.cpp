// Codex names some of its errors, gives an HTTP status for others and plain words for the rest.
#include "codex/faults.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "codex/fields.hpp"

namespace paddock::codex {

namespace {

using Rule = std::pair<std::string_view, std::string_view>;

// Names of codexErrorInfo that say all there is to say.
constexpr std::array<Rule, 8> kByName{{{"contextWindowExceeded", "context_full"},
                                       {"sessionBudgetExceeded", "budget"},
                                       {"serverOverloaded", "overloaded"},
                                       {"internalServerError", "server"},
                                       {"unauthorized", "auth"},
                                       {"badRequest", "invalid_request"},
                                       {"cyberPolicy", "refusal"},
                                       {"modelNotFound", "model_not_found"}}};

// Words of messages, in lower case; the first that is found decides.
constexpr std::array<Rule, 30> kByWords{{{"context_length_exceeded", "context_full"},
                                         {"context window", "context_full"},
                                         {"insufficient_quota", "quota"},
                                         {"quota", "quota"},
                                         {"billing", "quota"},
                                         {"usage limit", "rate_limit"},
                                         {"rate limit", "rate_limit"},
                                         {"rate_limit", "rate_limit"},
                                         {"too many requests", "rate_limit"},
                                         {"missing environment variable", "auth"},
                                         {"authentication", "auth"},
                                         {"unauthorized", "auth"},
                                         {"not logged in", "auth"},
                                         {"api key", "auth"},
                                         {"api_key", "auth"},
                                         {"model_not_found", "model_not_found"},
                                         {"model provider", "model_not_found"},
                                         {"content_filter", "refusal"},
                                         {"content policy", "refusal"},
                                         {"overloaded", "overloaded"},
                                         {"high demand", "server"},
                                         {"stream disconnected", "network"},
                                         {"network", "network"},
                                         {"connection", "network"},
                                         {"timed out", "network"},
                                         {"error sending request", "network"},
                                         {"invalid_request", "invalid_request"},
                                         {"invalid request", "invalid_request"},
                                         {"server_error", "server"},
                                         {"internal server error", "server"}}};

std::string_view by_status(std::int64_t status) {
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

// Long messages (a whole HTML page of a proxy) say what they say at their start.
std::string lower_start(std::string_view text) {
  std::string lower(text.substr(0, 4096));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

std::optional<std::int64_t> number_after(std::string_view text, std::string_view words) {
  const std::size_t at = text.find(words);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(at + words.size());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  return error == std::errc{} && number >= 0 ? std::optional(number) : std::nullopt;
}

std::string_view by_words(const std::string& lower) {
  const auto found = std::find_if(kByWords.begin(), kByWords.end(),
                                  [&](const Rule& rule) { return lower.find(rule.first) != lower.npos; });
  return found != kByWords.end() ? found->second : std::string_view{};
}

// A refused request's message is the raw JSON body of the answer.
std::string readable(std::string_view message) {
  if (message.empty() || message.front() != '{' || message.size() > (64U << 10U)) return std::string(message);
  boost::system::error_code ec;
  const json::value parsed = json::parse(message, ec, {}, {.max_depth = 16});
  if (ec || !parsed.is_object()) return std::string(message);
  const json::object* error = object_of(parsed.get_object(), "error");
  const std::string_view inner =
      error != nullptr ? text_of(*error, "message") : text_of(parsed.get_object(), "message");
  return std::string(inner.empty() ? message : inner);
}

std::string_view classify(std::string_view name, std::optional<std::int64_t>& status, std::string_view words) {
  const std::string lower = lower_start(words);
  if (!status) status = number_after(lower, "unexpected status ");
  if (!status) status = number_after(lower, "last status: ");
  const auto named = std::find_if(kByName.begin(), kByName.end(), [&](const Rule& rule) { return rule.first == name; });
  if (named != kByName.end()) return named->second;
  if (name == "usageLimitExceeded") return by_words(lower) == "quota" ? "quota" : "rate_limit";
  if (status) {
    const std::string_view kind = by_status(*status);
    // A refused request may be refused for a better reason than its status.
    const std::string_view said = kind == "invalid_request" ? by_words(lower) : std::string_view{};
    if (!kind.empty()) return said.empty() ? kind : said;
  }
  const std::string_view said = by_words(lower);
  if (!said.empty()) return said;
  const bool is_transport = name == "httpConnectionFailed" || name.substr(0, 14) == "responseStream";
  return is_transport ? "network" : "";
}

}  // namespace

Fault fault_of(const json::object& error, bool retrying) {
  std::string_view name = text_of(error, "codexErrorInfo");
  std::optional<std::int64_t> status;
  const json::object* info = object_of(error, "codexErrorInfo");
  if (info != nullptr && !info->empty()) {
    name = info->begin()->key();
    if (const json::object* detail = info->begin()->value().if_object()) status = number_of(*detail, "httpStatusCode");
  }
  const std::string_view message = text_of(error, "message");
  const std::string_view details = text_of(error, "additionalDetails");
  // While it retries, the message only counts attempts and the details say why.
  const std::string_view words = retrying && !details.empty() ? details : message;
  const std::string_view kind = classify(name, status, words);
  return {.kind = kind.empty() ? "unknown" : kind,
          .text = readable(words),
          .status = status,
          .retrying = retrying,
          .attempt = retrying ? number_after(message, "Reconnecting... ") : std::nullopt};
}

Fault fault_of(std::string_view message, std::string_view otherwise) {
  std::optional<std::int64_t> status;
  const std::string_view kind = classify({}, status, message);
  return {.kind = kind.empty() ? otherwise : kind, .text = readable(message), .status = status};
}

json::object Fault::body(json::storage_ptr memory) const {
  json::object body(std::move(memory));
  body["class"] = kind;
  body["text"] = text;
  if (status) body["status"] = *status;
  body["retrying"] = retrying;
  if (attempt) body["attempt"] = *attempt;
  return body;
}

bool Fault::is_retryable() const {
  return kind == "rate_limit" || kind == "overloaded" || kind == "server" || kind == "network";
}

}  // namespace paddock::codex
