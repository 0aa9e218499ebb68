// What the tests of this adapter share: launches, lines of the CLI, and the tapes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "paddock/adapter_testing.hpp"

namespace paddock::claude::test {

namespace json = boost::json;
namespace kit = paddock::sdk::testing;

/// A launch request with these fields added or replaced.
json::object launch(json::object more = {});

/// All tapes, sorted by name.
std::vector<std::filesystem::path> tapes();

/// The name of a test over tapes.
std::string tape_name(const testing::TestParamInfo<std::filesystem::path>& tape);

/// A session that was started, with its first answer read: idle and ready for prompts.
class Agent final {
 public:
  explicit Agent(json::object more = {});

  /// One line of the CLI; quotes may be written as '.
  void says(std::string_view line);
  /// The usual first lines of a turn.
  void begins_turn();
  /// The usual last lines of a turn.
  void ends_turn(std::string_view answer = "done");
  /// A request to use Bash.
  void asks(std::string_view request, std::string_view call = "toolu_1");

  /// Gives a command, see PDK_CMD_*.
  pdk_status command(std::uint32_t kind, std::string_view ref = {}, json::object body = {});
  /// What was written to the CLI since the last call of this.
  std::string written();
  /// The process ends; gives the outcome's body.
  json::object ends(int code = 0, int signal = 0, std::uint32_t cause = PDK_CAUSE_NONE);

  kit::Driver& driver() noexcept { return driver_; }
  /// The bodies of all events of a kind.
  std::vector<json::object> bodies(std::string_view kind) const;
  /// The states so far; blocked ones as "blocked:approval".
  std::vector<std::string> states() const;

 private:
  kit::Driver driver_;
  std::size_t read_ = 0;
};

/// The text field of a body, empty when absent.
std::string text(const json::object& body, std::string_view key);

}  // namespace paddock::claude::test
