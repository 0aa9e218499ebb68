// Series of single sessions: there while it lives, gone afterwards, never too many.
#include <gtest/gtest.h>

#include "metrics/page.hpp"
#include "metrics/registry.hpp"

namespace paddock {
namespace {

using metrics_test::Page;

metrics::SessionSample sample(session::State state = session::State::working, const std::string& adapter = "claude") {
  metrics::SessionSample sample;
  sample.id = base::SessionId::make();
  sample.adapter = adapter;
  sample.state = state;
  return sample;
}

Page page_of(std::vector<metrics::SessionSample> samples, std::size_t most = 500) {
  metrics::Registry registry({"1", "r", {}, most});
  registry.set_session_source([&samples] { return samples; });
  return Page(registry.text());
}

TEST(SessionSeries, ShowEverythingThatIsKnown) {
  metrics::SessionSample full = sample();
  full.last_event = base::WallTime(std::chrono::milliseconds(1'700'000'000'500));
  full.context_used = 0.25;
  full.cpu_user_seconds = 1.5;
  full.cpu_system_seconds = 0.5;
  full.cpu_throttled_seconds = 3;
  full.memory_bytes = 100;
  full.memory_peak_bytes = 200;
  full.memory_limit_bytes = 300;
  full.memory_low = 1;
  full.memory_high = 2;
  full.memory_max = 3;
  full.memory_oom = 4;
  full.oom_kills = 5;
  full.read_bytes = 6;
  full.write_bytes = 7;
  full.pids = 8;
  full.pressure = {{"memory", 9.0, 10.0}};
  const std::string who = R"(session_id=")" + full.id.str() + R"(",adapter="claude")";

  const Page page = page_of({full});

  EXPECT_EQ(page.value("paddock_session_state{" + who + R"(,state="working"})"), 1);
  EXPECT_EQ(page.value("paddock_session_state{" + who + R"(,state="idle"})"), 0);
  EXPECT_EQ(page.value("paddock_session_last_event_timestamp_seconds{" + who + "}"), 1'700'000'000.5);
  EXPECT_EQ(page.value("paddock_context_used_ratio{" + who + "}"), 0.25);
  EXPECT_EQ(page.value("paddock_session_cpu_seconds_total{" + who + R"(,mode="user"})"), 1.5);
  EXPECT_EQ(page.value("paddock_session_cpu_seconds_total{" + who + R"(,mode="system"})"), 0.5);
  EXPECT_EQ(page.value("paddock_session_cpu_throttled_seconds_total{" + who + "}"), 3);
  EXPECT_EQ(page.value("paddock_session_memory_current_bytes{" + who + "}"), 100);
  EXPECT_EQ(page.value("paddock_session_memory_peak_bytes{" + who + "}"), 200);
  EXPECT_EQ(page.value("paddock_session_memory_limit_bytes{" + who + "}"), 300);
  EXPECT_EQ(page.value("paddock_session_memory_events_total{" + who + R"(,kind="low"})"), 1);
  EXPECT_EQ(page.value("paddock_session_memory_events_total{" + who + R"(,kind="oom"})"), 4);
  EXPECT_EQ(page.value("paddock_session_oom_kills_total{" + who + "}"), 5);
  EXPECT_EQ(page.value("paddock_session_io_bytes_total{" + who + R"(,direction="read"})"), 6);
  EXPECT_EQ(page.value("paddock_session_io_bytes_total{" + who + R"(,direction="write"})"), 7);
  EXPECT_EQ(page.value("paddock_session_pids{" + who + "}"), 8);
  EXPECT_EQ(page.value("paddock_session_pressure_stalled_seconds_total{" + who + R"(,resource="memory",kind="some"})"),
            9);
  EXPECT_EQ(page.value("paddock_session_pressure_stalled_seconds_total{" + who + R"(,resource="memory",kind="full"})"),
            10);
}

TEST(SessionSeries, LeaveOutWhatIsNotKnown) {
  const Page page = page_of({sample()});

  EXPECT_EQ(page.count("session_id="), 6U);  // one for each state
  EXPECT_EQ(page.type("paddock_session_memory_current_bytes"), "");
}

TEST(SessionSeries, AreGoneWhenTheSessionIs) {
  std::vector<metrics::SessionSample> samples{sample()};
  metrics::Registry registry;
  registry.set_session_source([&samples] { return samples; });
  EXPECT_EQ(Page(registry.text()).labels("session_id").size(), 1U);

  samples.clear();

  EXPECT_EQ(Page(registry.text()).count("session_id="), 0U);
}

TEST(SessionSeries, OfAnEndedSessionAreNotThereEvenIfItIsTold) {
  EXPECT_EQ(page_of({sample(session::State::exited)}).count("session_id="), 0U);
}

TEST(SessionSeries, AreCapped) {
  std::vector<metrics::SessionSample> samples;
  for (int i = 0; i < 30; ++i) samples.push_back(sample());

  const Page page = page_of(samples, 20);

  EXPECT_EQ(page.labels("session_id").size(), 20U);
  EXPECT_EQ(page.value(R"(paddock_sessions{adapter="claude",state="working",target="local"})"), 30);
}

TEST(SessionSeries, CanBeSwitchedOff) { EXPECT_EQ(page_of({sample()}, 0).count("session_id="), 0U); }

TEST(SessionGauges, CountSessionsByAdapterAndState) {
  const Page page =
      page_of({sample(), sample(), sample(session::State::idle), sample(session::State::blocked, "exec")});

  EXPECT_EQ(page.value(R"(paddock_sessions{adapter="claude",state="working",target="local"})"), 2);
  EXPECT_EQ(page.value(R"(paddock_sessions{adapter="claude",state="idle",target="local"})"), 1);
  EXPECT_EQ(page.value(R"(paddock_sessions{adapter="claude",state="blocked",target="local"})"), 0);
  EXPECT_EQ(page.value(R"(paddock_sessions{adapter="exec",state="blocked",target="local"})"), 1);
}

TEST(SessionGauges, ShowHowManyApprovalsWaitAndHowLong) {
  metrics::SessionSample one = sample(session::State::blocked);
  one.approvals = 2;
  one.oldest_approval = base::wall_now() - std::chrono::seconds(700);
  metrics::SessionSample two = sample(session::State::blocked);
  two.approvals = 1;
  two.oldest_approval = base::wall_now() - std::chrono::seconds(60);

  const Page page = page_of({one, two});

  EXPECT_EQ(page.value(R"(paddock_approvals_pending{adapter="claude"})"), 3);
  const double oldest = page.value(R"(paddock_approval_oldest_pending_seconds{adapter="claude"})").value();
  EXPECT_GE(oldest, 699);
  EXPECT_LT(oldest, 1500);
}

TEST(AdapterGauges, ShowTheTableAsItIsNow) {
  metrics::Registry registry;
  registry.set_session_source([] { return std::vector<metrics::SessionSample>(); });
  registry.set_adapters({{"claude", "1.0.0", "1.0", "2.1.197", true}, {"codex", "1.0.0", "1.0", "", false}});
  const Page before(registry.text());
  registry.set_adapters({{"claude", "1.1.0", "1.0", "2.1.197", true}});
  const Page after(registry.text());

  EXPECT_EQ(before.value(R"(paddock_adapter_up{adapter="codex"})"), 0);
  EXPECT_EQ(before.value(R"(paddock_sessions{adapter="codex",state="idle",target="local"})"), 0);
  EXPECT_EQ(after.labels("adapter_version"), std::set<std::string>{"1.1.0"});
  EXPECT_FALSE(after.value(R"(paddock_adapter_up{adapter="codex"})"));
  EXPECT_EQ(after.value(R"(paddock_adapter_up{adapter="claude"})"), 1);
}

TEST(HostGauges, AreReadWhenSomebodyScrapes) {
  metrics::Registry registry;
  std::uint64_t bytes = 1;
  registry.set_host_source([&bytes] { return metrics::HostSample{bytes, 7}; });
  bytes = 4096;

  const Page page(registry.text());

  EXPECT_EQ(page.value("paddock_store_bytes"), 4096);
  EXPECT_EQ(page.value("paddock_event_stream_lag_events"), 7);
}

TEST(ProcessGauges, TellAboutThisProcess) {
  metrics::Registry registry;

  const Page page(registry.text());

  EXPECT_GT(page.value("process_resident_memory_bytes").value(), 1e6);
  EXPECT_GT(page.value("process_virtual_memory_bytes").value(), 1e6);
  EXPECT_GE(page.value("process_cpu_seconds_total").value(), 0);
  EXPECT_GE(page.value("process_open_fds").value(), 3);
  EXPECT_GT(page.value("process_max_fds").value(), 3);
  const double now = std::chrono::duration<double>(base::wall_now().time_since_epoch()).count();
  EXPECT_GT(page.value("process_start_time_seconds").value(), now - 86'400);
  EXPECT_LE(page.value("process_start_time_seconds").value(), now + 60);
}

}  // namespace
}  // namespace paddock
