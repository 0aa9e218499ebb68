// The wrapper: nothing an adapter throws reaches the host, and the table says what the class has.
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdk/support.hpp"

namespace {

using namespace paddock::sdk;
using paddock::sdk::testing::Driver;
using ::testing::HasSubstr;

struct Thrown {};

/// Throws what the first byte asks for.
class Thrower final : public Plain<Session> {
 public:
  static json::object plan(const Launch& launch) {
    raise(launch.prompt(), "plan");
    return {{"argv", {"cat"}}};
  }
  explicit Thrower(const Launch& launch) : Plain(launch) { raise(launch.model(), "constructor"); }
  void started(Now, Sink&) override { raise(next, "started"); }
  void feed(Now, std::uint32_t, std::string_view bytes, Sink& sink) override {
    sink.event({.kind = Kind::message, .body = {{"text", bytes}}});
    raise(bytes, "feed");
  }
  void eof(Now, std::uint32_t, Sink&) override { raise(next, "eof"); }
  Status command(Now, const Command& command, Sink&) override {
    raise(command.text("text"), "command");
    return Status::not_now;
  }
  void tick(Now, Sink&) override { raise(next, "tick"); }
  void exited(Now, const Exit&, Sink&) override { raise(next, "exited"); }

  static inline std::string next;

 private:
  static void raise(std::string_view what, const std::string& where) {
    if (what == "std") throw std::runtime_error("broken in " + where);
    if (what == "memory") throw std::bad_alloc();
    if (what == "foreign") throw Thrown{};
    if (what == "number") throw 42;
    if (what == "refuse") throw Refusal(Status::unsupported, "no_way", "'" + where + "' says no");
  }
};

/// plan()'s status and diagnostic.
struct Planned {
  pdk_status status;
  std::string text, code, message;
};

Planned plan_with(const pdk_adapter& adapter, std::string_view request) {
  Planned planned{};
  const pdk_out out{sizeof(pdk_out), 0, &planned,
                    [](const pdk_out* o, pdk_str s) { static_cast<Planned*>(o->host)->text.append(s.data, s.len); },
                    [](const pdk_out* o, std::uint32_t, pdk_str code, pdk_str message) {
                      static_cast<Planned*>(o->host)->code.assign(code.data, code.len);
                      static_cast<Planned*>(o->host)->message.assign(message.data, message.len);
                    }};
  const pdk_launch launch{sizeof(pdk_launch), 0, {request.data(), request.size()}};
  planned.status = adapter.plan(&adapter, &launch, &out);
  return planned;
}

pdk_status open_with(const pdk_adapter& adapter, std::string_view request, pdk_session** session) {
  const pdk_launch launch{sizeof(pdk_launch), 0, {request.data(), request.size()}};
  const pdk_host host{sizeof(pdk_host), 1, 0, {"t", 1}, {"0", 1}};
  return adapter.open(&adapter, &host, &launch, session);
}

TEST(Wrapper, TurnsWhatPlanThrowsIntoAStatusAndOneDiagnostic) {
  const Planned thrown = plan_with(table_of<Thrower>(), R"({"prompt":"std"})");
  EXPECT_EQ(thrown.status, PDK_E_INTERNAL);
  EXPECT_EQ(thrown.code, "exception");
  EXPECT_EQ(thrown.message, "plan: broken in plan");
  EXPECT_EQ(thrown.text, "");
  EXPECT_EQ(plan_with(table_of<Thrower>(), R"({"prompt":"memory"})").code, "out_of_memory");
  EXPECT_EQ(plan_with(table_of<Thrower>(), R"({"prompt":"foreign"})").message,
            "plan: something that is no std::exception was thrown");
  EXPECT_EQ(plan_with(table_of<Thrower>(), R"({"prompt":"number"})").status, PDK_E_INTERNAL);
}

TEST(Wrapper, PassesARefusalOfPlanOnInItsOwnWords) {
  const Planned refused = plan_with(table_of<Thrower>(), R"({"prompt":"refuse"})");
  EXPECT_EQ(refused.status, PDK_E_UNSUPPORTED);
  EXPECT_EQ(refused.code, "no_way");
  EXPECT_EQ(refused.message, "'plan' says no");
}

TEST(Wrapper, TellsAlreadyInThePlanThatTheConstructorThrows) {
  const Planned thrown = plan_with(table_of<Thrower>(), R"({"model":"std"})");
  EXPECT_EQ(thrown.status, PDK_E_INTERNAL);
  EXPECT_EQ(thrown.message, "plan: broken in constructor");
  EXPECT_EQ(thrown.text, "");
  EXPECT_EQ(plan_with(table_of<Thrower>(), R"({"model":"refuse"})").code, "no_way");
}

TEST(Wrapper, GivesNoSessionWhenTheConstructorThrows) {
  for (const char* what : {"std", "memory", "foreign", "number"}) {
    pdk_session* session = reinterpret_cast<pdk_session*>(1);
    EXPECT_EQ(open_with(table_of<Thrower>(), std::string(R"({"model":")") + what + "\"}", &session), PDK_E_INTERNAL)
        << what;
    EXPECT_EQ(session, nullptr);
  }
}

TEST(Wrapper, RefusesRequestsThatAreNoJsonObject) {
  pdk_session* session = nullptr;
  for (const char* bad : {"[]", "{", "null", "{\"a\":\x01}"}) {
    EXPECT_EQ(plan_with(table_of<Thrower>(), bad).status, PDK_E_ARGUMENT) << bad;
    EXPECT_EQ(open_with(table_of<Thrower>(), bad, &session), PDK_E_ARGUMENT) << bad;
  }
  EXPECT_EQ(plan_with(table_of<Thrower>(), "").status, PDK_OK);
}

TEST(Wrapper, TurnsWhatFeedThrowsIntoAStatusAndKeepsTheEventsBefore) {
  for (const char* what : {"std", "memory", "foreign", "number"}) {
    Driver driver(table_of<Thrower>(), {});
    driver.feed(PDK_CH_STDOUT, what);
    EXPECT_EQ(driver.seen().failures, std::vector<pdk_status>{PDK_E_INTERNAL}) << what;
    ASSERT_EQ(driver.seen().diags.size(), 1U);
    EXPECT_THAT(driver.seen().diags[0].message, HasSubstr("feed"));
    EXPECT_EQ(driver.seen().events.size(), 1U);
  }
}

TEST(Wrapper, CatchesInEveryOtherFunctionToo) {
  Driver driver(table_of<Thrower>(), {});
  Thrower::next = "std";
  driver.started();
  driver.eof(PDK_CH_STDOUT);
  driver.tick();
  driver.exited(0);
  Thrower::next.clear();
  EXPECT_EQ(driver.seen().failures, std::vector<pdk_status>(4, PDK_E_INTERNAL));
  EXPECT_EQ(driver.command(PDK_CMD_PROMPT, "", {{"text", "foreign"}}), PDK_E_INTERNAL);
}

TEST(Wrapper, AnswersCommandsWithTheStatusOfTheClass) {
  Driver driver(table_of<Thrower>(), {});
  EXPECT_EQ(driver.command(PDK_CMD_PROMPT, "", {{"text", "fine"}}), PDK_E_NOT_NOW);
  EXPECT_EQ(driver.command(PDK_CMD_PROMPT, "", {{"text", "refuse"}}), PDK_E_UNSUPPORTED);
  EXPECT_EQ(driver.command(99, "", {}), PDK_E_UNSUPPORTED);
  EXPECT_EQ(driver.command(0, "", {}), PDK_E_UNSUPPORTED);
}

TEST(Wrapper, SurvivesAHostThatPassesNull) {
  const pdk_adapter& adapter = table_of<Thrower>();
  const pdk_now now{sizeof(pdk_now), 0, 1, 1};
  const pdk_sink sink{sizeof(pdk_sink), 0, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr};
  EXPECT_EQ(adapter.plan(&adapter, nullptr, nullptr), PDK_E_ARGUMENT);
  EXPECT_EQ(adapter.open(&adapter, nullptr, nullptr, nullptr), PDK_E_ARGUMENT);
  EXPECT_EQ(adapter.started(nullptr, &now, &sink), PDK_E_ARGUMENT);
  EXPECT_EQ(adapter.feed(nullptr, nullptr, 1, {nullptr, 0}, nullptr), PDK_E_ARGUMENT);
  EXPECT_EQ(adapter.exited(nullptr, &now, nullptr, &sink), PDK_E_ARGUMENT);
  adapter.close(nullptr);
}

TEST(Wrapper, LeavesOutSinkFunctionsThatAHostDoesNotHave) {
  pdk_session* session = nullptr;
  const pdk_adapter& adapter = table_of<Thrower>();
  ASSERT_EQ(open_with(adapter, "{}", &session), PDK_OK);
  const pdk_now now{sizeof(pdk_now), 0, 1, 1};
  const pdk_sink mute{sizeof(pdk_sink), 0, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr};
  const std::uint8_t text[] = "std";
  EXPECT_EQ(adapter.feed(session, &now, PDK_CH_STDOUT, {text, 3}, &mute), PDK_E_INTERNAL);
  adapter.close(session);
}

/// Reports the time and the exit that it was given.
class Reporter final : public Plain<Session> {
 public:
  using Plain::Plain;
  void feed(Now now, std::uint32_t channel, std::string_view, Sink& sink) override {
    sink.event({.kind = Kind::notice, .body = {{"ns", now.mono_ns}, {"ms", now.unix_ms}}, .source = {channel, 1, 2}});
  }
  void exited(Now, const Exit& exit, Sink& sink) override {
    sink.event({.kind = Kind::outcome, .body = {{"cause", exit.cause}, {"code", exit.code}, {"signal", exit.signal}}});
  }
};

TEST(Wrapper, ReadsStructsOfOlderAndNewerHosts) {
  pdk_session* session = nullptr;
  ASSERT_EQ(open_with(table_of<Reporter>(), "{}", &session), PDK_OK);
  paddock::sdk::testing::Recorded seen;
  std::vector<std::string> bodies;
  const pdk_sink sink{sizeof(pdk_sink),
                      0,
                      &bodies,
                      [](const pdk_sink* s, const pdk_event* e) {
                        static_cast<std::vector<std::string>*>(s->host)->emplace_back(e->body.data, e->body.len);
                      },
                      nullptr,
                      nullptr,
                      nullptr,
                      nullptr,
                      nullptr};
  const std::uint8_t byte = 'x';
  // An older host whose pdk_now ends before unix_ms; what lies behind is not ours.
  const pdk_now old{offsetof(pdk_now, unix_ms), 0, 7, 999};
  EXPECT_EQ(table_of<Reporter>().feed(session, &old, 1, {&byte, 1}, &sink), PDK_OK);
  struct {
    pdk_exit exit;
    std::uint64_t more;
  } newer{{sizeof(pdk_exit) + 8, 2, -1, 9}, 0xFFFF};
  EXPECT_EQ(table_of<Reporter>().exited(session, &old, &newer.exit, &sink), PDK_OK);
  EXPECT_EQ(bodies, (std::vector<std::string>{R"({"ns":7,"ms":0})", R"({"cause":2,"code":-1,"signal":9})"}));
  table_of<Reporter>().close(session);
}

/// Overrides everything but offers no probe.
TEST(Wrapper, LeavesSlotsOfMissingMethodsNull) {
  const pdk_adapter& reporter = table_of<Reporter>();
  EXPECT_EQ(reporter.started, nullptr);
  EXPECT_EQ(reporter.eof, nullptr);
  EXPECT_EQ(reporter.command, nullptr);
  EXPECT_EQ(reporter.tick, nullptr);
  EXPECT_EQ(reporter.extension, nullptr);
  const pdk_adapter& thrower = table_of<Thrower>();
  EXPECT_NE(thrower.started, nullptr);
  EXPECT_NE(thrower.eof, nullptr);
  EXPECT_NE(thrower.command, nullptr);
  EXPECT_NE(thrower.tick, nullptr);
  EXPECT_EQ(thrower.size, 104U);
  EXPECT_EQ(thrower.abi_major, PDK_ABI_MAJOR);
  EXPECT_EQ(thrower.needs_minor, 0);
}

class Probing final : public Plain<Session> {
 public:
  using Plain::Plain;
  void feed(Now, std::uint32_t, std::string_view, Sink&) override {}
  static json::object probe_plan() { return {{"commands", json::array{json::array{"cat", "--version"}}}}; }
  static json::object probe_result(const json::object& findings) {
    if (findings.empty()) throw std::runtime_error("nothing found");
    return {{"state", "healthy"}};
  }
};

TEST(Wrapper, OffersTheProbeUnderItsExactId) {
  const pdk_adapter& adapter = table_of<Probing>();
  ASSERT_NE(adapter.extension, nullptr);
  EXPECT_EQ(adapter.extension(&adapter, "paddock.probe/2"), nullptr);
  EXPECT_EQ(adapter.extension(&adapter, "paddock.probe/1x"), nullptr);
  EXPECT_EQ(adapter.extension(&adapter, nullptr), nullptr);
  const auto* probe = static_cast<const pdk_probe*>(adapter.extension(&adapter, PDK_EXT_PROBE));
  ASSERT_NE(probe, nullptr);
  Planned planned{};
  const pdk_out out{sizeof(pdk_out), 0, &planned,
                    [](const pdk_out* o, pdk_str s) { static_cast<Planned*>(o->host)->text.append(s.data, s.len); },
                    [](const pdk_out* o, std::uint32_t, pdk_str, pdk_str message) {
                      static_cast<Planned*>(o->host)->message.assign(message.data, message.len);
                    }};
  EXPECT_EQ(probe->plan(&adapter, &out), PDK_OK);
  EXPECT_EQ(planned.text, R"({"commands":[["cat","--version"]]})");
  EXPECT_EQ(probe->result(&adapter, {"{}", 2}, &out), PDK_E_INTERNAL);
  EXPECT_EQ(planned.message, "probe result: nothing found");
  EXPECT_EQ(probe->result(&adapter, {"[", 1}, &out), PDK_E_ARGUMENT);
}

TEST(Wrapper, KeepsTheManifestAsConstantData) {
  const pdk_manifest& manifest = *table_of<Reporter>().manifest;
  EXPECT_EQ(std::string(manifest.id.data, manifest.id.len), "test");
  EXPECT_EQ(manifest.size, sizeof(pdk_manifest));
  EXPECT_EQ(manifest.event_schema, PDK_EVENT_SCHEMA);
}

}  // namespace
