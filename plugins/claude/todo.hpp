// The agent's plan as a list: from its to-do tool, its task tools, or the plan it wants approved.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "out.hpp"

namespace paddock::claude {

/// The plan of the main conversation. Emits PLAN_UPDATE with all entries at each change.
class Todo final {
 public:
  /// A tool call of the main conversation: TodoWrite and ExitPlanMode carry the whole plan.
  void call(Out& out, std::string_view tool, const json::object& input);

  /// The structured result of a call that went well: TaskCreate and TaskUpdate change one entry.
  void result(Out& out, const json::object& tool_use_result);

 private:
  struct Entry {
    std::string id;  // of a task; empty for the other sources
    std::string text;
    std::string_view status;
  };

  void tell(Out& out) const;
  void read_todos(const json::array& todos);
  void read_plan(std::string_view plan);
  bool add_task(const json::object& task);
  bool update_task(const json::object& result);

  std::vector<Entry> entries_;
};

}  // namespace paddock::claude
