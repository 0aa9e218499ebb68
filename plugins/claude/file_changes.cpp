// See file_changes.hpp.
#include "file_changes.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "fields.hpp"

namespace paddock::claude {

namespace {

constexpr std::size_t kLargestDiff = std::size_t{128} << 10U;

void append_range(std::string& diff, char sign, const json::object& hunk, std::string_view start,
                  std::string_view lines) {
  diff += sign;
  diff += std::to_string(count(hunk, start).value_or(0));
  diff += ',';
  diff += std::to_string(count(hunk, lines).value_or(0));
}

void append_hunk(std::string& diff, const json::object& hunk) {
  diff += "@@ ";
  append_range(diff, '-', hunk, "oldStart", "oldLines");
  diff += ' ';
  append_range(diff, '+', hunk, "newStart", "newLines");
  diff += " @@\n";
  const json::array* lines = list(hunk, "lines");
  if (lines == nullptr) return;
  for (const json::value& line : *lines) {
    if (diff.size() > kLargestDiff) return;
    diff += clip(text_of(line), kLargestDiff);
    diff += '\n';
  }
}

/// A new file as a diff: the CLI gives no patch for it, but the whole content.
std::string creation_diff(std::string_view content) {
  const std::string_view kept = clip(content, kLargestDiff);
  const auto breaks = static_cast<std::size_t>(std::count(kept.begin(), kept.end(), '\n'));
  const std::size_t lines = breaks + (kept.empty() || kept.back() == '\n' ? 0 : 1);
  std::string diff = "@@ -0,0 +1," + std::to_string(lines) + " @@\n";
  for (std::size_t at = 0; at < kept.size();) {
    const std::size_t end = std::min(kept.find('\n', at), kept.size());
    diff += '+';
    diff += kept.substr(at, end - at);
    diff += '\n';
    at = end + 1;
  }
  return diff;
}

}  // namespace

std::string unified_diff(const json::array& patch) {
  std::string diff;
  for (const json::value& hunk : patch) {
    if (diff.size() > kLargestDiff) break;
    if (const json::object* object = hunk.if_object()) append_hunk(diff, *object);
  }
  return diff;
}

void tell_file_change(Out& out, const json::object& tool_use_result, std::string_view call) {
  const std::string_view path = text(tool_use_result, "filePath");
  const json::array* patch = list(tool_use_result, "structuredPatch");
  if (path.empty() || patch == nullptr) return;
  const bool created = text(tool_use_result, "type") == "create";
  json::object body = out.body({{"path", clip(path, 4096)}, {"change", created ? "create" : "modify"}});
  std::string diff = unified_diff(*patch);
  if (created && diff.empty()) diff = creation_diff(text(tool_use_result, "content"));
  if (!diff.empty()) body["diff"] = diff;
  if (diff.size() > kLargestDiff) body["truncated"] = true;
  out.event(sdk::Kind::file_change, std::move(body), call);
}

}  // namespace paddock::claude
