// The process that runs a session's adapter, as its runner sees it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>

#include "adapter/wire.hpp"
#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "session/adapter_call.hpp"

namespace paddock::runner {

/// Answers one call at a time. A call that takes longer than limits::adapter_call, dies or breaks the
/// protocol is the last: the process is killed and every later call fails at once. Killed with this object.
///
/// First fork(), then greet(), plan() and open(), which wait; then attach() and call().
class AdapterProcess final {
 public:
  /// Why a call has no answer, in the journal's words.
  struct Failure {
    std::string code;  ///< hang | crash | contract
    std::string detail;
  };

  /// Forks this process; the child keeps nothing but its socket and becomes adapter::serve(). Does not
  /// wait for it. Only while this process is single-threaded; what is in its memory now the library can
  /// read, so there should be nothing yet.
  static base::Result<std::unique_ptr<AdapterProcess>> fork(const std::filesystem::path& library);

  AdapterProcess(const AdapterProcess&) = delete;
  AdapterProcess& operator=(const AdapterProcess&) = delete;
  ~AdapterProcess();

  /// Waits until the library is loaded. Fails with `adapter_refused` when it is refused.
  base::Result<> greet();

  const std::filesystem::path& library() const noexcept { return library_; }
  /// What the library says about itself, known after greet(): `programs`, `id`, `version`, ...
  const boost::json::object& description() const noexcept { return description_; }
  /// Once a session is started nothing in it is needed.
  void forget_description() { description_ = {}; }
  pid_t pid() const noexcept { return pid_; }
  /// Readable when the process has ended.
  int pidfd() const noexcept { return pidfd_.get(); }

  /// The plan for `request`. Fails with `adapter_refused` and the adapter's text.
  base::Result<std::string> plan(std::string_view request);
  /// Makes the session. Fails as plan().
  base::Result<> open(std::string_view request);

  /// From now on use call(), on that executor.
  void attach(const boost::asio::any_io_executor& executor);

  using Answer = boost::system::result<session::AdapterReply, Failure>;
  /// Calls the adapter. `call` must live until the answer.
  boost::asio::awaitable<Answer> call(const session::AdapterCall& call);

  /// Ends the process; idempotent.
  void kill() noexcept;
  /// Takes the end of the process, when it has ended.
  void reap() noexcept;

 private:
  AdapterProcess() = default;
  struct Async;

  base::Result<std::string> ask(const adapter::wire::Request& request, std::string_view what);
  base::Result<std::string> wait_for_done(std::string_view what);
  void take(const adapter::wire::Response& response, session::AdapterReply& reply);
  boost::asio::awaitable<bool> receive(session::AdapterReply& reply);
  Failure failed();

  std::filesystem::path library_;
  pid_t pid_ = -1;
  base::UniqueFd pidfd_;
  base::UniqueFd socket_;
  boost::json::object description_;
  adapter::wire::ResponseReader reader_;
  std::unique_ptr<Async> async_;
  bool hung_ = false;
  bool ended_ = false;
  std::string contract_;  ///< how it broke the protocol
};

/// Called by Boost when the value of a failed Answer is taken: a bug, so it throws.
[[noreturn]] void throw_exception_from_error(const AdapterProcess::Failure& failure,
                                             const boost::source_location& where);

}  // namespace paddock::runner
