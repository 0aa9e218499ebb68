// Latency, throughput, API and scrape.
#include <thread>

#include <fmt/format.h>
#include <poll.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json.hpp>

#include "bounds.hpp"
#include "scenarios.hpp"
#include "support/host.hpp"

namespace paddock::bench {
namespace json = boost::json;
namespace http = boost::beast::http;
using Local = boost::asio::local::stream_protocol;
using support::TestHost;
namespace {

std::string verdict(bool met) { return met ? "met" : "**missed**"; }

std::string writer() { return std::string(PADDOCK_BENCH_DIR) + "/bench-writer"; }

json::object run_writer(std::initializer_list<std::string> arguments) {
  json::array args{writer()};
  for (const std::string& argument : arguments) args.emplace_back(argument);
  return {{"adapter", "exec"}, {"args", args}};
}

/// The time stamp that the writer put into its line, as found in an event.
std::optional<Clock::time_point> stamp_in(const std::string& line) {
  const std::size_t at = line.find("\"text\":\"@");
  if (at == std::string::npos) return std::nullopt;
  return Clock::time_point(Clock::duration(std::stoll(line.substr(at + 9))));
}

Samples event_latency(int lines, int per_second) {
  TestHost host;
  auto stream = host.api().stream("/v1/watch?kind=message");
  (void)host.run(run_writer({"stamps", std::to_string(lines), std::to_string(per_second)}));
  Samples samples;
  while (samples.count() < std::size_t(lines)) {
    const auto line = stream.next();
    if (!line) throw std::runtime_error("the stream ended early");
    if (const auto sent = stamp_in(*line)) samples.add(Clock::now() - *sent);
  }
  return samples;
}

/// GETs over one kept connection.
Samples request_times(const std::filesystem::path& socket_path, const std::string& target, int rounds) {
  boost::asio::io_context io;
  Local::socket socket(io);
  socket.connect(Local::endpoint(socket_path.native()));
  boost::beast::flat_buffer buffer;
  Samples samples;
  for (int i = 0; i < rounds; ++i) {
    http::request<http::string_body> request(http::verb::get, target, 11);
    request.set(http::field::host, "localhost");
    http::response<http::string_body> response;
    samples.add(timed([&] {
      http::write(socket, request);
      http::read(socket, buffer, response);
    }));
    if (response.result() != http::status::ok) throw std::runtime_error("not 200: " + response.body());
  }
  return samples;
}

void wait_finished(const TestHost& host, const std::string& id) {
  while (host.api().get("/v1/sessions/" + id + "/wait?state=exited&timeout=1h").status != 200) {
  }
}

}  // namespace

void measure_latency() {
  for (const int per_second : {1000, 5000}) {
    const Samples bound = bare_pipe(per_second * 2, per_second);
    const Samples ours = event_latency(per_second * 4, per_second);
    print({fmt::format("agent's byte to watcher's event, {}/s, stored first", per_second), "p50 < 1 ms, p99 < 5 ms",
           "pipe " + percentiles(bound), percentiles(ours),
           verdict(ours.quantile(0.5) < 1000 && ours.quantile(0.99) < 5000)});
  }
}

void measure_api() {
  TestHost host;
  const Samples bound = bare_http(5000, host.folder().path().string());
  std::string id;
  for (int i = 0; i < 1000; ++i) {
    id = host.run({{"adapter", "exec"}, {"args", json::array{"true"}}});
    if (i % 20 == 19) wait_finished(host, id);
  }
  wait_finished(host, id);
  std::vector<support::Client::Lines> watchers;
  for (int i = 0; i < 100; ++i) watchers.push_back(host.api().stream("/v1/watch"));
  const Samples ours = request_times(host.socket(), "/v1/sessions/" + id, 5000);
  print({"GET a session, 1,000 sessions, 100 watchers", "p50 < 0.3 ms, p99 < 2 ms", "bare Beast " + percentiles(bound),
         percentiles(ours), verdict(ours.quantile(0.5) < 300 && ours.quantile(0.99) < 2000)});
  const Samples list = request_times(host.socket(), "/v1/sessions?limit=100&sort=-created_at", 200);
  print({"list 100 of 1,000 sessions", "–", "", percentiles(list), ""});
}

void measure_events() {
  constexpr int kLines = 300'000;
  TestHost host;
  const double bound = bare_store(kLines, 2000, 300, host.folder().path().string());
  std::string id;
  const Micros took = timed([&] {
    id = host.run(run_writer({"lines", std::to_string(kLines), "100"}));
    wait_finished(host, id);
  });
  const double rate = kLines / took.count() * 1e6;
  print({"events stored, whole path, one session", "≥ 50,000/s", fmt::format("SQLite {:.0f}/s", bound),
         fmt::format("{:.0f}/s", rate), verdict(rate >= 50'000)});
}

void measure_capture() {
  constexpr std::size_t kTotal = 1U << 30U;
  TestHost::Options options;
  options.arguments = {"--adapter-dir", std::string(PADDOCK_BENCH_DIR) + "/adapters"};
  TestHost host(options);
  for (const std::size_t bytes : {std::size_t(4000), std::size_t(100)}) {
    const std::size_t total = bytes == 100 ? kTotal / 8 : kTotal;
    const double bound = bare_capture(total, bytes, host.folder().path().string());
    json::object request = run_writer({"bytes", std::to_string(total), std::to_string(bytes)});
    request["adapter"] = "mute";
    const Micros took = timed([&] { wait_finished(host, host.run(request)); });
    const double rate = double(total) / took.count();
    print({fmt::format("capture to the journal, writes of {} B", bytes), "≥ 50 % of the bound",
           fmt::format("{:.0f} MB/s", bound), fmt::format("{:.0f} MB/s ({:.0f} %)", rate, rate / bound * 100),
           verdict(rate >= bound / 2)});
  }
}

void measure_scrape() {
  TestHost host;
  for (int i = 0; i < 60; ++i) {
    (void)host.run({{"adapter", "exec"}, {"args", json::array{"cat"}}, {"keep_open", true}});
  }
  const Samples ours = request_times(host.socket(), "/metrics", 50);
  print({"scrape, 60 living sessions", "< 50 ms at 1,000", "–", percentiles(ours),
         verdict(ours.quantile(0.99) < 50'000)});
}

}  // namespace paddock::bench
