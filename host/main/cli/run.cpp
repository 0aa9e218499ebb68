// run: starts a session and stays with it.
#include <csignal>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>

#include "base/time.hpp"
#include "main/cli/commands.hpp"
#include "main/cli/fields.hpp"
#include "main/cli/follow.hpp"
#include "main/cli/logs.hpp"
#include "main/cli/run_request.hpp"
#include "main/cli/run_view.hpp"
#include "main/cli/text.hpp"

namespace paddock::cli {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view kClearLine = "\r\x1b[K";

std::int64_t now_millis() { return base::wall_now().time_since_epoch().count(); }

/// Stays with one session until it ends: shows it, carries Ctrl-C and answers to it. Lives on the
/// context's one thread.
class Attendance {
 public:
  Attendance(const Context& context, Client client, std::string session)
      : context_(context),
        client_(std::move(client)),
        session_(std::move(session)),
        live_(context.terminal().out && !context.json()),
        view_(live_ ? RunView::Form::live : RunView::Form::piped, context.terminal().color),
        signals_(io_, SIGINT),
        clock_(io_),
        keys_(io_) {}

  Outcome<ExitCode> stay(bool has_timeout) {
    asio::co_spawn(io_, follow(), asio::detached);
    asio::co_spawn(io_, mind_signals(), asio::detached);
    if (live_) asio::co_spawn(io_, tick(), asio::detached);
    if (live_ && open_keyboard()) asio::co_spawn(io_, mind_keyboard(), asio::detached);
    io_.run();
    clear_status();
    if (trouble_) return *trouble_;
    return outcome(has_timeout);
  }

 private:
  asio::awaitable<void> follow() {
    const std::function<void(const json::object&)> use = [this](const json::object& event) { show(event); };
    auto cursor = co_await past_events(client_, session_, 0, use);
    if (!cursor) trouble_ = cursor.error();
    Follow events(client_, "session=" + encoded(session_), cursor ? *cursor : std::string());
    while (!trouble_ && !view_.ended()) {
      const auto event = co_await events.next();
      if (!event) {
        trouble_ = event.error();
      } else {
        show(*event);
      }
    }
    io_.stop();
  }

  asio::awaitable<void> mind_signals() {
    for (;;) {
      const auto [ec, signal] = co_await signals_.async_wait(kNoThrow);
      if (ec) co_return;
      if (++interrupts_ > 2) std::_Exit(int(ExitCode::interrupted));
      const bool first = interrupts_ == 1;
      clear_status();
      print_error(first ? "interrupting (Ctrl-C again stops the session)\n" : "stopping\n");
      json::object action{{"type", first ? "interrupt" : "stop"}};
      co_await act(std::move(action));
    }
  }

  asio::awaitable<void> tick() {
    for (;;) {
      clock_.expires_after(std::chrono::seconds(1));
      const auto [ec] = co_await clock_.async_wait(kNoThrow);
      if (ec) co_return;
      if (!view_.question()) draw_status();  // else it would wipe out what is being typed
    }
  }

  /// A description of our own, because asio makes it non-blocking and the shell shares ours.
  bool open_keyboard() {
    if (!context_.terminal().in || ::tcgetpgrp(STDIN_FILENO) != ::getpgrp()) return false;
    const int fd = ::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0) keys_.assign(fd);
    return fd >= 0;
  }

  asio::awaitable<void> mind_keyboard() {
    LineReader lines;
    std::string piece(4096, '\0');
    for (;;) {
      const auto [ec, got] = co_await keys_.async_read_some(asio::buffer(piece), kNoThrow);
      if (ec) co_return;
      lines.add(std::string_view(piece).substr(0, got));
      while (auto line = lines.line()) co_await typed(std::move(*line));
    }
  }

  /// Answers what is asked; with nothing asked, a line is the next prompt.
  asio::awaitable<void> typed(std::string line) {
    const auto question = view_.question();
    json::object action;
    if (!question) {
      if (line.empty()) co_return;
      action = {{"type", "send"}, {"text", line}, {"when", "idle"}};
    } else if (question->is_question) {
      action = {{"type", "answer"}, {"ref", question->ref}, {"answers", json::array{json::string(line)}}};
    } else if (line == "y" || line == "yes") {
      action = {{"type", "approve"}, {"ref", question->ref}};
    } else if (line == "n" || line == "no") {
      action = {{"type", "deny"}, {"ref", question->ref}};
    } else {
      co_return draw_status();
    }
    co_await act(std::move(action));
  }

  asio::awaitable<void> act(json::object action) {
    Request request;
    request.method = "POST";
    request.target = session_target(session_, "/actions");
    request.body = std::move(action);
    const auto done = co_await client_.call(std::move(request));
    if (done) co_return;
    clear_status();
    print_error(for_people(done.error()));
  }

  void show(const json::object& event) {
    const Shown shown = view_.take(event);
    if (context_.json()) return context_.print_json(event);
    if (!shown.out.empty() || !shown.err.empty()) clear_status();
    if (!shown.out.empty()) print(shown.out);
    if (!shown.err.empty()) print_error(shown.err);
    draw_status();
  }

  void clear_status() {
    if (status_drawn_) print(kClearLine);
    status_drawn_ = false;
  }

  void draw_status() {
    if (!live_ || view_.in_line() || view_.ended()) return;
    const std::size_t columns = context_.terminal().columns - 1;
    const auto question = view_.question();
    std::string line;
    if (!question) {
      line = context_.paint(Style::dim, view_.status(now_millis(), columns));
    } else if (question->is_question) {
      line = context_.paint(Style::yellow, "answer: ");
    } else {
      line = context_.paint(Style::yellow, "allow? [y/n] ");
    }
    print(fmt::format("{}{}", kClearLine, line));
    status_drawn_ = true;
  }

  Outcome<ExitCode> outcome(bool has_timeout) const {
    const std::string& reason = view_.exit_reason();
    if (!context_.json() && reason != "completed") {
      const std::string& detail = view_.exit_detail();
      print_error(fmt::format("paddock: {} ended: {}{}{}\n", session_, one_line(reason), detail.empty() ? "" : ": ",
                              one_line(detail)));
    }
    if (interrupts_ > 0 || reason == "interrupted") return ExitCode::interrupted;
    if (reason == "timeout" && has_timeout) return ExitCode::timed_out;
    return reason == "completed" ? ExitCode::done : ExitCode::failed;
  }

  const Context& context_;
  Client client_;
  std::string session_;
  bool live_;
  RunView view_;
  asio::io_context io_{1};
  asio::signal_set signals_;
  asio::steady_timer clock_;
  asio::posix::stream_descriptor keys_;
  int interrupts_ = 0;
  bool status_drawn_ = false;
  std::optional<Failure> trouble_;
};

void declare_run(CLI::App& command, RunFlags& flags) {
  command.add_option("ADAPTER", flags.adapter, "The agent: see 'paddock adapter list'")->required();
  command.add_option("PROMPT", flags.prompt, "What it is to do; '-' reads standard input");
  command.add_option("--name", flags.name, "Name of the session");
  command.add_option("--mode", flags.mode, "headless or interactive");
  command.add_option("--dir", flags.dir, "Where it works (default: here)");
  command.add_option("--repo", flags.repo, "Repository to make a worktree of");
  command.add_option("--worktree", flags.worktree, "Branch of that worktree");
  command.add_option("--policy", flags.policy, "Policy by name");
  command.add_option("--memory", flags.memory, "Memory limit, e.g. 4G");
  command.add_option("--cpu", flags.cpu, "Processor limit: cores (2) or per cent of one (150%)");
  command.add_option("--pids", flags.pids, "Most processes and threads");
  command.add_option("--model", flags.model, "Model the agent is to use");
  command.add_option("--resume", flags.resume, "The agent's own session id to go on with");
  command.add_option("--env", flags.env, "K=V, or K to take it from here (repeatable)")->allow_extra_args(false);
  command.add_option("--label", flags.labels, "K=V (repeatable)")->allow_extra_args(false);
  command.add_option("--timeout", flags.timeout, "End it after this time, with exit code 124");
  command.add_flag("--yolo", flags.yolo, "Let the agent act without asking, where the policy permits it");
  command.add_flag("--keep-open", flags.keep_open, "Wait for more prompts after the first");
  command.add_flag("-d,--detach", flags.detach, "Only start it");
  command.footer("What stands after -- goes to the agent.");
}

Outcome<json::value> start(const Context& context, RunFlags flags, const Client& client) {
  flags.has_prompt = !flags.prompt.empty();
  if (flags.prompt == "-") {
    auto text = read_standard_input();
    if (!text) return text.error();
    flags.prompt = std::move(*text);
  }
  std::error_code ec;
  const std::string here = client.address().is_local() ? std::filesystem::current_path(ec).string() : std::string();
  auto body = run_request(flags, context.environment(), here);
  if (!body) return body.error();
  return context.post("/v1/sessions", std::move(*body));
}

Outcome<ExitCode> run_agent(Context& context, const RunFlags& flags) {
  auto client = context.client();
  if (!client) return client.error();
  const auto started = start(context, flags, *client);
  if (!started) return started.error();
  const std::string id(text_at(as_object(*started), "id"));
  if (flags.detach) {
    if (context.json()) {
      context.print_json(*started);
    } else {
      print(one_line(id) + "\n");
    }
    return ExitCode::done;
  }
  if (context.terminal().out && !context.json()) print(context.paint(Style::dim, one_line(id)) + "\n");
  Attendance attendance(context, std::move(*client), id);
  return attendance.stay(!flags.timeout.empty());
}

}  // namespace

void add_run_command(Commands& commands) {
  CLI::App* run = commands.app().add_subcommand("run", "Start an agent and stay with it until it ends");
  run->fallthrough();
  auto flags = std::make_shared<RunFlags>();
  declare_run(*run, *flags);
  run->callback([&commands, flags] {
    flags->args = commands.rest();
    commands.choose([flags](Context& context) { return run_agent(context, *flags); });
  });
}

}  // namespace paddock::cli
