// From the launch message to a running agent: everything a runner does before it has an event loop.
#pragma once

#include <memory>
#include <optional>

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "cgroup/group.hpp"
#include "process/process.hpp"
#include "runner/adapter_process.hpp"
#include "runner/journal_writer.hpp"
#include "runner/records.hpp"
#include "session/launch.hpp"
#include "session/plan.hpp"

namespace paddock::runner {

/// A session whose agent runs.
struct Session {
  session::Launch launch;
  session::Setup setup;
  std::unique_ptr<AdapterProcess> adapter;
  JournalWriter journal;
  cgroup::Group group;
  process::Child agent;
};

/// Waits for the launch message on `socket`, at most limits::runner_start.
base::Result<session::Launch> receive_launch(int socket);

/// Waits for the adapter, which must be the launch's, has it plan, checks the plan, writes its files, and starts the
/// agent in its groups. An error is for the user: it means that nothing runs.
base::Result<Session> start_session(session::Launch launch, std::unique_ptr<AdapterProcess> adapter);

/// {session, v1{}, v2, v2_has_controllers} as the daemon sends it; empty: no groups.
cgroup::GroupPaths group_paths_of(const boost::json::object& object);

}  // namespace paddock::runner
