// attach: an interactive session's terminal on this one.
#include <csignal>

#include <unistd.h>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "main/cli/commands.hpp"
#include "main/cli/fields.hpp"
#include "main/cli/raw_terminal.hpp"
#include "main/cli/run_now.hpp"
#include "main/cli/socket.hpp"
#include "main/cli/text.hpp"

namespace paddock::cli {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

struct AttachFlags {
  std::string session;
  std::string detach_key = "Ctrl-]";
  bool observe = false, take = false;
};

void declare_attach(CLI::App& command, AttachFlags& flags) {
  command.add_option("SESSION", flags.session, "Id, beginning of an id, or name")->required();
  command.add_option("--detach-key", flags.detach_key, "Leaves; the session goes on")->capture_default_str();
  command.add_flag("--observe", flags.observe, "Only look");
  command.add_flag("--take", flags.take, "Type here, whoever does so now");
}

/// How it ended, for the last line.
enum class Left { detached, ended, told, closed };

/// One person at one terminal: coroutines for the keyboard, for signals and for the host share it.
class Seat {
 public:
  Seat(const asio::any_io_executor& executor, std::unique_ptr<Socket> socket, DetachKey key)
      : socket_(std::move(socket)),
        key_(key),
        keyboard_(executor, ::dup(STDIN_FILENO)),
        signals_(executor, SIGWINCH),
        deadly_(executor, SIGTERM, SIGHUP, SIGINT),
        queued_(executor, asio::steady_timer::time_point::max()),
        over_(executor, asio::steady_timer::time_point::max()) {
    deadly_.add(SIGQUIT);
  }

  asio::awaitable<Outcome<Left>> run();

 private:
  asio::awaitable<void> type();
  asio::awaitable<void> follow_size();
  asio::awaitable<void> wait_for_death();
  asio::awaitable<void> send();
  void take_note(std::string_view text);
  void say_size();
  void queue(Socket::Message message);
  void leave(Left how);
  void start(asio::awaitable<void> part);

  std::unique_ptr<Socket> socket_;
  DetachKey key_;
  asio::posix::stream_descriptor keyboard_;
  asio::signal_set signals_, deadly_;
  std::vector<Socket::Message> out_;
  asio::steady_timer queued_, over_;
  bool writer_ = false;
  std::optional<Left> left_;
  int parts_ = 0;
};

void Seat::leave(Left how) {
  if (left_) return;
  left_ = how;
  socket_->close();
  boost::system::error_code ignored;
  keyboard_.close(ignored);
  signals_.cancel(ignored);
  deadly_.cancel(ignored);
  queued_.cancel();
}

void Seat::queue(Socket::Message message) {
  out_.push_back(std::move(message));
  queued_.cancel();
}

void Seat::say_size() {
  if (!writer_) return;
  const TerminalSize size = size_of_terminal();
  queue({false, json::serialize(json::object{{"type", "resize"}, {"rows", size.rows}, {"cols", size.cols}})});
}

asio::awaitable<void> Seat::send() {
  while (!left_) {
    if (out_.empty()) {
      queued_.expires_at(asio::steady_timer::time_point::max());
      (void)co_await queued_.async_wait(kNoThrow);
      continue;
    }
    std::vector<Socket::Message> now = std::exchange(out_, {});
    for (Socket::Message& message : now) {
      const bool sent = co_await socket_->write(std::move(message));
      if (!sent) co_return;
    }
  }
}

asio::awaitable<void> Seat::type() {
  while (!left_) {
    auto [ec] = co_await keyboard_.async_wait(asio::posix::stream_descriptor::wait_read, kNoThrow);
    if (ec) co_return;
    char keys[4096];
    const ssize_t got = ::read(STDIN_FILENO, keys, sizeof keys);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) co_return leave(Left::told);  // the terminal is gone
    const auto typed = key_.look({keys, std::size_t(got)});
    if (!typed.before.empty()) queue({true, std::string(typed.before)});
    if (typed.pressed) leave(Left::detached);
  }
}

asio::awaitable<void> Seat::follow_size() {
  while (!left_) {
    auto [ec, signo] = co_await signals_.async_wait(kNoThrow);
    (void)signo;
    if (!ec) say_size();
  }
}

asio::awaitable<void> Seat::wait_for_death() {
  auto [ec, signo] = co_await deadly_.async_wait(kNoThrow);
  (void)signo;
  if (!ec) leave(Left::told);
}

void Seat::take_note(std::string_view text) {
  boost::system::error_code ec;
  const json::value value = json::parse(text, ec);
  if (ec || !value.is_object()) return;
  const json::object& note = value.get_object();
  const std::string_view type = text_at(note, "type");
  if (type == "end") return leave(Left::ended);
  if (type != "hello" && type != "writer") return;
  const json::value* writer = note.if_contains("writer");
  writer_ = writer != nullptr && writer->is_bool() && writer->get_bool();
  say_size();
}

void Seat::start(asio::awaitable<void> part) {
  ++parts_;
  asio::co_spawn(keyboard_.get_executor(), std::move(part), [this](const std::exception_ptr&) {
    if (--parts_ == 0) over_.cancel();
  });
}

asio::awaitable<Outcome<Left>> Seat::run() {
  start(type());
  start(follow_size());
  start(wait_for_death());
  start(send());
  std::optional<Failure> broken;
  while (!left_) {
    auto message = co_await socket_->read();
    if (!message) broken = message.error();
    if (!message || !*message) break;
    if (!(*message)->binary) {
      take_note((*message)->bytes);
    } else if (!RawTerminal::show((*message)->bytes)) {
      leave(Left::told);
    }
  }
  const bool wanted = left_.has_value();
  leave(Left::closed);
  while (parts_ > 0) (void)co_await over_.async_wait(kNoThrow);
  if (broken && !wanted) co_return *broken;
  co_return *left_;
}

asio::awaitable<Outcome<Left>> sit_down(const Client& client, std::string target, DetachKey key) {
  auto socket = co_await open_socket(client, std::move(target));
  if (!socket) co_return socket.error();
  const auto terminal = RawTerminal::open();
  if (!terminal) co_return terminal.error();
  Seat seat(co_await asio::this_coro::executor, std::move(*socket), key);
  co_return co_await seat.run();
}

std::string_view farewell(Left left) {
  switch (left) {
    case Left::detached: return "detached; it goes on";
    case Left::ended: return "it has ended";
    case Left::told: return "left; it goes on";
    case Left::closed: return "the host has closed the connection; it goes on";
  }
  return {};
}

Outcome<ExitCode> attach(Context& context, const AttachFlags& flags) {
  const auto key = DetachKey::of(flags.detach_key);
  if (!key) {
    return failure(ExitCode::usage, "usage",
                   fmt::format("--detach-key '{}' is not 'Ctrl-' and a letter", flags.detach_key));
  }
  if (!context.terminal().in || !context.terminal().out) {
    return failure(ExitCode::usage, "usage", "attaching needs a terminal; 'paddock screen' shows without one");
  }
  const auto client = context.client();
  if (!client) return client.error();
  const std::string query = query_of({{"observe", flags.observe ? "1" : ""}, {"take", flags.take ? "1" : ""}});
  const auto left = run_now(sit_down(*client, session_target(flags.session, "/terminal" + query), *key));
  if (!left) return left.error();
  print_error(fmt::format("paddock: '{}': {}\n", plain(flags.session), farewell(*left)));
  return *left == Left::closed ? ExitCode::unreachable : ExitCode::done;
}

}  // namespace

void add_attach_command(Commands& commands) {
  commands.add<AttachFlags>(commands.app(), "attach", "Sit down at an interactive session's terminal", attach,
                            declare_attach);
}

}  // namespace paddock::cli
