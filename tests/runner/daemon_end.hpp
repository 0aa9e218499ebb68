// The daemon's end of a link, as a test plays it, and the runner at the other end.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/unique_fd.hpp"
#include "event/event.hpp"
#include "link/frame.hpp"
#include "link/journal.hpp"
#include "link/message.hpp"
#include "support/scratch.hpp"

namespace paddock::runner {

/// Only a hang reaches it.
inline constexpr std::chrono::seconds kPatience{60};

/// One connection, used with blocking calls. Throws std::runtime_error when the link ends or nothing
/// comes for kPatience.
class DaemonEnd final {
 public:
  explicit DaemonEnd(base::UniqueFd socket) : socket_(std::move(socket)) {}

  void send(const link::ToRunner& message);
  /// The next message that is not `events`; those are gathered in events() on the way.
  link::FromRunner next();
  /// Reads until `enough(events())`; acknowledges nothing.
  void gather(const std::function<bool(const std::vector<event::Event>&)>& enough);
  /// Reads until the last event (state exited), acknowledging as it goes.
  void gather_all();
  /// Waits for the end of the link; true when `closed` came first.
  bool wait_for_end();
  /// Sends a command with an action of its own and waits for its result.
  link::Result ask(link::Command command);
  void ack();
  void close() { socket_.reset(); }

  const std::vector<event::Event>& events() const { return events_; }
  /// Number of the runner's newest event when it greeted.
  std::uint64_t last_number() const { return last_number_; }
  std::optional<link::Result> result_of(const base::ActionId& action) const;

 private:
  link::FromRunner read();
  bool fill();
  void keep(const link::FromRunner& message);

  base::UniqueFd socket_;
  link::FrameReader reader_;
  std::vector<event::Event> events_;
  std::vector<link::Result> results_;
  std::uint64_t last_number_ = 0;
};

/// A real paddock-runner with the exec adapter and the scripted agent.
class RunnerRig final {
 public:
  RunnerRig();
  ~RunnerRig();

  /// The launch of the scripted agent with these words.
  session::Launch launch(std::vector<std::string> script) const;
  /// Starts the runner for `adapter` (empty: the launch's) and sends the launch; the answer (Started or
  /// Refused) is in answer().
  DaemonEnd& start(session::Launch launch, std::string adapter = {});
  DaemonEnd& start(std::vector<std::string> script) { return start(launch(std::move(script))); }
  /// A later daemon; has said hello and got `ready`.
  std::unique_ptr<DaemonEnd> reconnect(std::uint64_t after);

  DaemonEnd& first() { return *first_; }
  const link::FromRunner& answer() const { return *answer_; }
  int agent_pid() const;
  pid_t runner_pid() const { return runner_; }
  /// Process id of the adapter process.
  pid_t adapter_pid() const;
  /// Reads the journal, as it grows, until a record for which `is_it` is true.
  void wait_for_record(const std::function<bool(const link::journal::Record&)>& is_it) const;
  /// Waits for the runner's end; its exit status, or 128 + signal.
  int wait_for_runner();
  /// What `--replay` prints for the session.
  std::vector<std::string> replay(std::uint64_t after = 0) const;
  std::filesystem::path session_dir() const { return folder_.path() / "s"; }
  std::filesystem::path folder() const { return folder_.path(); }

 private:
  support::ScratchFolder folder_;
  base::SessionId id_ = base::SessionId::make();
  std::unique_ptr<DaemonEnd> first_;
  std::optional<link::FromRunner> answer_;
  pid_t runner_ = -1;
};

/// Data of the last event of that kind; fails the test when there is none.
const boost::json::object& last_data(const DaemonEnd& end, event::Kind kind);
/// The texts of all messages.
std::vector<std::string> messages(const DaemonEnd& end);
/// Whether any event is the error of a failed adapter.
bool told_adapter_failed(const std::vector<event::Event>& events);
/// The events as --replay prints them.
std::vector<std::string> as_lines(const std::vector<event::Event>& events);
/// True when the numbers are 1, 2, 3, ...
bool without_holes(const std::vector<event::Event>& events, std::uint64_t first = 1);
/// How many of them are messages.
std::size_t messages_in(const std::vector<event::Event>& events);
bool has_state(const std::vector<event::Event>& events, std::string_view state);

}  // namespace paddock::runner
