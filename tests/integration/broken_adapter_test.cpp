// An adapter that fails while its session runs costs that session its reading, and nobody anything else: the
// agent goes on, its bytes are recorded, the user is told why, and the host does not notice.
#include "integration/broken_folder.hpp"

namespace paddock::integration {
namespace {

using support::of_kind;

/// One broken adapter, and what a user reads about it.
struct Failing {
  const char* id;
  const char* failure;  ///< code of the failure
  const char* why;      ///< part of the sentence
  bool only_jailed = false;

  friend void PrintTo(const Failing& failing, std::ostream* out) { *out << failing.id; }
};

class BrokenAdapter : public testing::TestWithParam<Failing> {
 protected:
  void SetUp() override {
#ifdef PADDOCK_SANITIZED
    if (GetParam().only_jailed) GTEST_SKIP() << "sanitizers need what the jail takes away";
#endif
    start();
  }

  /// The broken adapters all want to run `cat`; this one speaks first, so that they are fed.
  void start() {
    const auto program = folder / "bin/cat";
    support::write_file(program, "#!/bin/sh\necho hello\nexec /bin/cat\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    host = std::make_unique<TestHost>(adapters.options());
    neighbour = std::make_unique<Neighbour>(*host);
  }

  std::string run(const std::string& adapter) {
    return host->run(
        {{"adapter", adapter}, {"keep_open", true}, {"env", {{"PATH", (folder / "bin").string() + ":/usr/bin:/bin"}}}});
  }

  /// The agent that runs reads, writes and is the same as before.
  void expect_agent_goes_on(const std::string& id) {
    const auto pid = number_of(host->session(id), "pid");
    auto output = host->api().stream("/v1/sessions/" + id + "/output?follow=1", {});
    EXPECT_EQ(output.next(), "hello");
    EXPECT_EQ(text_of(host->act(id, {{"type", "send"}, {"text", "after"}}), "state"), "applied");
    EXPECT_EQ(output.next(), "after");
    EXPECT_EQ(number_of(host->session(id), "pid"), pid);
    EXPECT_EQ(number_of(host->session(id), "restarts"), 0U);
  }

  support::ScratchFolder folder;
  BrokenFolder adapters;
  std::unique_ptr<TestHost> host;
  std::unique_ptr<Neighbour> neighbour;
};

TEST_P(BrokenAdapter, CostsItsOwnSessionTheReadingAndNobodyAnythingElse) {
  const std::string id = run(GetParam().id);
  ASSERT_EQ(text_of(host->wait(id, "unknown,exited"), "state"), "unknown");

  const auto errors = of_kind(host->events(id), "error");
  ASSERT_EQ(errors.size(), 1U);
  const json::object& told = errors.front().at("data").as_object();
  EXPECT_EQ(text_of(told, "code"), "adapter_failed");
  EXPECT_EQ(text_of(told, "failure"), GetParam().failure);
  EXPECT_THAT(text_of(told, "text"), testing::StartsWith("the adapter '" + std::string(GetParam().id) + "' failed"));
  EXPECT_THAT(text_of(told, "text"), testing::HasSubstr(GetParam().why));
  EXPECT_THAT(host->paddock({"logs", id}).out, testing::HasSubstr(GetParam().why));

  neighbour->expect_undisturbed();
  expect_agent_goes_on(id);
  EXPECT_EQ(text_of(host->session(id), "state"), "unknown");

  EXPECT_EQ(text_of(host->act(id, {{"type", "stop"}}), "state"), "applied");
  EXPECT_EQ(exit_reason(host->wait(id, "exited")), "stopped");
  const auto outcomes = of_kind(host->events(id), "outcome");
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(text_of(outcomes.front().at("data").as_object(), "result"), "unknown");
  neighbour->expect_undisturbed();
}

const Failing kFailing[] = {
    {"aborts", "crash", "its process ended"},
    {"segfaults", "crash", "its process ended"},
    {"throws-in-feed", "crash", "its process ended"},
    {"opens-file", "crash", "its process ended", true},
    {"opens-socket", "crash", "its process ended", true},
    {"forks", "crash", "its process ended", true},
    {"kills-parent", "crash", "its process ended", true},
    {"loops", "hang", "it did not answer within 5 s"},
    {"eats-memory", "internal", "it says that it is broken", true},
    {"emits-1-gb", "internal", "over 16 MiB of output from one call"},
    {"huge-body", "internal", "an event's body has 307200 bytes, over 256 KiB"},
    {"lies-in-event", "internal", "an event's body has 70368744177664 bytes, over 256 KiB"},
    {"backwards-range", "internal", "an event's byte range ends before it begins"},
    {"past-the-end", "contract", "an event names the bytes 0 to 106 of 'stdout', of which 6 were read"},
    {"speaks-frames", "contract", "the adapter process broke the protocol: unknown frame type 99"},
};

INSTANTIATE_TEST_SUITE_P(InFeed, BrokenAdapter, testing::ValuesIn(kFailing), [](const auto& failing) {
  std::string name = failing.param.id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

/// Adapters that say nonsense which is no failure: it is shown as what it is, and their session goes on read.
class OddAdapter : public BrokenAdapter {
 protected:
  void SetUp() override { start(); }

  std::vector<json::object> until(const std::string& id, const std::string& text) {
    const std::string stream_id = text_of(host->api().get("/v1/host").json().as_object(), "stream_id");
    auto stream = host->api().stream("/v1/watch?session=" + id + "&cursor=" + stream_id + ":0");
    for (auto line = stream.next(); line; line = stream.next()) {
      if (line->find(text) != std::string::npos) return host->events(id);
    }
    ADD_FAILURE() << "no event with " << text;
    return {};
  }

  void expect_read_to_the_end(const std::string& id, const std::string& result) {
    neighbour->expect_undisturbed();
    host->act(id, {{"type", "stop"}});
    EXPECT_EQ(exit_reason(host->wait(id, "exited")), "stopped");
    const auto events = host->events(id);
    EXPECT_TRUE(of_kind(events, "error").empty());
    const auto outcomes = of_kind(events, "outcome");
    ASSERT_EQ(outcomes.size(), 1U);
    EXPECT_EQ(text_of(outcomes.front().at("data").as_object(), "result"), result);
    EXPECT_EQ(text_of(events.back().at("data").as_object(), "state"), "exited") << "something came after the end";
  }
};

TEST_F(OddAdapter, KindsOfALaterVersionAreKeptAsUnknown) {
  const std::string id = run("unknown-kind");
  const auto unknown = of_kind(until(id, "bad_event"), "unknown");
  ASSERT_EQ(unknown.size(), 3U);
  EXPECT_EQ(number_of(unknown[0].at("data").as_object(), "adapter_kind"), 4711U);
  EXPECT_EQ(text_of(unknown[0].at("data").as_object(), "text"), "from tomorrow");
  EXPECT_TRUE(unknown[1].at("data").as_object().contains("adapter_kind"));
  EXPECT_EQ(text_of(unknown[2].at("data").as_object(), "what"), "bad_event");
  expect_read_to_the_end(id, "success");
}

TEST_F(OddAdapter, AnEndThatIsToldBeforeTheEndChangesNothing) {
  const std::string id = run("out-of-order");
  const auto events = until(id, "\"ref\":\"never\"");
  EXPECT_TRUE(of_kind(events, "outcome").empty());
  EXPECT_NE(text_of(host->session(id), "state"), "exited") << "the agent lives, whatever its adapter says";
  expect_read_to_the_end(id, "success");
}

TEST_F(OddAdapter, WhatAnAdapterPrintsGoesNowhere) {
  const std::string id = run("writes-stdout");
  (void)until(id, "printed");
  EXPECT_EQ(host->api().get("/v1/sessions/" + id + "/output").body, "hello\n");
  expect_read_to_the_end(id, "success");
}

TEST_F(OddAdapter, OneThatCrashesInItsPlanStartsNothingAndLeavesNothing) {
  const auto reply = host->api().post("/v1/sessions", {{"adapter", "crashes-in-plan"}, {"keep_open", true}});
  EXPECT_EQ(reply.status, 422) << reply.body;
  EXPECT_EQ(reply.code(), "adapter_refused");
  EXPECT_THAT(reply.body, testing::HasSubstr("the adapter's process ended during 'plan'"));
  EXPECT_EQ(host->api().get("/v1/sessions").json().at("items").as_array().size(), 1U) << "only the neighbour";
  neighbour->expect_undisturbed();
}

}  // namespace
}  // namespace paddock::integration
