// Finding out what a probe wants to know.
#include "runner/probe.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include <poll.h>
#include <unistd.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "adapter/describe.hpp"
#include "base/time.hpp"
#include "process/process.hpp"

namespace paddock::runner {
namespace json = boost::json;

namespace {

constexpr std::chrono::seconds kCommandTime{5};  // sdk/include/paddock/adapter.h, pdk_probe.result
constexpr std::size_t kOutputBytes = 64U << 10U;

/// A copy of the variable; null when it is not set. This program has one thread.
const char* variable(const char* name) {
  return std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
}

std::vector<std::string> own_environment() {
  std::vector<std::string> out;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) out.emplace_back(*entry);
  return out;
}

/// Appends what is there; false at the end.
bool read_some(int fd, std::string& into) {
  std::array<char, 4096> chunk;
  const ssize_t got = ::read(fd, chunk.data(), chunk.size());
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  into.append(chunk.data(), std::min(std::size_t(got), kOutputBytes - std::min(into.size(), kOutputBytes)));
  return got > 0;
}

/// Reads both streams and waits for the end, until the deadline.
bool follow(const process::Child& child, std::string& out, std::string& err) {
  const auto deadline = base::mono_now() + kCommandTime;
  std::array<pollfd, 3> watched{
      {{child.out.get(), POLLIN, 0}, {child.err.get(), POLLIN, 0}, {child.pidfd.get(), POLLIN, 0}}};
  while (watched[2].fd >= 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - base::mono_now());
    if (left.count() <= 0) return false;
    if (::poll(watched.data(), watched.size(), int(left.count())) < 0 && errno != EINTR) return false;
    if (watched[0].revents != 0 && !read_some(watched[0].fd, out)) watched[0].fd = -1;
    if (watched[1].revents != 0 && !read_some(watched[1].fd, err)) watched[1].fd = -1;
    if (watched[2].revents != 0) watched[2].fd = -1;
  }
  while (read_some(child.out.get(), out) && errno != EAGAIN && out.size() < kOutputBytes) errno = 0;
  return true;
}

json::object run(const json::array& words) {
  json::object found{{"found", false}, {"code", -1}, {"out", ""}, {"err", ""}};
  process::Spec spec;
  for (const json::value& word : words) {
    if (word.is_string()) spec.argv.emplace_back(word.get_string());
  }
  if (spec.argv.empty()) return found;
  const char* path = variable("PATH");
  auto program = process::resolve_program(spec.argv.front(), path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path);
  if (!program) return found;
  found["found"] = true;
  found["path"] = *program;
  spec.program = *program;
  spec.environment = own_environment();
  auto child = process::start(spec);
  if (!child) return found;
  child->in.reset();
  std::string out, err;
  const bool ended = follow(*child, out, err);
  if (!ended) {
    (void)process::send_signal(child->pidfd.get(), SIGKILL);
    pollfd end{child->pidfd.get(), POLLIN, 0};
    (void)::poll(&end, 1, -1);
  }
  const auto exit = process::reap(child->pidfd.get());
  if (ended && exit) found["code"] = exit->code.value_or(-1);
  found["out"] = out;
  found["err"] = err;
  return found;
}

bool is_there(std::string_view path) {
  std::error_code ec;
  const char* home = variable("HOME");
  if (path.starts_with("~/") && home != nullptr) {
    return std::filesystem::exists(std::filesystem::path(home) / path.substr(2), ec);
  }
  return std::filesystem::exists(path, ec);
}

/// Applies `look` to every text of the list named `key`.
template <class Look>
json::array look_at(const json::object& plan, std::string_view key, Look look) {
  json::array out;
  const json::value* list = plan.if_contains(key);
  if (list == nullptr || !list->is_array()) return out;
  for (const json::value& item : list->get_array()) out.push_back(look(item));
  return out;
}

}  // namespace

base::Result<json::object> probe(const std::filesystem::path& library) {
  auto plan = adapter::probe_plan(library);
  if (!plan) return plan.error();
  const auto text = [](const json::value& item) {
    return item.is_string() ? std::string(item.get_string()) : std::string();
  };
  json::object findings;
  findings["commands"] = look_at(*plan, "commands", [](const json::value& item) {
    return run(item.is_array() ? item.get_array() : json::array());
  });
  findings["files"] = look_at(*plan, "files", [&text](const json::value& item) { return is_there(text(item)); });
  findings["env"] =
      look_at(*plan, "env", [&text](const json::value& item) { return variable(text(item).c_str()) != nullptr; });
  return adapter::probe_result(library, json::serialize(findings));
}

}  // namespace paddock::runner
