// An adapter's plan, checked: what may be started, with which files and which environment. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "session/stop_ladder.hpp"

namespace paddock::session {

/// A file the plan wants below `<session_dir>/files`.
struct PlannedFile {
  std::string path;  ///< relative, without ".."
  std::string text;
  std::uint32_t mode = 0600;

  friend bool operator==(const PlannedFile&, const PlannedFile&) = default;
};

struct Plan {
  std::vector<std::string> argv;  ///< not empty
  std::map<std::string, std::string> set;
  std::vector<std::string> unset;
  std::map<std::string, std::string> secret;  ///< variable to the secret's name
  std::string cwd;                            ///< absolute; empty: the launch's workdir
  bool pty = false;
  std::uint16_t rows = 24, cols = 80;
  std::vector<PlannedFile> files;
  std::vector<Rung> stop;
};

/// Reads what pdk_adapter.plan gave. `programs` is the manifest's list. Refuses with `adapter_refused`
/// what an adapter must not plan: no argv, a program that is not in `programs` (unless that has "*"),
/// a file outside of the session's folder or with a mode above 0777, tails and hooks (not offered yet),
/// and fields of a wrong type.
base::Result<Plan> plan_from_json(std::string_view text, const std::vector<std::string>& programs);

/// The agent's whole environment, "K=V" sorted: `inherited` with the plan's changes; TERM of our terminal when it has
/// one. Fails with `start_failed` when the plan names a secret that `secrets` does not have.
base::Result<std::vector<std::string>> environment_for(const Plan& plan, const std::vector<std::string>& inherited,
                                                       const std::map<std::string, std::string>& secrets);

/// Rungs as the journal keeps them, both ways. Wrong entries are left out when read.
boost::json::array rungs_to_json(const std::vector<Rung>& rungs);
std::vector<Rung> rungs_from_json(const boost::json::array& list);

}  // namespace paddock::session
