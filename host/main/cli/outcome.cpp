// Problems to exit codes and sentences.
#include "main/cli/outcome.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "main/cli/fields.hpp"
#include "main/cli/text.hpp"

namespace paddock::cli {
namespace json = boost::json;

void throw_exception_from_error(const Failure& failure, const boost::source_location& where) {
  throw std::logic_error(for_people(failure) + " (value taken of a failed outcome in " + where.file_name() + ")");
}

namespace {

std::string_view title_of(ExitCode exit) noexcept {
  switch (exit) {
    case ExitCode::usage: return "The command line is not valid";
    case ExitCode::unreachable: return "The host cannot be reached";
    case ExitCode::refused: return "The request was refused";
    case ExitCode::not_found: return "There is no such thing";
    case ExitCode::timed_out: return "The time given has passed";
    default: return "The command failed";
  }
}

}  // namespace

Failure failure(ExitCode exit, std::string_view code, std::string_view detail) {
  json::object problem{
      {"type", "about:blank#" + std::string(code)}, {"title", title_of(exit)}, {"detail", detail}, {"code", code}};
  return {exit, std::move(problem)};
}

Failure failure(const base::Error& error) {
  Failure made = failure(exit_of(base::name(error.code), 0), base::name(error.code), error.detail);
  if (!error.errors.empty()) {
    json::array& errors = made.problem["errors"].emplace_array();
    for (const base::FieldError& field : error.errors) {
      errors.push_back({{"pointer", field.pointer}, {"detail", field.detail}});
    }
  }
  return made;
}

Failure failure_of_answer(unsigned status, std::string_view body) {
  boost::system::error_code ec;
  json::value parsed = json::parse(body, ec);
  const bool is_problem = !ec && parsed.is_object() && !text_at(parsed.get_object(), "code").empty();
  if (!is_problem) {
    return failure(exit_of("", status), "unexpected_answer",
                   fmt::format("the host answered with status {} and no problem document", status));
  }
  json::object problem = std::move(parsed.get_object());
  const ExitCode exit = exit_of(text_at(problem, "code"), status);
  return {exit, std::move(problem)};
}

ExitCode exit_of(std::string_view code, unsigned status) noexcept {
  constexpr std::array<std::string_view, 13> kRefused{
      "policy_denied",     "forbidden",      "unauthorized", "stale_runtime",   "stale_state",
      "stale_snapshot",    "busy",           "wrong_state",  "approval_closed", "idempotency_mismatch",
      "limit_unavailable", "already_exists", "ambiguous"};
  if (code == "not_found" || (code.empty() && status == 404)) return ExitCode::not_found;
  if (code == "timeout" || status == 408) return ExitCode::timed_out;
  if (std::ranges::find(kRefused, code) != kRefused.end()) return ExitCode::refused;
  return status == 401 || status == 403 || status == 409 ? ExitCode::refused : ExitCode::failed;
}

std::string for_people(const Failure& failure) {
  std::string_view detail = text_at(failure.problem, "detail");
  if (detail.empty()) detail = text_at(failure.problem, "title");
  std::string out = "paddock: " + one_line(detail.empty() ? text_at(failure.problem, "code") : detail) + "\n";
  for (const json::object* error : objects_at(failure.problem, "errors")) {
    out += fmt::format("  {}: {}\n", one_line(text_at(*error, "pointer")), one_line(text_at(*error, "detail")));
  }
  if (const auto hint = text_at(failure.problem, "hint"); !hint.empty()) out += "  " + one_line(hint) + "\n";
  return out;
}

}  // namespace paddock::cli
