// The daemon dies; agents, output and events do not.
#include <algorithm>
#include <map>
#include <numeric>
#include <sstream>

#include <csignal>

#include "integration/integration.hpp"

namespace paddock::integration {
namespace {

using support::of_kind;
using support::read_file;

/// The byte ranges of the session's messages cover its standard output from first to last byte, once.
void expect_every_byte_once(const std::vector<json::object>& events, std::uint64_t bytes) {
  std::uint64_t at = 0;
  for (const json::object& event : of_kind(events, "message")) {
    const json::object& source = event.at("source").as_object();
    ASSERT_EQ(number_of(source, "begin"), at) << json::serialize(event);
    at = number_of(source, "end");
  }
  EXPECT_EQ(at, bytes);
}

/// Numbers rise by one from 1: no event of the runtime is missing or there twice.
void expect_numbers_without_holes(const std::vector<json::object>& events) {
  std::uint64_t expected = 1;
  for (const json::object& event : events) {
    if (!event.contains("number")) continue;
    ASSERT_EQ(number_of(event, "number"), expected++) << json::serialize(event);
  }
}

/// A zombie that init has not yet reaped runs no more.
bool is_running(std::uint64_t pid) {
  const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t name_end = stat.rfind(')');
  return name_end != std::string::npos && stat.compare(name_end, 3, ") Z") != 0;
}

class Restart : public testing::Test {
 protected:
  std::string start_talker(const std::string& name, int lines, int rate) {
    const std::string truth = (host.folder() / (name + ".truth")).string();
    return host.run(exec({test_program("talker"), truth, std::to_string(lines), std::to_string(rate)}));
  }

  /// What the talker itself says it wrote.
  std::pair<std::uint64_t, std::uint64_t> truth(const std::string& name) {
    std::uint64_t lines = 0, bytes = 0;
    std::istringstream(read_file(host.folder() / (name + ".truth"))) >> lines >> bytes;
    return {lines, bytes};
  }

  /// Reads live events until `count` have come: the daemon is in the middle of its work.
  void watch_some(int count) {
    auto stream = host.api().stream("/v1/watch");
    for (int i = 0; i < count; ++i) ASSERT_TRUE(stream.next());
  }

  TestHost host;
};

TEST_F(Restart, Kill9WhileSixteenSessionsTalkLosesAndDoublesNothing) {
  std::map<std::string, std::string> sessions;
  for (int i = 0; i < 16; ++i) {
    const std::string name = "talker" + std::to_string(i);
    sessions[name] = start_talker(name, 2000, 500);
  }
  for (const int after : {200, 900, 10}) {
    watch_some(after);
    host.kill();
    host.start();
  }
  for (const auto& [name, id] : sessions) {
    const json::object session = host.wait(id, "exited");
    EXPECT_EQ(exit_reason(session), "completed") << name << " was disturbed: " << json::serialize(session);
    const auto [lines, bytes] = truth(name);
    EXPECT_EQ(lines, 2000U) << name;
    const auto events = host.events(id);
    EXPECT_EQ(messages(events).size(), lines) << name;
    expect_every_byte_once(events, bytes);
    expect_numbers_without_holes(events);
  }
}

TEST_F(Restart, WhatASessionDidWhileNobodyLookedIsToldAfterwards) {
  const std::string id = start_talker("alone", 6'000, 0);
  host.kill();
  // The agent ends without a daemon: its truth file is its last act.
  const auto ended = host.folder() / "alone.truth";
  support::Program tail({"tail", "-n", "+1", "-F", ended.string()}, support::clean_environment("/"));
  ASSERT_TRUE(tail.line()) << "the talker did not end while the daemon was gone";
  host.start();

  EXPECT_EQ(exit_reason(host.wait(id, "exited")), "completed");
  const auto [lines, bytes] = truth("alone");
  const auto events = host.events(id);
  EXPECT_EQ(messages(events).size(), lines);
  expect_every_byte_once(events, bytes);
  expect_numbers_without_holes(events);
}

TEST_F(Restart, ASessionWhoseRunnerDiedWithTheDaemonIsLostButItsOutputIsNot) {
  json::object request = exec({"sh", "-c", "echo before; exec cat"});
  request["keep_open"] = true;
  const std::string id = host.run(request);
  auto output = host.api().stream("/v1/sessions/" + id + "/output?follow=1", {});
  ASSERT_EQ(output.next(), "before");
  const auto pid = number_of(host.wait(id, "working"), "pid");
  const std::string status = read_file("/proc/" + std::to_string(pid) + "/status");
  const std::string parent = status.substr(status.find("PPid:\t") + 6);
  host.kill();
  ASSERT_EQ(::kill(std::stoi(parent), SIGKILL), 0);
  host.start();

  const json::object session = host.wait(id, "exited");
  EXPECT_EQ(exit_reason(session), "lost");
  EXPECT_THAT(messages(host.events(id)), testing::ElementsAre("before"));
  EXPECT_FALSE(is_running(pid)) << "the agent of a lost session was left behind";
}

TEST_F(Restart, ACursorFromBeforeTheCrashGoesOnAfterIt) {
  const std::string id = start_talker("cursor", 1000, 500);
  const std::string stream_id(host.api().get("/v1/host").json().at("stream_id").as_string());
  std::vector<std::uint64_t> seqs;
  {
    auto stream = host.api().stream("/v1/watch?cursor=" + stream_id + ":0");
    for (int i = 0; i < 100; ++i) seqs.push_back(number_of(json::parse(stream.next().value()).as_object(), "seq"));
  }
  host.kill();
  host.start();
  auto stream = host.api().stream("/v1/watch?cursor=" + stream_id + ":" + std::to_string(seqs.back()));
  for (auto line = stream.next(); line; line = stream.next()) {
    const json::object event = json::parse(*line).as_object();
    seqs.push_back(number_of(event, "seq"));
    if (line->find("\"state\":\"exited\"") != std::string::npos) break;
  }
  std::vector<std::uint64_t> expected(seqs.size());
  std::iota(expected.begin(), expected.end(), seqs.front());
  EXPECT_EQ(seqs, expected);
  (void)host.wait(id, "exited");
}

TEST_F(Restart, StoppingTheDaemonPolitelyLeavesAgentsRunning) {
  json::object request = exec({"cat"});
  request["keep_open"] = true;
  const std::string id = host.run(request);
  const auto pid = number_of(host.wait(id, "working"), "pid");
  EXPECT_EQ(host.stop().code, 0);
  EXPECT_TRUE(is_running(pid));
  host.start();
  EXPECT_EQ(number_of(host.session(id), "pid"), pid);
  EXPECT_EQ(text_of(host.act(id, {{"type", "send"}, {"text", "hello again"}}), "state"), "applied");
}

TEST_F(Restart, ASecondDaemonOnTheSameStateRefusesAndNamesTheFirst) {
  const auto second =
      support::Program::run({support::built_program("paddockd"), "--state-dir", host.state_dir().string(), "--socket",
                             (host.folder() / "second/paddock.sock").string()},
                            host.environment());
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, testing::HasSubstr(std::to_string(host.pid())));
}

TEST_F(Restart, ASecondDaemonOnTheSameSocketRefusesAndTheFirstIsStillReached) {
  const auto second = support::Program::run({support::built_program("paddockd"), "--state-dir",
                                             (host.folder() / "other").string(), "--socket", host.socket().string()},
                                            host.environment());
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, testing::HasSubstr("in use by pid " + std::to_string(host.pid())));
  EXPECT_EQ(host.api().get("/healthz").status, 200);
}

}  // namespace
}  // namespace paddock::integration
