// What the tests of all adapters of this protocol share: tapes, and an agent that says what a test wants.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "paddock/adapter_testing.hpp"

namespace paddock::acp::test {

namespace json = boost::json;
namespace kit = paddock::sdk::testing;

/// All tapes of the adapter under test, sorted by name.
std::vector<std::filesystem::path> tapes();

/// The name of a test over tapes.
std::string tape_name(const testing::TestParamInfo<std::filesystem::path>& tape);

/// The text field of a body, empty when absent.
std::string text(const json::object& body, std::string_view key);

/// The bodies of all events of a kind.
std::vector<json::object> bodies(const kit::Recorded& seen, std::string_view kind);

/// The states so far; blocked ones as "blocked:approval".
std::vector<std::string> states(const kit::Recorded& seen);

/// A launch of the adapter under test with these fields added or replaced.
json::object launch(json::object more = {});

/// An agent that was started and is driven line by line.
class Agent {
 public:
  /// Stops after the handshake when `is_open`, else before any answer.
  explicit Agent(json::object more = {}, bool is_open = true);

  /// One line of the agent; quotes may be written as '.
  void says(std::string_view line);
  /// The body of a session/update of our session; quotes may be written as '.
  void updates(std::string_view body);
  /// A piece of the answer.
  void speaks(std::string_view piece);
  /// A shell call that waits for permission, asked for with the request id.
  void asks(int request, std::string_view call = "t1");
  /// The answer to our last prompt.
  void ends_turn(std::string_view reason = "end_turn");

  pdk_status command(std::uint32_t kind, std::string_view ref = {}, json::object body = {});
  pdk_status prompt(std::string_view text);
  /// What was written to the agent since the last call of this.
  std::string written();
  /// The process ends; gives the outcome's body.
  json::object exits(int code = 0, int signal = 0, std::uint32_t cause = PDK_CAUSE_NONE);

  kit::Driver& driver() noexcept { return driver_; }
  kit::Recorded& seen() noexcept { return driver_.seen(); }

 private:
  kit::Driver driver_;
  std::size_t read_ = 0;
  int prompts_ = 0;
};

}  // namespace paddock::acp::test
