// One helper program from start to reaping.
#include "control/tool.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/time.hpp"

namespace paddock::control {
namespace asio = boost::asio;
namespace {

using Descriptor = asio::posix::stream_descriptor;
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kOutputBytes = 32U << 20U;
constexpr std::size_t kErrorBytes = 4096;  // enough for the sentence that says why

/// Reads to the end and keeps the beginning; what comes beyond is dropped.
asio::awaitable<void> read_errors(Descriptor& from, std::string& into) {
  std::array<char, 4096> chunk{};
  for (;;) {
    auto [ec, got] = co_await from.async_read_some(asio::buffer(chunk), kNoThrow);
    if (ec) co_return;
    into.append(chunk.data(), std::min(got, kErrorBytes - into.size()));
  }
}

/// Reads to the end; a program that prints more than we hold is killed at once: its end ends both channels.
asio::awaitable<bool> read_output(Descriptor& from, std::string& into, int pidfd) {
  std::vector<char> chunk(65536);
  bool cut = false;
  for (;;) {
    auto [ec, got] = co_await from.async_read_some(asio::buffer(chunk), kNoThrow);
    if (ec) co_return cut;
    into.append(chunk.data(), std::min(got, kOutputBytes - into.size()));
    if (into.size() < kOutputBytes || cut) continue;
    cut = true;
    (void)process::send_signal(pidfd, SIGKILL);
  }
}

asio::awaitable<bool> read_both(Descriptor& out, std::string& text, Descriptor& err, std::string& errors, int pidfd) {
  using namespace asio::experimental::awaitable_operators;
  const bool cut = co_await (read_output(out, text, pidfd) && read_errors(err, errors));
  co_return cut;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string problem_of(const base::Result<process::Exit>& exit, const std::string& errors) {
  if (!exit) return exit.error().detail;
  if (exit->signal) return fmt::format("it was ended by signal {}", *exit->signal);
  if (exit->code == 0) return {};
  return fmt::format("it ended with status {}: {}", exit->code.value_or(-1), first_line(errors));
}

}  // namespace

asio::awaitable<ToolOutput> run_tool(process::Spec spec, std::chrono::milliseconds limit) {
  using namespace asio::experimental::awaitable_operators;
  ToolOutput output;
  auto child = process::start(spec);
  if (!child) {
    output.problem = child.error().detail;
    co_return output;
  }
  const auto executor = co_await asio::this_coro::executor;
  child->in.reset();
  Descriptor out(executor, child->out.release());
  Descriptor err(executor, child->err.release());
  Descriptor ended(executor, child->pidfd.release());
  asio::steady_timer timer(executor, limit);
  std::string errors;
  auto reading = read_both(out, output.out, err, errors, ended.native_handle());
  const auto first = co_await (std::move(reading) || timer.async_wait(kNoThrow));
  const bool late = first.index() == 1;
  const bool cut = !late && std::get<0>(first);
  if (late) (void)process::send_signal(ended.native_handle(), SIGKILL);
  co_await ended.async_wait(Descriptor::wait_read, kNoThrow);
  const auto exit = process::reap(ended.native_handle());
  output.problem = late ? fmt::format("it took longer than {}", base::format_duration(limit))
                        : (cut ? "it printed too much" : problem_of(exit, errors));
  output.complete = output.problem.empty();
  co_return output;
}

}  // namespace paddock::control
