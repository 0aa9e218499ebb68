// Why a session is in its state: the evidence seen last, kept small. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/time.hpp"
#include "cgroup/group.hpp"
#include "event/event.hpp"
#include "session/record.hpp"

namespace paddock::control {

/// The newest pieces of evidence of one session, and the tool calls that have no result yet.
class Evidence {
 public:
  /// Takes note of a stored event; most kinds say nothing about the state and are ignored.
  void look(const event::Event& event);

  /// What the kernel says now; figures it does not have are absent.
  struct Kernel {
    cgroup::Usage usage;
    std::vector<int> processes;
    bool runner_connected = false;
  };

  /// The answer of GET /v1/sessions/{id}/explain: {session, state, state_version, blocked_on?, verdict, evidence[],
  /// kernel{}, open{approvals[], tool_calls[]}}.
  boost::json::object explain(const session::Record& record, const std::optional<Kernel>& kernel,
                              base::WallTime now) const;

 private:
  struct Piece {
    std::uint64_t seq = 0;
    base::WallTime time{};
    event::Kind kind = event::Kind::unknown;
    event::Source source;
    std::string ref;
    std::string argues_for;  ///< a state, or a state with what it is blocked on
    std::string detail;
  };
  void note(const event::Event& event, std::string argues_for, std::string detail);

  std::deque<Piece> pieces_;
  std::map<std::string, std::string> open_calls_;  ///< ref to tool
};

}  // namespace paddock::control
