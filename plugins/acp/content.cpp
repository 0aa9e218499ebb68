// See content.hpp.
#include "acp/content.hpp"

#include <array>

#include "acp/diffs.hpp"
#include "acp/fields.hpp"
#include "acp/plain.hpp"

namespace paddock::acp {

namespace {

constexpr std::size_t kMostEdits = 16;
constexpr std::size_t kLargestInput = std::size_t{64} << 10U;

// Size of the texts in `value`, which a stranger may have nested.
std::size_t weight(const json::value& value) {
  std::size_t sum = 16;
  if (const json::string* text = value.if_string()) return sum + text->size();
  if (const json::array* array = value.if_array()) {
    for (const json::value& item : *array) sum += weight(item);
  }
  if (const json::object* object = value.if_object()) {
    for (const auto& member : *object) sum += member.key().size() + weight(member.value());
  }
  return sum;
}

std::string_view change_of(const json::object& diff) {
  const json::object* meta = object_of(diff, "_meta");
  const std::string_view kind = meta != nullptr ? text_of(*meta, "kind") : std::string_view{};
  if (kind == "add" || kind == "delete") return kind == "add" ? "create" : "delete";
  const json::value* before = diff.if_contains("oldText");
  return before == nullptr || before->is_null() ? "create" : "modify";
}

std::string raw_text(const json::value& raw) {
  if (raw.is_string()) return std::string(text_of(raw));
  const json::object* object = raw.if_object();
  if (object == nullptr) return {};
  for (const std::string_view key : {"content", "output", "message", "text"}) {
    if (const std::string_view text = text_of(*object, key); !text.empty()) return std::string(text);
  }
  return std::string(text_of(*object, "stdout")).append(text_of(*object, "stderr"));
}

std::optional<std::int64_t> exit_code_in(const json::object& raw) {
  if (const auto code = number_of(raw, "exitCode", "exit_code")) return code;
  for (const std::string_view key : {"exit", "exitStatus"}) {
    if (const json::object* exit = object_of(raw, key)) {
      if (const auto code = number_of(*exit, "exitCode")) return code;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string text_in(const json::object& block) {
  const std::string_view type = text_of(block, "type");
  if (type == "text" || type.empty()) return std::string(text_of(block, "text"));
  return "<" + std::string(type.substr(0, 64)) + ">";
}

std::string written_by(const json::object& update) {
  std::string text;
  if (const json::array* content = array_of(update, "content")) {
    for (const json::value& item : *content) {
      const json::object* entry = item.if_object();
      const json::object* block = entry != nullptr ? object_of(*entry, "content") : nullptr;
      if (block != nullptr) text.append(text.empty() ? "" : "\n").append(text_in(*block));
    }
  }
  const json::value* raw = update.if_contains("rawOutput");
  return text.empty() && raw != nullptr ? raw_text(*raw) : text;
}

std::vector<Call::Edit> edits_in(const json::object& update) {
  std::vector<Call::Edit> edits;
  const json::array* content = array_of(update, "content");
  if (content == nullptr) return edits;
  for (const json::value& item : *content) {
    const json::object* diff = item.if_object();
    if (diff == nullptr || text_of(*diff, "type") != "diff" || edits.size() >= kMostEdits) continue;
    const std::string_view path = text_of(*diff, "path");
    if (path.empty()) continue;
    edits.push_back({plain(path.substr(0, 4096)), std::string(change_of(*diff)),
                     line_diff(text_of(*diff, "oldText"), text_of(*diff, "newText"))});
  }
  return edits;
}

std::string command_in(const json::object& input) {
  for (const std::string_view key : {"command", "cmd"}) {
    const json::value* found = input.if_contains(key);
    if (found == nullptr) continue;
    std::string command(text_of(*found));
    if (const json::array* words = found->if_array()) {
      for (const json::value& word : *words) command.append(command.empty() ? "" : " ").append(text_of(word));
    }
    if (!command.empty()) return command;
  }
  return {};
}

std::optional<std::int64_t> exit_code_of(const json::object& update) {
  const json::object* raw = object_of(update, "rawOutput");
  if (raw == nullptr) return std::nullopt;
  if (const auto code = exit_code_in(*raw)) return code;
  const json::array* contents = array_of(*raw, "contents");
  if (contents == nullptr) return std::nullopt;
  for (const json::value& item : *contents) {
    const json::object* entry = item.if_object();
    const auto code = entry != nullptr ? exit_code_in(*entry) : std::nullopt;
    if (code) return code;
  }
  return std::nullopt;
}

bool says_denied(const json::object& update) {
  const json::object* raw = object_of(update, "rawOutput");
  const std::string_view code = raw != nullptr ? text_of(*raw, "code") : std::string_view{};
  return code == "rejected" || code == "denied";
}

bool is_large(const json::object& input) { return weight(input) > kLargestInput; }

}  // namespace paddock::acp
