// Refusals as JSON, and the two that are decided without looking into a library.
#include "adapter/refusal.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace paddock::adapter {

boost::json::object to_json(const Refusal& refusal) {
  return {{"file", refusal.file}, {"code", refusal.code}, {"message", refusal.message}, {"hint", refusal.hint}};
}

void throw_exception_from_error(const Refusal& refusal, const boost::source_location& where) {
  throw std::logic_error(
      fmt::format("{} (value taken of a refused adapter in {})", refusal.message, where.file_name()));
}

Refusal refuse_duplicate(const std::filesystem::path& file, std::string_view id, const std::filesystem::path& other,
                         std::string_view other_version) {
  return {file.string(), "duplicate",
          fmt::format("refused '{}': id '{}' already provided by '{}' ({})", file.string(), id, other.string(),
                      other_version),
          "keep one"};
}

Refusal refuse_quarantined(const std::filesystem::path& file, std::string_view id, unsigned crashes, unsigned minutes,
                           std::string_view last) {
  return {file.string(), "quarantined",
          fmt::format("refused '{}': crashed {} times in {} min, last {}", id, crashes, minutes, last),
          fmt::format("adapter-check, then `paddock adapter reset {}`", id)};
}

}  // namespace paddock::adapter
