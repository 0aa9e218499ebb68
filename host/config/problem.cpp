// Problems as text.
#include "config/problem.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace paddock::config {
namespace {

std::string place_of(const Problem& problem) {
  std::string place = problem.file;
  if (problem.line != 0) place += fmt::format(":{}:{}", problem.line, problem.column);
  if (!problem.path.empty()) place += ": " + problem.path;
  return place;
}

}  // namespace

std::string to_string(const Problem& problem) { return place_of(problem) + ": " + problem.detail; }

std::string to_string(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems.items) text += to_string(problem) + '\n';
  return text;
}

base::Error to_error(const Problems& problems) {
  base::Error error = base::fail(base::Errc::bad_config, "the configuration is wrong");
  if (!problems.items.empty()) error.detail = to_string(problems.items.front());
  if (problems.items.size() > 1) error.detail += fmt::format(" (and {} more)", problems.items.size() - 1);
  for (const Problem& problem : problems.items) error.errors.push_back({place_of(problem), problem.detail});
  return error;
}

void throw_exception_from_error(const Problems& problems, const boost::source_location& where) {
  throw std::logic_error(to_error(problems).detail + " (value taken of a failed load in " + where.file_name() + ")");
}

}  // namespace paddock::config
