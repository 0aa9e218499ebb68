// See print.hpp.
#include "acp/print.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include "acp/fields.hpp"
#include "acp/plain.hpp"
#include "paddock/text.hpp"

namespace paddock::acp {

namespace {

constexpr std::size_t kMostStderrBytes = 4096;

// Names of real agents' tools; the first word that is found in a name decides.
constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kKinds{{{"shell", "execute"},
                                                                                {"bash", "execute"},
                                                                                {"write", "edit"},
                                                                                {"edit", "edit"},
                                                                                {"replace", "edit"},
                                                                                {"create", "edit"},
                                                                                {"patch", "edit"},
                                                                                {"delete", "delete"},
                                                                                {"fetch", "fetch"},
                                                                                {"web", "fetch"},
                                                                                {"mcp", "mcp"},
                                                                                {"read", "read"},
                                                                                {"view", "read"},
                                                                                {"grep", "search"},
                                                                                {"glob", "search"},
                                                                                {"search", "search"},
                                                                                {"list", "read"},
                                                                                {"ls", "read"}}};

}  // namespace

std::string_view kind_of_tool(std::string_view name) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& rule) {
    return rule.first == "ls" ? name == "ls" : name.find(rule.first) != std::string_view::npos;
  });
  return found != kKinds.end() ? found->second : "other";
}

Print::Print(const sdk::Launch& launch)
    : prompt_(launch.prompt()), workdir_(launch.workdir()), session_(launch.resume()) {
  if (prompt_.empty())
    throw sdk::Refusal(sdk::Status::argument, "no_prompt", "one-shot use of the agent needs a 'prompt'");
  if (launch.keep_open()) {
    throw sdk::Refusal(sdk::Status::unsupported, "one_shot", "'keep_open' needs the option 'protocol: acp'");
  }
}

void Print::started(sdk::Now now, sdk::Sink& sink) {
  show_state({.sink = sink, .now = now}, "starting");
  // Not as an argument: those are shown to every user of the machine.
  sink.write(prompt_ + "\n");
  sink.close_input();
}

void Print::on_json(sdk::Now now, const json::object& line, sdk::Source source, sdk::Sink& sink) {
  on_record({.sink = sink, .source = source, .memory = line.storage(), .now = now}, line);
}

void Print::on_text(sdk::Now now, std::string_view line, sdk::Source source, sdk::Sink& sink) {
  const Out out{.sink = sink, .source = source, .now = now};
  const std::string text = plain(sdk::to_utf8(line.substr(0, kMostStderrBytes)));
  if (source.channel != PDK_CH_STDERR) return out.unknown("not_json", text);
  verdict_.stderr_line(text);
  out.notice("stderr", text);
}

sdk::Status Print::command(sdk::Now now, const sdk::Command& command, sdk::Sink& sink) {
  if (is_over_) return sdk::Status::not_now;
  const Out out{.sink = sink, .now = now};
  switch (command.kind) {
    case sdk::Command::Kind::interrupt:
      was_interrupted_ = true;
      sink.signal(SIGINT);
      return sdk::Status::ok;
    case sdk::Command::Kind::finish:
      out.notice("finishing", "the session ends with its only turn");
      return sdk::Status::ok;
    case sdk::Command::Kind::answer: return sdk::Status::argument;
    case sdk::Command::Kind::prompt:
    case sdk::Command::Kind::set: break;
  }
  return sdk::Status::unsupported;
}

void Print::begin(const Out& out) {
  if (is_active_ || is_over_) return;
  is_active_ = true;
  verdict_.session_opened();
  verdict_.turn_began();
  json::object body = out.body();
  body["phase"] = "begin";
  out.event(Kind::turn, std::move(body), "turn-1");
  show_state(out, "working");
}

void Print::identify(const Out& out, std::string_view session, std::string_view model) {
  if (!session.empty()) session_ = session.substr(0, 1024);
  if (!model.empty()) model_ = model.substr(0, 1024);
  if (session_.empty()) return;
  json::object body = out.body();
  body["agent_session_id"] = session_;
  if (!model_.empty()) body["model"] = model_;
  if (!workdir_.empty()) body["cwd"] = workdir_;
  std::string shown = json::serialize(body);
  if (shown == shown_) return;
  shown_ = std::move(shown);
  out.event(Kind::session, std::move(body));
}

void Print::blame(const Out& out, Fault&& fault) {
  out.event(Kind::error, fault.body(out.memory, out.now.unix_ms));
  if (fault.retrying) return;
  has_fault_ = true;
  verdict_.failed(std::move(fault));
}

void Print::end(const Out& out, std::string_view outcome) {
  begin(out);
  if (!is_active_) return;
  is_active_ = false;
  is_over_ = true;
  texts_.end(out, outcome != "finished");
  calls_.end_turn(out);
  if (usage_.is_known()) out.event(Kind::usage, usage_.body(model_, 1, out.memory));
  const std::string answer = texts_.take_answer();
  verdict_.turn_ended(outcome, answer);
  verdict_.input_closed();
  json::object body = out.body();
  body["phase"] = "end";
  body["outcome"] = outcome;
  if (!answer.empty()) body["text"] = answer;
  out.event(Kind::turn, std::move(body), "turn-1");
  show_state(out, "idle");
}

void Print::show_state(const Out& out, std::string_view state) {
  if (state_ == state) return;
  state_ = state;
  json::object body = out.body();
  body["state"] = state;
  out.event(Kind::state, std::move(body));
}

void Print::exited(sdk::Now now, const sdk::Exit& exit, sdk::Sink& sink) {
  const Out out{.sink = sink, .now = now};
  if (is_active_) {
    // Signals are obeyed with exit status 0 and without a last word.
    end(out, verdict_.turn_cut(exit, was_interrupted_));
  } else if (!is_over_) {
    const auto kind = class_of_exit(exit.code);
    if (kind && exit.signal == 0) {
      std::string text = verdict_.last_stderr();
      if (text.empty()) text = "the agent ended with status " + std::to_string(exit.code);
      blame(out, {.kind = *kind, .text = std::move(text)});
    }
  }
  out.event(Kind::outcome, verdict_.body(exit));
}

}  // namespace paddock::acp
