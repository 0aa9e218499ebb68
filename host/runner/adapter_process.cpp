// Forking, asking and giving up an adapter process.
#include "runner/adapter_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>

#include "adapter/serve.hpp"
#include "base/limits.hpp"
#include "base/memory.hpp"
#include "link/socket.hpp"
#include "session/fields.hpp"

namespace paddock::runner {
namespace asio = boost::asio;
namespace json = boost::json;
namespace wire = adapter::wire;
using session::AdapterCall;
using session::AdapterReply;
using Socket = asio::local::stream_protocol::socket;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

wire::Now now_of(const session::Stamp& stamp) { return {stamp.mono_ns, stamp.wall.time_since_epoch().count()}; }

std::uint32_t channel_number(event::Channel channel) {
  return channel == event::Channel::tail ? PDK_CH_TAIL : std::uint32_t(channel);
}

event::Channel channel_of(std::uint32_t number) {
  if (number >= PDK_CH_TAIL) return event::Channel::tail;
  return number <= PDK_CH_HOOK ? event::Channel(number) : event::Channel::none;
}

wire::Request request_of(const AdapterCall& call) {
  const wire::Now now = now_of(call.now);
  switch (call.kind) {
    case AdapterCall::Kind::started: return wire::Started{now};
    case AdapterCall::Kind::feed: return wire::Feed{now, channel_number(call.channel), call.bytes};
    case AdapterCall::Kind::eof: return wire::Eof{now, channel_number(call.channel)};
    case AdapterCall::Kind::command: return wire::Command{now, call.command, call.ref, call.body};
    case AdapterCall::Kind::tick: return wire::Tick{now};
    case AdapterCall::Kind::exited: return wire::Exited{now, call.cause, call.code, call.signal};
  }
  return wire::Tick{now};
}

base::Error refused(std::string detail) { return base::fail(base::Errc::adapter_refused, std::move(detail)); }

[[noreturn]] void become_adapter(int socket, const std::filesystem::path& library, pid_t parent) {
  // Without its runner it is of no use, whatever ended that.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  // The hash was told by --describe; making it again would take longer than all else here.
  adapter::LoadPolicy policy;
  policy.hash = false;
  ::_exit(adapter::serve(socket, library, policy));
}

}  // namespace

struct AdapterProcess::Async {
  Async(const asio::any_io_executor& executor, int fd)
      : socket(executor, asio::local::stream_protocol(), fd), watchdog(executor) {}
  Socket socket;
  asio::steady_timer watchdog;
};

void throw_exception_from_error(const AdapterProcess::Failure& failure, const boost::source_location&) {
  throw std::logic_error("the answer of a failed adapter was taken: " + failure.detail);
}

base::Result<std::unique_ptr<AdapterProcess>> AdapterProcess::fork(const std::filesystem::path& library) {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return base::fail_errno("cannot make the adapter's socket", errno);
  }
  base::UniqueFd mine(ends[0]);
  const base::UniqueFd theirs(ends[1]);
  const pid_t self = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return base::fail_errno("cannot fork the adapter's process", errno);
  if (pid == 0) become_adapter(theirs.get(), library, self);

  std::unique_ptr<AdapterProcess> made(new AdapterProcess);
  made->pid_ = pid;
  made->pidfd_ = base::UniqueFd(int(::syscall(SYS_pidfd_open, pid, 0)));
  made->socket_ = std::move(mine);
  made->library_ = library;
  made->reader_.begin();
  return made;
}

base::Result<> AdapterProcess::greet() {
  auto hello = wait_for_done("load");
  if (!hello) return hello.error();
  boost::system::error_code ec;
  json::value said = json::parse(*hello, ec);
  if (ec || !said.is_object()) {
    return refused(fmt::format("the adapter '{}' does not describe itself", library_.string()));
  }
  description_ = std::move(said.get_object());
  return {};
}

AdapterProcess::~AdapterProcess() {
  kill();
  if (pid_ > 0 && !ended_) (void)::waitpid(pid_, nullptr, 0);  // it got SIGKILL: this is soon over
}

void AdapterProcess::kill() noexcept {
  if (pidfd_ && !ended_) (void)::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
}

void AdapterProcess::reap() noexcept {
  if (!ended_ && ::waitpid(pid_, nullptr, WNOHANG) == pid_) ended_ = true;
}

/// Reads with a deadline until the answer is whole; only before attach().
base::Result<std::string> AdapterProcess::wait_for_done(std::string_view what) {
  const auto deadline = base::mono_now() + base::limits::adapter_call;
  std::string diagnosis, text;
  pdk_status status = PDK_OK;
  const auto on_response = [&](const wire::Response& response) {
    if (const auto* diag = std::get_if<wire::Diag>(&response)) diagnosis = diag->message;
    if (const auto* done = std::get_if<wire::Done>(&response)) {
      status = done->status;
      text = done->text;
    }
  };
  while (reader_.waiting()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - base::mono_now());
    pollfd ready{socket_.get(), POLLIN, 0};
    if (left.count() <= 0 || ::poll(&ready, 1, int(left.count())) == 0) {
      return refused(fmt::format("the adapter did not answer '{}' in time", what));
    }
    std::array<char, 4096> chunk;
    const ssize_t got = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return refused(fmt::format("the adapter's process ended during '{}'", what));
    if (auto fed = reader_.feed({chunk.data(), std::size_t(got)}, on_response); !fed)
      return refused(fed.error().detail);
  }
  if (status == PDK_OK) return text;
  boost::system::error_code ec;
  const json::value refusal = json::parse(text.empty() ? "{}" : text, ec);
  if (diagnosis.empty() && !ec && refusal.is_object())
    diagnosis = session::text_or_empty(refusal.get_object(), "message");
  return refused(diagnosis.empty() ? fmt::format("the adapter refused '{}' with status {}", what, status) : diagnosis);
}

base::Result<std::string> AdapterProcess::ask(const wire::Request& request, std::string_view what) {
  const std::string frame = wire::encode(request);
  reader_.begin();
  std::string_view rest = frame;
  while (!rest.empty()) {
    const ssize_t sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return refused(fmt::format("the adapter's process ended before '{}'", what));
    rest.remove_prefix(std::size_t(sent));
  }
  return wait_for_done(what);
}

base::Result<std::string> AdapterProcess::plan(std::string_view request) { return ask(wire::Plan{request}, "plan"); }

base::Result<> AdapterProcess::open(std::string_view request) {
  auto done = ask(wire::Open{request}, "open");
  if (!done) return done.error();
  return {};
}

void AdapterProcess::attach(const asio::any_io_executor& executor) {
  async_ = std::make_unique<Async>(executor, socket_.release());
  async_->socket.non_blocking(true);
}

AdapterProcess::Failure AdapterProcess::failed() {
  kill();
  if (hung_) {
    return {"hang", fmt::format("it did not answer within {} s",
                                std::chrono::duration_cast<std::chrono::seconds>(base::limits::adapter_call).count())};
  }
  if (!contract_.empty()) return {"contract", contract_};
  return {"crash", "its process ended"};
}

void AdapterProcess::take(const wire::Response& response, AdapterReply& reply) {
  if (const auto* event = std::get_if<wire::Event>(&response)) {
    reply.events.push_back({event->kind, event->flags, channel_of(event->channel), event->begin, event->end,
                            std::string(event->ref), std::string(event->body)});
  } else if (const auto* write = std::get_if<wire::Write>(&response)) {
    reply.input += write->bytes;
  } else if (std::holds_alternative<wire::CloseInput>(response)) {
    reply.close_input = true;
  } else if (const auto* signal = std::get_if<wire::Signal>(&response)) {
    if (signal->signo > 0 && signal->signo < NSIG) reply.signals.push_back(signal->signo);
  } else if (const auto* wake = std::get_if<wire::WakeAt>(&response)) {
    reply.wake_at_ns = wake->mono_ns;
  } else if (const auto* diag = std::get_if<wire::Diag>(&response)) {
    reply.diag = diag->message;
  } else if (const auto* done = std::get_if<wire::Done>(&response)) {
    reply.status = done->status;
    // Of a session's call only the serving side says something here: which limit the adapter broke.
    if (!done->text.empty()) reply.diag = done->text;
  }
}

asio::awaitable<bool> AdapterProcess::receive(AdapterReply& reply) {
  auto& chunk = base::read_buffer();
  const auto on_response = [this, &reply](const wire::Response& response) { take(response, reply); };
  while (reader_.waiting()) {
    boost::system::error_code ec;
    const std::size_t got = async_->socket.read_some(asio::buffer(chunk), ec);
    if (ec == asio::error::would_block) {
      auto [wait_ec] = co_await async_->socket.async_wait(Socket::wait_read, kNoThrow);
      if (wait_ec) co_return false;
      continue;
    }
    if (ec) co_return false;
    if (auto fed = reader_.feed({chunk.data(), got}, on_response); !fed) {
      contract_ = fed.error().detail;
      co_return false;
    }
  }
  co_return true;
}

asio::awaitable<AdapterProcess::Answer> AdapterProcess::call(const AdapterCall& call) {
  async_->watchdog.expires_after(base::limits::adapter_call);
  async_->watchdog.async_wait([this](const boost::system::error_code& ec) {
    if (ec) return;
    hung_ = true;
    kill();
  });
  const std::string frame = wire::encode(request_of(call));
  reader_.begin();
  auto [ec, sent] = co_await asio::async_write(async_->socket, asio::buffer(frame), kNoThrow);
  AdapterReply reply;
  const bool answered = !ec && co_await receive(reply);
  async_->watchdog.cancel();
  if (!answered) co_return failed();
  co_return reply;
}

}  // namespace paddock::runner
