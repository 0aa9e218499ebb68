// send, approve, deny, answer, interrupt, stop, kill.
#include <unistd.h>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "base/files.hpp"
#include "base/limits.hpp"
#include "main/cli/commands.hpp"
#include "main/cli/describe.hpp"
#include "main/cli/fields.hpp"
#include "main/cli/text.hpp"

namespace paddock::cli {
namespace {

namespace json = boost::json;

/// Does it, and prints what came of it.
Outcome<ExitCode> act(Context& context, const std::string& key, json::object body) {
  const auto action = context.post(session_target(key, "/actions"), std::move(body));
  if (!action) return action.error();
  const json::object& answer = as_object(*action);
  const std::string_view state = text_at(answer, "state");
  if (context.json()) {
    context.print_json(*action);
  } else {
    print(fmt::format("{} {}\n", one_line(text_at(answer, "type")), one_line(state)));
  }
  if (state != "rejected" && state != "failed") return ExitCode::done;
  if (!context.json()) print_error("paddock: " + one_line(text_at(answer, "detail")) + "\n");
  return exit_of(text_at(answer, "code"), 0);
}

// --- send

struct SendFlags {
  std::string session, text, when = "now";
};

void declare_send(CLI::App& command, SendFlags& flags) {
  command.add_option("SESSION", flags.session, "Id, beginning of an id, or name")->required();
  command.add_option("TEXT", flags.text, "The prompt; '-' reads standard input")->required();
  command.add_option("--when", flags.when, "now, idle (kept until then) or interrupt")->capture_default_str();
}

Outcome<ExitCode> send_prompt(Context& context, const SendFlags& flags) {
  auto text = flags.text == "-" ? read_standard_input() : Outcome<std::string>(flags.text);
  if (!text) return text.error();
  return act(context, flags.session, {{"type", "send"}, {"text", *text}, {"when", flags.when}});
}

// --- approve, deny, answer

struct DecideFlags {
  std::string session, ref, message;
};

void declare_decide(CLI::App& command, DecideFlags& flags) {
  command.add_option("SESSION", flags.session, "Id, beginning of an id, or name")->required();
  command.add_option("REF", flags.ref, "The approval; not needed when only one is open");
  command.add_option("--message", flags.message, "What the agent is told");
}

/// The one open approval of the session, or a failure that lists them.
Outcome<std::string> only_open(const Context& context, const std::string& key) {
  const auto session = context.get(session_target(key));
  if (!session) return session.error();
  const auto open = objects_at(as_object(*session), "pending_approvals");
  if (open.size() == 1) return std::string(text_at(*open.front(), "ref"));
  if (open.empty()) {
    return failure(ExitCode::refused, "approval_closed", fmt::format("'{}' waits for nothing", key));
  }
  Failure many = failure(ExitCode::usage, "ambiguous", fmt::format("'{}' waits for several; name one", key));
  json::array& errors = many.problem["errors"].emplace_array();
  for (const json::object* approval : open) {
    const bool question = text_at(*approval, "type") == "question";
    errors.push_back({{"pointer", text_at(*approval, "ref")},
                      {"detail", request_text(question ? "question" : "approval_request", *approval)}});
  }
  return many;
}

Outcome<ExitCode> decide(Context& context, const DecideFlags& flags, std::string_view type) {
  const auto ref = flags.ref.empty() ? only_open(context, flags.session) : Outcome<std::string>(flags.ref);
  if (!ref) return ref.error();
  json::object body{{"type", type}, {"ref", *ref}};
  if (!flags.message.empty()) body["message"] = flags.message;
  return act(context, flags.session, std::move(body));
}

Outcome<ExitCode> approve(Context& context, const DecideFlags& flags) { return decide(context, flags, "approve"); }
Outcome<ExitCode> deny(Context& context, const DecideFlags& flags) { return decide(context, flags, "deny"); }

struct AnswerFlags {
  std::string session, ref;
  std::vector<std::string> answers;
};

void declare_answer(CLI::App& command, AnswerFlags& flags) {
  command.add_option("SESSION", flags.session, "Id, beginning of an id, or name")->required();
  command.add_option("ANSWER", flags.answers, "One answer for each question")->required();
  command.add_option("--ref", flags.ref, "The question; not needed when only one is open");
}

Outcome<ExitCode> answer(Context& context, const AnswerFlags& flags) {
  const auto ref = flags.ref.empty() ? only_open(context, flags.session) : Outcome<std::string>(flags.ref);
  if (!ref) return ref.error();
  json::array answers;
  for (const std::string& text : flags.answers) answers.push_back(json::string(text));
  return act(context, flags.session, {{"type", "answer"}, {"ref", *ref}, {"answers", std::move(answers)}});
}

// --- interrupt, stop, kill

struct EndFlags {
  std::vector<std::string> sessions;
};

void declare_end(CLI::App& command, EndFlags& flags) {
  command.add_option("SESSION", flags.sessions, "Ids, beginnings of ids, or names")->required();
}

/// All of them, whatever happens to one; the first trouble decides the exit code.
Outcome<ExitCode> act_on_all(Context& context, const EndFlags& flags, std::string_view type) {
  std::optional<Failure> first;
  ExitCode exit = ExitCode::done;
  for (const std::string& key : flags.sessions) {
    const auto done = act(context, key, {{"type", type}});
    if (!done && first) print_error(for_people(done.error()));
    if (!done && !first) first = done.error();
    if (done && exit == ExitCode::done) exit = *done;
  }
  if (first) return *first;
  return exit;
}

Outcome<ExitCode> interrupt(Context& context, const EndFlags& flags) { return act_on_all(context, flags, "interrupt"); }
Outcome<ExitCode> stop(Context& context, const EndFlags& flags) { return act_on_all(context, flags, "stop"); }
Outcome<ExitCode> kill(Context& context, const EndFlags& flags) { return act_on_all(context, flags, "kill"); }

}  // namespace

Outcome<std::string> read_standard_input() {
  // As it is: opened again it would not wait for a writer that has not written yet.
  std::string text;
  char chunk[16384];
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, chunk, sizeof chunk);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure(base::fail_errno("cannot read standard input", errno));
    if (got == 0) return text;
    text.append(chunk, std::size_t(got));
    if (text.size() > base::limits::prompt_bytes) {
      return failure(base::fail(base::Errc::too_large, "standard input is longer than a prompt may be"));
    }
  }
}

void add_action_commands(Commands& commands) {
  CLI::App& app = commands.app();
  commands.add<SendFlags>(app, "send", "Give a session its next prompt", send_prompt, declare_send);
  commands.add<DecideFlags>(app, "approve", "Allow what a session asks for", approve, declare_decide);
  commands.add<DecideFlags>(app, "deny", "Refuse what a session asks for", deny, declare_decide);
  commands.add<AnswerFlags>(app, "answer", "Answer a session's question", answer, declare_answer);
  commands.add<EndFlags>(app, "interrupt", "End the present turn", interrupt, declare_end);
  commands.add<EndFlags>(app, "stop", "End sessions politely", stop, declare_end);
  commands.add<EndFlags>(app, "kill", "End sessions at once, with everything they started", kill, declare_end);
}

}  // namespace paddock::cli
