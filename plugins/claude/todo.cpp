// See todo.hpp.
#include "todo.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "fields.hpp"

namespace paddock::claude {

namespace {

constexpr std::size_t kMostEntries = 200;
constexpr std::size_t kLargestEntry = 1000;

/// The words of the vocabulary; empty for a word that is none of them.
std::string_view status_word(std::string_view word) {
  for (const std::string_view known : {"pending", "in_progress", "completed"}) {
    if (word == known) return known;
  }
  return {};
}

/// The text of a Markdown list item ("1. x", "- x", "* x"), empty when the line is none.
std::string_view list_item(std::string_view line) {
  const std::size_t start = line.find_first_not_of(" \t");
  if (start == std::string_view::npos) return {};
  line.remove_prefix(start);
  std::size_t mark = 0;
  while (mark < line.size() && std::isdigit(static_cast<unsigned char>(line[mark])) != 0) ++mark;
  const bool numbered = mark > 0 && mark < line.size() && (line[mark] == '.' || line[mark] == ')');
  const bool bullet = mark == 0 && (line[0] == '-' || line[0] == '*');
  if (!numbered && !bullet) return {};
  line.remove_prefix(mark + 1);
  if (line.empty() || line[0] != ' ') return {};
  const std::size_t words = line.find_first_not_of(" \t");
  return words == std::string_view::npos ? std::string_view{} : line.substr(words);
}

}  // namespace

void Todo::call(Out& out, std::string_view tool, const json::object& input) {
  if (tool == "TodoWrite") {
    const json::array* todos = list(input, "todos");
    if (todos == nullptr) return;
    read_todos(*todos);
    tell(out);
  } else if (tool == "ExitPlanMode") {
    const std::string_view plan = text(input, "plan");
    if (plan.empty()) return;
    read_plan(plan);
    tell(out);
  }
}

void Todo::result(Out& out, const json::object& tool_use_result) {
  const json::object* task = child(tool_use_result, "task");
  const bool changed = task != nullptr ? add_task(*task) : update_task(tool_use_result);
  if (changed) tell(out);
}

void Todo::tell(Out& out) const {
  json::array told(out.body().storage());
  for (const Entry& entry : entries_) told.push_back(out.body({{"text", entry.text}, {"status", entry.status}}));
  json::object body = out.body();
  body["entries"] = std::move(told);
  out.event(sdk::Kind::plan_update, std::move(body));
}

void Todo::read_todos(const json::array& todos) {
  entries_.clear();
  for (const json::value& value : todos) {
    const json::object* todo = value.if_object();
    if (todo == nullptr || entries_.size() >= kMostEntries) continue;
    const std::string_view status = status_word(text(*todo, "status"));
    entries_.push_back(
        {{}, std::string(clip(text(*todo, "content"), kLargestEntry)), status.empty() ? "pending" : status});
  }
}

void Todo::read_plan(std::string_view plan) {
  entries_.clear();
  for (std::string_view rest = plan; !rest.empty() && entries_.size() < kMostEntries;) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view item = list_item(rest.substr(0, end));
    if (!item.empty()) entries_.push_back({{}, std::string(clip(item, kLargestEntry)), "pending"});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (entries_.empty()) entries_.push_back({{}, std::string(clip(plan, kLargestEntry)), "pending"});
}

bool Todo::add_task(const json::object& task) {
  const std::string_view id = text(task, "id");
  const std::string_view subject = text(task, "subject");
  if (id.empty() || subject.empty() || entries_.size() >= kMostEntries) return false;
  const bool known = std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.id == id; });
  if (known) return false;
  // Tasks replace a plan that came from another source.
  std::erase_if(entries_, [](const Entry& entry) { return entry.id.empty(); });
  entries_.push_back({std::string(clip(id, 64)), std::string(clip(subject, kLargestEntry)), "pending"});
  return true;
}

bool Todo::update_task(const json::object& result) {
  const std::string_view id = text(result, "taskId");
  const json::object* change = child(result, "statusChange");
  if (id.empty() || change == nullptr) return false;
  const auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& one) { return one.id == id; });
  if (entry == entries_.end()) return false;
  const std::string_view to = text(*change, "to");
  if (to == "deleted") {
    entries_.erase(entry);
    return true;
  }
  const std::string_view status = status_word(to);
  if (status.empty() || status == entry->status) return false;
  entry->status = status;
  return true;
}

}  // namespace paddock::claude
