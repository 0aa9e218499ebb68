// A whole host on a machine of its own: real use cases, real link, everything else in memory.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>

#include "control/fake_machine.hpp"
#include "control/local_host.hpp"
#include "control/memory_store.hpp"
#include "metrics/registry.hpp"
#include "support/scratch.hpp"
#include "watch/hub.hpp"

namespace paddock::control::testing {

/// Patience for things that take microseconds.
inline constexpr std::chrono::seconds patience{20};

/// What `--describe` prints for an adapter of that id.
std::string description(const std::string& id, const std::string& file);

class Bench {
 public:
  Bench();
  ~Bench();

  /// A host over the store and the machine as they are: the first, or the next after crash().
  void boot();
  /// The daemon dies: nothing it had in memory survives, the runners do.
  void crash();

  /// Runs the coroutine to its end.
  template <class T>
  T run(boost::asio::awaitable<T> work) {
    std::optional<T> result;
    boost::asio::co_spawn(io, std::move(work), [&result](const std::exception_ptr& failure, T value) {
      if (failure) std::rethrow_exception(failure);
      result.emplace(std::move(value));
    });
    until([&result] { return result.has_value(); });
    return std::move(*result);
  }

  void run(boost::asio::awaitable<void> work);

  /// Runs everything until `happened`; throws when it does not.
  void until(const std::function<bool()>& happened);
  /// Runs everything that can run without waiting.
  void settle();

  /// Starts a session that waits for prompts and is idle; its id.
  std::string idle_session(const std::string& name = {}, const std::string& policy = "default");
  Answer start(session::Request request, std::string key = {});
  base::Result<Answer> try_start(session::Request request, std::string key = {});
  base::Result<Answer> act(const std::string& key, boost::json::object body, std::string idempotency_key = {});
  session::Record record(const std::string& key);

  boost::asio::io_context io;
  support::ScratchFolder scratch;
  MemoryStore store;
  World world{io};
  Settings settings;
  std::unique_ptr<metrics::Registry> metrics;
  std::unique_ptr<watch::Hub> hub;
  std::unique_ptr<LocalHost> host;

 private:
  struct Past {
    std::unique_ptr<metrics::Registry> metrics;
    std::unique_ptr<watch::Hub> hub;
    std::unique_ptr<LocalHost> host;
  };
  std::vector<Past> past_;
};

/// A request for the adapter of the bench.
session::Request request(std::optional<std::string> prompt = std::nullopt);

}  // namespace paddock::control::testing
