// What the host does by itself when an event is on disk: policy answers approvals, budgets end sessions,
// queued prompts go out, evidence is kept.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "control/actions.hpp"
#include "control/evidence.hpp"
#include "control/ground.hpp"

namespace paddock::control {

/// Why a session is over its budget, in one sentence; nothing while it is not. Tokens are input, output and
/// cache writes; cache reads are not counted. Pure.
std::optional<std::string> over_budget(const policy::Budget& budget, const session::Usage& usage);

/// The policy's verdict on an approval as the command for the runner; nothing when a person must decide.
/// `judge` is null when the policy is gone. Pure.
std::optional<link::Command> answer_of_policy(const policy::ApprovalJudge* judge, const std::string& policy,
                                              const session::Approval& approval);

/// Use on the ground's strand.
class Reactions {
 public:
  Reactions(Ground& ground, Actions& actions) : ground_(ground), actions_(actions) {}

  /// A stored event.
  void look(const event::Event& event);

  /// After a reconnect: decides what a policy can decide and nobody has.
  void look_again(const base::SessionId& id);

  /// The policies have changed: what follows is judged by the new ones.
  void policies_changed() { judges_.clear(); }

  /// Evidence of a session; read from the store when it is older than this process.
  const Evidence& evidence_of(const base::SessionId& id);
  void forget(const base::SessionId& id);

 private:
  const policy::ApprovalJudge* judge_of(const std::string& policy);
  void decide(const session::Record& record, const session::Approval& approval);
  void check_budget(const session::Record& record);
  void show_budget(const session::Record& record);

  Ground& ground_;
  Actions& actions_;
  std::map<std::string, std::optional<policy::ApprovalJudge>> judges_;
  std::map<base::SessionId, Evidence> evidence_;
  std::set<base::SessionId> over_budget_;
};

}  // namespace paddock::control
