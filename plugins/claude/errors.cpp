// See errors.hpp.
#include "errors.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <utility>

#include "fields.hpp"

namespace paddock::claude {

namespace {

constexpr std::size_t kLargestText = std::size_t{16} << 10U;

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

bool is_connection_trouble(std::string_view text) {
  return has(text, "Unable to connect") || has(text, "ConnectionRefused") || has(text, "Connection error") ||
         has(text, "ECONN") || has(text, "ENOTFOUND") || has(text, "ETIMEDOUT") || has(text, "EAI_AGAIN");
}

std::string_view by_status(std::int64_t status) {
  if (status == 401 || status == 403) return "auth";
  if (status == 402) return "quota";
  if (status == 404) return "model_not_found";
  if (status == 413) return "context_full";
  if (status == 429) return "rate_limit";
  if (status == 529 || status == 503) return "overloaded";
  if (status >= 500 && status <= 599) return "server";
  if (status >= 400 && status <= 499) return "invalid_request";
  return {};
}

std::string_view by_text(std::string_view text) {
  if (is_connection_trouble(text)) return "network";
  if (has(text, "529") || has(text, "Overloaded") || has(text, "overloaded")) return "overloaded";
  return {};
}

std::string_view request_class(std::string_view text, std::optional<std::int64_t> status,
                               std::string_view stop_reason) {
  if (stop_reason == "refusal" || has(text, "Usage Policy")) return "refusal";
  if (status == 413 || has(text, "rompt is too long") || has(text, "context window")) return "context_full";
  return "invalid_request";
}

std::string_view server_class(std::string_view text, std::optional<std::int64_t> status) {
  const std::string_view known = status ? by_status(*status) : by_text(text);
  return known.empty() ? "server" : known;
}

std::string_view unknown_class(std::string_view text, std::optional<std::int64_t> status) {
  if (status && *status >= 400) return server_class(text, status);
  const std::string_view known = by_text(text);
  return known.empty() ? "unknown" : known;
}

}  // namespace

std::string_view classify(std::string_view agent_class, std::string_view text, std::optional<std::int64_t> status,
                          std::string_view stop_reason) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> plain{{
      {"authentication_failed", "auth"},
      {"oauth_org_not_allowed", "auth"},
      {"billing_error", "quota"},
      {"rate_limit", "rate_limit"},
      {"model_not_found", "model_not_found"},
      {"overloaded", "overloaded"},
      {"error_max_turns", "budget"},
      {"error_max_budget_usd", "budget"},
  }};
  const auto* found =
      std::find_if(plain.begin(), plain.end(), [&](const auto& pair) { return pair.first == agent_class; });
  if (found != plain.end()) return found->second;
  if (agent_class == "invalid_request") return request_class(text, status, stop_reason);
  if (agent_class == "server_error") return server_class(text, status);
  if (agent_class == "max_output_tokens") return "unknown";
  if (has(text, "No conversation found")) return "invalid_request";
  if (stop_reason == "refusal") return "refusal";
  return unknown_class(text, status);
}

std::optional<std::int64_t> retry_after(const Fault& fault, sdk::Now now) {
  if (!fault.resets_at) return std::nullopt;
  return std::max<std::int64_t>(0, *fault.resets_at - now.unix_ms / 1000);
}

std::string rfc3339(std::int64_t seconds) {
  constexpr std::int64_t year_10000 = 253402300800;
  if (seconds < 0 || seconds >= year_10000) return {};
  const std::chrono::sys_seconds at{std::chrono::seconds{seconds}};
  const auto midnight = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day day{midnight};
  const std::chrono::hh_mm_ss time{at - midnight};
  std::array<char, 64> text{};
  const int length = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                                   static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                                   static_cast<unsigned>(day.day()), static_cast<int>(time.hours().count()),
                                   static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return {text.data(), static_cast<std::size_t>(std::max(length, 0))};
}

void tell(Out& out, sdk::Now now, const Fault& fault, std::string_view parent) {
  json::object body = out.body({{"class", fault.error_class}, {"text", clip(fault.text, kLargestText)}});
  if (!fault.agent_class.empty()) body["agent_class"] = clip(fault.agent_class, 64);
  if (fault.status) body["status"] = *fault.status;
  if (fault.resets_at) {
    body["resets_at"] = rfc3339(*fault.resets_at);
    body["retry_after_s"] = *retry_after(fault, now);
  }
  if (!parent.empty()) body["parent"] = parent;
  out.event(sdk::Kind::error, std::move(body));
}

void tell_retry(Out& out, const json::object& line) {
  const std::string_view agent_class = text(line, "error");
  const std::optional<std::int64_t> status = count(line, "error_status");
  std::string_view error_class = classify(agent_class, {}, status);
  // A retry without a status is a request that got no answer at all.
  if (!status && error_class == "unknown") error_class = "network";
  json::object body = out.body({{"class", error_class}, {"retrying", true}});
  std::string words = "the service did not accept the request";
  if (status) words += " (HTTP " + std::to_string(*status) + ")";
  if (error_class == "auth")
    words = "the login was refused" + (status ? " (HTTP " + std::to_string(*status) + ")" : std::string());
  if (error_class == "network") words = "the service cannot be reached";
  body["text"] = words + "; it tries again";
  if (!agent_class.empty()) body["agent_class"] = clip(agent_class, 64);
  if (status) body["status"] = *status;
  if (const auto attempt = count(line, "attempt")) body["attempt"] = *attempt;
  if (const auto most = count(line, "max_retries")) body["max_attempts"] = *most;
  if (const auto delay = number(line, "retry_delay_ms"); delay && *delay >= 0 && *delay < 1e9) {
    body["retry_after_s"] = static_cast<std::int64_t>(std::ceil(*delay / 1000.0));
  }
  out.event(sdk::Kind::error, std::move(body));
}

}  // namespace paddock::claude
