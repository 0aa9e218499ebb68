// Words that the integration tests share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "support/host.hpp"

namespace paddock::integration {

namespace json = boost::json;
using support::TestHost;

inline std::string test_program(std::string_view name) {
  return std::string(PADDOCK_BUILD_DIR) + "/tests/" + std::string(name);
}

/// A request to run a program as a session of the exec adapter.
inline json::object exec(std::initializer_list<std::string> argv) {
  json::array args;
  for (const std::string& argument : argv) args.emplace_back(argument);
  return {{"adapter", "exec"}, {"args", args}};
}

inline std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

inline std::uint64_t number_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_number() ? value->to_number<std::uint64_t>() : 0;
}

/// Why the session ended, e.g. "completed".
inline std::string exit_reason(const json::object& session) {
  const json::value* exit = session.if_contains("exit");
  return exit != nullptr && exit->is_object() ? text_of(exit->get_object(), "reason") : std::string();
}

/// The texts of all final messages.
inline std::vector<std::string> messages(const std::vector<json::object>& events) {
  std::vector<std::string> texts;
  for (const json::object& event : support::of_kind(events, "message")) {
    const json::object& data = event.at("data").as_object();
    if (!data.contains("partial")) texts.push_back(text_of(data, "text"));
  }
  return texts;
}

/// Skips tests that need limits the machine cannot enforce.
#define PADDOCK_NEED_CGROUPS() \
  if (::geteuid() != 0) GTEST_SKIP() << "limits need root or a delegated cgroup here"

}  // namespace paddock::integration
