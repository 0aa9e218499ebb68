// What has to be remembered of a living session to count its events: since when it is in its state,
// what of its usage is counted, which calls and approvals are open.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/json/object.hpp>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "event/event.hpp"
#include "metrics/families.hpp"
#include "session/record.hpp"

namespace paddock::metrics {

/// Tokens by type, then money in millionths of a dollar.
using Amounts = std::array<std::uint64_t, 6>;

/// Turns events into counts. Reads no clock.
class Ledger {
 public:
  /// `models`: the names that become a label; empty: the first 16 that are seen.
  Ledger(Families& families, std::vector<std::string> models);

  /// A living session whose history up to now is counted or was another life's.
  void know(const session::Record& record);
  void observe(const event::Event& event, std::string_view adapter, base::WallTime now);
  void forget(const base::SessionId& session) { live_.erase(session); }

  /// Adds the time that living sessions have spent in their states up to `now`.
  void settle(base::WallTime now);

  std::size_t size() const noexcept { return live_.size(); }

 private:
  struct Live {
    std::string adapter, model;
    session::State state = session::State::starting;
    base::WallTime since{};
    std::optional<base::WallTime> turn;
    std::map<std::string, std::string, std::less<>> calls;         ///< open tool calls: ref and class
    std::map<std::string, base::WallTime, std::less<>> approvals;  ///< open ones: ref and when asked
    Amounts counted{};                                             ///< of all models
    std::map<std::string, Amounts, std::less<>> by_model;
  };

  void state(const event::Event& event, std::string_view adapter, base::WallTime now);
  void exited(const event::Event& event, std::string_view adapter, base::WallTime now);
  void of_session(const event::Event& event, Live& live);
  void turn(const event::Event& event, Live& live);
  void tool_result(const event::Event& event, Live& live);
  void resolved(const event::Event& event, Live& live);
  void usage(const boost::json::object& data, Live& live);
  void count(const Amounts& now, Amounts& before, const Live& live, std::string_view model);
  void failure(const event::Event& event, std::string_view adapter);
  void settle(Live& live, base::WallTime now);
  std::string_view model_label(std::string_view model);

  Families& families_;
  std::set<std::string, std::less<>> models_;
  bool learn_models_;
  std::unordered_map<base::SessionId, Live> live_;
};

}  // namespace paddock::metrics
