// The way one coroutine tells others that something has come about.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/time.hpp"

namespace paddock::control {

/// A value that is set once and awaited by any number of coroutines, each with its own deadline. Use on
/// one strand, shared by pointer.
template <class T>
class OneShot {
 public:
  /// Wakes everybody who waits. The first value stays; a later one is dropped (false).
  bool set(T value) {
    const bool first = !value_;
    if (first) value_ = std::move(value);
    for (boost::asio::steady_timer* waiter : waiters_) waiter->cancel();
    return first;
  }

  const std::optional<T>& peek() const noexcept { return value_; }

  /// The value, at once when it is there; nothing when `deadline` passed first.
  static boost::asio::awaitable<std::optional<T>> wait(std::shared_ptr<OneShot> self,
                                                       base::MonoTime deadline = base::MonoTime::max()) {
    if (!self->value_) {
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, deadline);
      const Registration registered(*self, timer);
      co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    co_return self->value_;
  }

 private:
  using Waiters = std::list<boost::asio::steady_timer*>;

  /// Takes the waiter out of the list however its coroutine ends.
  class Registration {
   public:
    Registration(OneShot& owner, boost::asio::steady_timer& timer)
        : owner_(owner), at_(owner.waiters_.insert(owner.waiters_.end(), &timer)) {}
    ~Registration() { owner_.waiters_.erase(at_); }
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

   private:
    OneShot& owner_;
    typename Waiters::iterator at_;
  };

  std::optional<T> value_;
  Waiters waiters_;
};

/// Nothing but "it happened".
struct Happened {};
using Signal = OneShot<Happened>;

}  // namespace paddock::control
