// Ready, start, failure, memory, idle.
#include <csignal>

#include <fmt/format.h>
#include <poll.h>
#include <boost/json.hpp>

#include "bounds.hpp"
#include "scenarios.hpp"
#include "support/host.hpp"

namespace paddock::bench {
namespace json = boost::json;
using support::TestHost;
namespace {

json::object cat() { return {{"adapter", "exec"}, {"args", json::array{"cat"}}, {"keep_open", true}}; }

std::string verdict(bool met) { return met ? "met" : "**missed**"; }

/// Waits for `time` of quiet, so that what is measured is not the setting up.
void settle(std::chrono::milliseconds time) { (void)::poll(nullptr, 0, int(time.count())); }

Samples ready_times(TestHost& host, int rounds) {
  Samples samples;
  for (int i = 0; i < rounds; ++i) {
    (void)host.stop();
    samples.add(timed([&] { host.start(); }));
  }
  return samples;
}

/// The next line of a stream about `session` that contains `text`.
std::string wait_line(support::Client::Lines& stream, const std::string& session, std::string_view text) {
  for (auto line = stream.next(); line; line = stream.next()) {
    if (line->find(text) != std::string::npos && line->find(session) != std::string::npos) return *line;
  }
  throw std::runtime_error("the stream ended without " + std::string(text));
}

/// The agent's process, as the event says that tells of its start.
int started_pid(support::Client::Lines& stream, const std::string& session) {
  constexpr std::string_view kPid = "\"pid\":";
  const std::string line = wait_line(stream, session, kPid);
  return std::stoi(line.substr(line.find(kPid) + kPid.size()));
}

/// A host that takes more sessions than the 64 of the default.
TestHost::Options roomy() {
  TestHost::Options options;
  options.policies.emplace_back(
      "fleet.yaml", "apiVersion: paddock/v1\nkind: Fleet\nmetadata: {name: fleet}\nsessions: {max: 1000}\n");
  return options;
}

/// Runners of this host, with their adapter processes.
std::vector<int> runners_of(const TestHost& host) {
  return processes_of(support::built_program("paddock-runner"), host.folder().path().string());
}

/// Their PSS, in KiB.
double runners_kib(const TestHost& host) {
  double kib = 0;
  for (const int pid : runners_of(host)) kib += pss_kib(pid);
  return kib;
}

void print_memory_at(const TestHost& host, int sessions) {
  settle(std::chrono::seconds(2));
  const double daemon = pss_kib(host.pid());
  const double runners = runners_kib(host) / sessions;
  print({fmt::format("daemon PSS, {} sessions", sessions), sessions < 1000 ? "< 40 MB at 1,000" : "< 40 MB", "0.1 MiB",
         fmt::format("{:.1f} MiB", daemon / 1024), verdict(daemon < 40 * 1024)});
  print({fmt::format("runner + adapter PSS a session, {} alive", sessions), "≤ 300 KiB (100 or more)", "holder 52 KiB",
         fmt::format("{:.0f} KiB", runners), sessions < 100 ? "" : verdict(runners <= 300)});
}

void print_idle(const TestHost& host, int sessions) {
  std::vector<int> pids = runners_of(host);
  pids.push_back(host.pid());
  const auto used = [&] {
    double sum = 0;
    for (const int pid : pids) sum += cpu_micros(pid);
    return sum;
  };
  const double before = used();
  const Micros window = timed([] { settle(std::chrono::seconds(20)); });
  const double percent = (used() - before) / window.count() * 100;
  print({fmt::format("idle CPU, {} sessions, daemon and all runners", sessions), "< 0.1 %", "0",
         fmt::format("{:.3f} % of a core", percent), verdict(percent < 0.1)});
}

}  // namespace

void measure_ready() {
  TestHost host;
  const Samples empty = ready_times(host, 20);
  print({"daemon ready, empty", "< 50 ms", "–", percentiles(empty), verdict(empty.quantile(0.5) < 50'000)});
  for (int i = 0; i < 1000; ++i) {
    const std::string id = host.run({{"adapter", "exec"}, {"args", json::array{"true"}}});
    if (i % 20 == 19) (void)host.wait(id, "exited");
  }
  const Samples full = ready_times(host, 10);
  print({"daemon ready, 1,000 ended sessions", "< 150 ms", "–", percentiles(full),
         verdict(full.quantile(0.5) < 150'000)});
}

void measure_start() {
  const Samples bound = bare_spawn(200);
  TestHost host;
  Samples ours;
  std::vector<std::string> ids;
  for (int i = 0; i < 200; ++i) {
    std::string id;
    ours.add(timed([&] { id = host.run(cat()); }));
    host.act(id, {{"type", "kill"}});
  }
  const double over = ours.quantile(0.5) - bound.quantile(0.5);
  const double over99 = ours.quantile(0.99) - bound.quantile(0.5);
  print({"session start, over the agent's own spawn", "p50 < 5 ms, p99 < 25 ms", "spawn " + percentiles(bound),
         fmt::format("p50 {}, p99 {}", milliseconds(over), milliseconds(over99)),
         verdict(over < 5000 && over99 < 25'000)});
}

void measure_failure() {
  const Samples bound = bare_notice(200);
  TestHost host;
  Samples ours;
  auto stream = host.api().stream("/v1/watch?kind=state");
  for (int i = 0; i < 100; ++i) {
    const std::string id = host.run(cat());
    const int pid = started_pid(stream, id);
    ours.add(timed([&] {
      (void)::kill(pid, SIGKILL);
      (void)wait_line(stream, id, R"("state":"exited")");
    }));
  }
  print({"failure on the watch stream", "p50 < 2 ms, p99 < 10 ms", "pidfd " + percentiles(bound), percentiles(ours),
         verdict(ours.quantile(0.5) < 2000 && ours.quantile(0.99) < 10'000)});
}

void measure_memory() {
  TestHost host(roomy());
  settle(std::chrono::seconds(1));
  const double idle = pss_kib(host.pid());
  print({"daemon PSS, no session", "< 15 MB", "0.1 MiB", fmt::format("{:.1f} MiB", idle / 1024),
         verdict(idle < 15 * 1024)});
  int alive = 0;
  for (const int sessions : {1, 16, 100}) {
    for (; alive < sessions; ++alive) (void)host.run(cat());
    print_memory_at(host, sessions);
    print_idle(host, sessions);
  }
}

}  // namespace paddock::bench
