// Tool calls, from their announcement to their result.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "acp/out.hpp"
#include "acp/quirks.hpp"

namespace paddock::acp {

/// What is known of one call.
struct Call {
  /// What it does to a file.
  struct Edit {
    std::string path, change, diff;
  };

  std::string title{}, kind{}, tool{}, command{};
  json::object input{};
  std::string text{};  // what it wrote so far
  std::vector<Edit> edits{};
  bool is_over = false;
  bool was_denied = false;

  /// The contract's class of the call's kind.
  std::string_view tool_class() const;
};

/// The calls of the running turn. A call is told once, its result once; what the agent leaves open is
/// closed when the turn ends.
class Calls final {
 public:
  /// Most calls of one turn that are kept.
  static constexpr std::size_t max_calls = 512;

  explicit Calls(const Quirks& quirks) : names_tool_(quirks.call_id_names_tool), titles_(quirks.title_is_command) {}

  /// A tool_call or a tool_call_update: whatever it has is new, a call never heard of is announced.
  void update(const Out& out, const json::object& update);
  /// The call that a permission is asked for; null when it has no id or there are too many.
  const Call* asked(const Out& out, const json::object& tool_call);
  /// A person or a policy said no to the call.
  void deny(std::string_view id);
  /// The turn is over.
  void end_turn(const Out& out);

  // For agents whose calls are told in other words than the protocol's.

  /// Announces `call` as `id`. Once an id is taken, later calls of it are left out.
  void begin(const Out& out, std::string_view id, Call call);
  /// The call's output so far: what is new of it is told.
  void wrote(const Out& out, std::string_view id, std::string_view text);
  /// The call's result. `outcome` is ok, error, denied or cancelled.
  void finish(const Out& out, std::string_view id, std::string_view outcome, std::string_view text,
              std::optional<std::int64_t> exit_code = std::nullopt);
  bool knows(std::string_view id) const { return calls_.contains(id); }

 private:
  Call* take(const Out& out, const json::object& update);
  void read(Call& call, std::string_view id, const json::object& update) const;
  void announce(const Out& out, std::string_view id, const Call& call) const;
  void tell_result(const Out& out, std::string_view id, Call& call, std::string_view outcome, std::string_view text,
                   std::optional<std::int64_t> exit_code) const;
  void tell_edits(const Out& out, std::string_view id, const Call& call) const;

  bool names_tool_, titles_;
  std::map<std::string, Call, std::less<>> calls_;
};

}  // namespace paddock::acp
