// What is known of one session: the value that the store keeps and the API shows, and how events
// change it. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "event/event.hpp"
#include "policy/policy.hpp"

namespace paddock::session {

enum class Mode : std::uint8_t { headless, interactive, observed };
enum class State : std::uint8_t { starting, idle, working, blocked, unknown, exited };
enum class BlockedOn : std::uint8_t { none, approval, question, login, limit };
enum class StateSource : std::uint8_t { protocol, hook, screen, process, timeout };
enum class ExitReason : std::uint8_t {
  completed,
  agent_error,
  auth_required,
  rate_limited,
  interrupted,
  stopped,
  killed,
  out_of_memory,
  timeout,
  budget,
  crashed,
  lost,
  start_failed,
};

std::string_view name(Mode) noexcept;
std::string_view name(State) noexcept;
std::string_view name(BlockedOn) noexcept;
std::string_view name(StateSource) noexcept;
std::string_view name(ExitReason) noexcept;
std::optional<Mode> mode_of(std::string_view) noexcept;
std::optional<State> state_of(std::string_view) noexcept;
std::optional<BlockedOn> blocked_on_of(std::string_view) noexcept;
std::optional<StateSource> state_source_of(std::string_view) noexcept;
std::optional<ExitReason> exit_reason_of(std::string_view) noexcept;

/// Tokens and money since the session began, as the agent told them. Absent rather than guessed.
struct Usage {
  std::optional<std::uint64_t> input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens;
  std::optional<std::int64_t> cost_micros;
  std::uint64_t turns = 0;

  friend bool operator==(const Usage&, const Usage&) = default;
};

/// Something that waits for a person.
struct Approval {
  std::string ref;           ///< what `approve`, `deny` and `answer` name
  bool question = false;     ///< a question rather than a permission
  std::uint64_t number = 0;  ///< of the event that asked
  base::WallTime asked_at{};
  boost::json::object data;  ///< the event's data

  friend bool operator==(const Approval&, const Approval&) = default;
};

struct Exit {
  std::optional<int> code;
  std::optional<int> signal;
  ExitReason reason = ExitReason::lost;
  std::string detail;

  friend bool operator==(const Exit&, const Exit&) = default;
};

struct Record {
  base::SessionId id;
  std::string name;
  std::string adapter, adapter_version;
  Mode mode = Mode::headless;
  State state = State::starting;
  BlockedOn blocked_on = BlockedOn::none;
  std::uint64_t state_version = 1;
  base::WallTime state_since{};
  StateSource state_source = StateSource::process;
  base::RuntimeId runtime;
  std::uint32_t restarts = 0;
  std::optional<int> pid;
  std::string workspace, workdir, policy;
  policy::Resources limits;             ///< in force
  std::vector<std::string> unenforced;  ///< limits the machine could not enforce (best effort)
  boost::json::object resources;        ///< last figures known, final ones after the exit
  Usage usage;
  std::string model, agent_session_id;
  bool opaque = false;  ///< raw mode: the adapter failed, bytes are still recorded
  bool keep_open = false, yolo = false;
  bool prompts_any_time = false;    ///< its adapter takes prompts while it works; host's own
  std::vector<Approval> approvals;  ///< open ones, oldest first
  std::string result;               ///< the final answer
  std::optional<Exit> exit;
  base::WallTime created_at{}, updated_at{};
  std::optional<base::WallTime> ended_at;
  std::map<std::string, std::string> labels;
  boost::json::object cgroup;     ///< where its processes are (cgroup::GroupPaths as JSON); host's own
  std::uint64_t last_number = 0;  ///< of the newest event applied (of `runtime`)

  friend bool operator==(const Record&, const Record&) = default;
};

/// Folds one event into the record; events of other runtimes or with a number not above
/// `last_number` change nothing. The only way a record follows its session.
void apply(Record& record, const event::Event& event);

/// The session as the API shows it (contract, section "Session").
boost::json::object to_json(const Record& record);

/// All of it, for the store. record_from_json(to_stored(r)) == r; fails with `corrupt`.
boost::json::object to_stored(const Record& record);
base::Result<Record> record_from_json(const boost::json::object& object);

}  // namespace paddock::session
