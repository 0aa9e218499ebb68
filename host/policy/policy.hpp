// What a policy says, and the verdicts that follow from it. Pure: no files, no clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/size.hpp"

namespace paddock::policy {

enum class Decision : std::uint8_t { ask, allow, deny };
std::string_view name(Decision decision) noexcept;

/// What to do about a limit that the machine cannot enforce.
enum class Enforce : std::uint8_t { strict, best_effort };

/// Limits of one session. Absent means "no limit of ours".
struct Resources {
  std::optional<base::ByteSize> memory_max;
  std::optional<base::ByteSize> memory_high;
  std::optional<base::ByteSize> memory_swap;
  std::optional<std::uint32_t> cpu_percent;  ///< per cent of one core
  std::optional<std::uint32_t> cpu_weight;   ///< 1..10000
  std::optional<std::uint64_t> pids_max;
  std::optional<std::uint32_t> io_weight;  ///< 1..10000

  friend bool operator==(const Resources&, const Resources&) = default;
};

/// Absent means "never".
struct Timeouts {
  std::optional<std::chrono::milliseconds> start;
  std::optional<std::chrono::milliseconds> stop;
  std::optional<std::chrono::milliseconds> idle;
  std::optional<std::chrono::milliseconds> total;

  friend bool operator==(const Timeouts&, const Timeouts&) = default;
};

struct Backoff {
  std::chrono::milliseconds first{1000};
  double factor = 2;
  std::chrono::milliseconds max{60'000};
  double jitter = 0.2;

  friend bool operator==(const Backoff&, const Backoff&) = default;
};

struct Restart {
  enum class On : std::uint8_t { never, failure, always } on = On::never;
  std::uint32_t max = 5;
  std::chrono::milliseconds within{600'000};
  Backoff backoff;

  friend bool operator==(const Restart&, const Restart&) = default;
};

/// One line of `approvals.rules`. Both patterns are RE2 and must match the whole text; an empty
/// pattern matches anything. A dot also matches a line end, except in rules that allow.
struct ApprovalRule {
  std::string tool;
  std::string command;
  Decision decision = Decision::ask;

  friend bool operator==(const ApprovalRule&, const ApprovalRule&) = default;
};

struct Approvals {
  Decision fallback = Decision::ask;  ///< `approvals.default`
  std::vector<ApprovalRule> rules;    ///< the first that matches decides

  friend bool operator==(const Approvals&, const Approvals&) = default;
};

struct Environment {
  std::vector<std::string> pass;               ///< names taken over from the host
  std::map<std::string, std::string> set;      ///< fixed values
  std::map<std::string, std::string> secrets;  ///< name to "file:PATH"

  friend bool operator==(const Environment&, const Environment&) = default;
};

struct Budget {
  std::optional<std::int64_t> cost_micros;
  std::optional<std::uint64_t> tokens;

  friend bool operator==(const Budget&, const Budget&) = default;
};

/// One policy file, `kind: Policy`.
struct Policy {
  std::string name = "default";
  Resources resources;
  Enforce enforce = Enforce::strict;
  Restart restart;
  Timeouts timeouts;
  Approvals approvals;
  Budget budget;
  Environment environment;
  std::optional<bool> yolo;                                ///< may sessions ask for `yolo`? absent: no
  std::vector<std::string> adapters;                       ///< the only adapters it permits; empty: all
  std::map<std::string, std::vector<std::string>> notify;  ///< kept for the notifier
  std::string sandbox_profile;  ///< off | read-only | workspace-write; kept, not yet enforced
  std::string sandbox_network;  ///< allow | loopback | deny; kept, not yet enforced

  friend bool operator==(const Policy&, const Policy&) = default;
};

/// The ceiling above all sessions, `kind: Fleet`.
struct Fleet {
  Resources resources;
  std::uint32_t sessions_max = 64;
  std::optional<std::uint32_t> sessions_working;
  std::optional<std::uint32_t> memory_pressure_percent;
  std::optional<std::uint32_t> cpu_pressure_percent;
  std::optional<std::chrono::milliseconds> idle_freeze_after;  ///< kept, not yet acted on
  std::optional<std::chrono::milliseconds> idle_stop_after;    ///< kept, not yet acted on

  friend bool operator==(const Fleet&, const Fleet&) = default;
};

/// All that is in force: policies by name and the fleet. A value; a reload makes a new one.
struct Set {
  std::map<std::string, Policy, std::less<>> policies;
  Fleet fleet;

  friend bool operator==(const Set&, const Set&) = default;
};

/// Fails with `bad_config` when a pattern of `rule` is not RE2 or over its limits.
base::Result<> check(const ApprovalRule& rule);

/// Decides approvals of one policy. Compiles the patterns once; deciding takes time linear in the
/// text. Thread-safe after construction.
class ApprovalJudge {
 public:
  /// Fails with `bad_config` naming the rule when a pattern is not RE2 or over its limits.
  static base::Result<ApprovalJudge> make(const Approvals& approvals);

  ApprovalJudge(ApprovalJudge&&) noexcept;
  ApprovalJudge& operator=(ApprovalJudge&&) noexcept;
  ~ApprovalJudge();

  struct Verdict {
    Decision decision = Decision::ask;
    int rule = -1;  ///< index of the rule that decided; -1: the default
  };
  /// `command` is empty for tools without one; a rule with a command pattern never matches an empty command.
  /// A text that is not UTF-8 is never allowed: what would allow it asks instead.
  Verdict decide(std::string_view tool, std::string_view command) const;

 private:
  struct Compiled;
  explicit ApprovalJudge(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

/// What a launch wants that a policy can forbid.
struct LaunchWish {
  std::string adapter;
  bool yolo = false;
  Resources resources;  ///< only what the request names
};

/// The resources in force: the policy's, tightened by the wish. Fails with `policy_denied` naming what
/// is not permitted: an adapter, `yolo`, or a limit above the policy's.
base::Result<Resources> permit_launch(const Policy& policy, const LaunchWish& wish);

}  // namespace paddock::policy
