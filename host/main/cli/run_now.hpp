// Runs one coroutine to its end on a context of its own: for commands that do one thing.
#pragma once

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "main/cli/outcome.hpp"

namespace paddock::cli {

/// Keeps what `work` comes to in `out`, which outlives it.
template <class T>
boost::asio::awaitable<void> keep(boost::asio::awaitable<Outcome<T>> work, std::optional<Outcome<T>>* out) {
  out->emplace(co_await std::move(work));
}

/// What `work` comes to. An exception of the work leaves here.
template <class T>
Outcome<T> run_now(boost::asio::awaitable<Outcome<T>> work) {
  boost::asio::io_context context(1);
  std::optional<Outcome<T>> out;
  boost::asio::co_spawn(context, keep(std::move(work), &out), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  context.run();
  if (!out) return failure(ExitCode::failed, "internal", "the work was not carried out");
  return std::move(*out);
}

}  // namespace paddock::cli
