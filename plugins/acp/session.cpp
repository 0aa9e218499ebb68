// The conversation's frame: answers to our requests, requests of the agent, notifications, the end.
#include "acp/session.hpp"

#include <utility>

#include "acp/fields.hpp"
#include "acp/plain.hpp"
#include "paddock/text.hpp"

namespace paddock::acp {

namespace {

constexpr std::size_t kMostStderrBytes = 4096;
constexpr std::uint64_t kHelloSeconds = 60;
constexpr std::int64_t kMethodNotFound = -32601;
constexpr std::int64_t kRequestCancelled = -32800;

json::object hello() {
  // Files and terminals stay with the agent: an adapter touches neither.
  json::object files{{"readTextFile", false}, {"writeTextFile", false}};
  json::object elicitation{{"form", json::object{}}, {"url", json::object{}}};
  json::object session{{"notices", json::object{}}, {"compaction", json::object{}}};
  json::object capabilities{{"fs", std::move(files)},
                            {"terminal", false},
                            {"elicitation", std::move(elicitation)},
                            {"session", std::move(session)}};
  return {{"protocolVersion", 1},
          {"clientCapabilities", std::move(capabilities)},
          {"clientInfo", json::object{{"name", "paddock"}, {"title", "Paddock"}, {"version", "1.0.0"}}}};
}

}  // namespace

Session::Session(const sdk::Launch& launch, Quirks quirks)
    : quirks_(std::move(quirks)), settings_(launch, quirks_), calls_(quirks_) {
  if (!launch.prompt().empty()) queued_.emplace_back(launch.prompt());
}

void Session::started(sdk::Now now, sdk::Sink& sink) {
  const Out out{.sink = sink, .now = now};
  show_state(out);
  peer_.request(sink, Peer::Purpose::initialize, "initialize", hello());
  watch(out, Watch::hello, kHelloSeconds);
}

void Session::on_json(sdk::Now now, const json::object& line, sdk::Source source, sdk::Sink& sink) {
  const Out out{.sink = sink, .source = source, .memory = line.storage(), .now = now};
  const std::string_view method = text_of(line, "method");
  const json::value* id = line.if_contains("id");
  if (id != nullptr && id->is_null()) id = nullptr;
  if (method.empty()) {
    if (id == nullptr) return out.unknown("message", "neither a request nor an answer");
    answered(out, *id, line);
  } else {
    static const json::object kNone;
    const json::object* params = object_of(line, "params");
    if (params == nullptr) params = &kNone;
    if (id != nullptr) {
      asked(out, method, *id, *params);
    } else {
      notified(out, method, *params);
    }
  }
  show_state(out);
  maybe_finish(out);
}

void Session::on_text(sdk::Now now, std::string_view line, sdk::Source source, sdk::Sink& sink) {
  const Out out{.sink = sink, .source = source, .now = now};
  const std::string text = plain(sdk::to_utf8(line.substr(0, kMostStderrBytes)));
  if (source.channel != PDK_CH_STDERR) return out.unknown("not_json", text);
  verdict_.stderr_line(text);
  out.notice("stderr", text);
}

void Session::answered(const Out& out, const json::value& id, const json::object& line) {
  const auto pending = peer_.take(id);
  if (!pending) return out.unknown("answer", "to a request that was never made");
  static const json::object kNone;
  if (const json::object* error = object_of(line, "error")) return refused(out, pending->purpose, *error);
  const json::object* result = object_of(line, "result");
  succeeded(out, *pending, result != nullptr ? *result : kNone);
}

void Session::succeeded(const Out& out, const Peer::Pending& pending, const json::object& result) {
  switch (pending.purpose) {
    case Peer::Purpose::initialize: return on_hello(out, result);
    case Peer::Purpose::login: return open(out);
    case Peer::Purpose::open: return on_open(out, result);
    case Peer::Purpose::prompt: return on_prompt_end(out, result);
    case Peer::Purpose::mode: modes_.mode_is(pending.value); break;
    case Peer::Purpose::model: modes_.model_is(pending.value); break;
  }
  modes_.take(result);
  return is_open_ ? announce(out) : set_up(out);
}

void Session::refused(const Out& out, Peer::Purpose purpose, const json::object& error) {
  Fault fault = fault_of(error, out.now.unix_ms);
  const bool needs_login = number_of(error, "code") == -32000;
  switch (purpose) {
    case Peer::Purpose::login: fault.kind = "auth"; [[fallthrough]];
    case Peer::Purpose::initialize:
    case Peer::Purpose::open: return give_up(out, std::move(fault));
    case Peer::Purpose::mode:
    case Peer::Purpose::model:
      return is_open_ ? out.notice("setting_refused", fault.text) : give_up(out, std::move(fault));
    case Peer::Purpose::prompt: break;
  }
  needs_login_ = needs_login;
  // Some agents end an interrupted prompt with an error of their own.
  if (turn_.is_cancelled || number_of(error, "code") == kRequestCancelled) return end_turn(out, "cancelled");
  blame(out, std::move(fault));
  end_turn(out, "failed");
}

void Session::asked(const Out& out, std::string_view method, const json::value& id, const json::object& params) {
  if (quirks_.cursor_requests && method == "cursor/update_todos") {
    on_todos(out, params);
    return peer_.reply(out.sink, id, {});
  }
  if (method == "session/request_permission" || method == "elicitation/create") texts_.end(out);
  if (settings_.yolo && approve_alone(out, id, params)) return;
  if (is_closed_ || !asks_.open(out, method, id, params, calls_, quirks_.cursor_requests)) {
    peer_.refuse(out.sink, id, kMethodNotFound, "Paddock does not answer '" + std::string(method.substr(0, 128)) + "'");
    return out.unknown("request", method);
  }
  if (turn_.is_cancelled) withdraw_all(out, "host");
}

void Session::notified(const Out& out, std::string_view method, const json::object& params) {
  if (method == "session/update") {
    const json::object* update = object_of(params, "update");
    const std::string_view of = text_of(params, "sessionId");
    if (update == nullptr) return out.unknown("update", "without a body");
    if (!session_.empty() && !of.empty() && of != session_) return out.unknown("update", "of another session");
    return on_update(out, *update);
  }
  if (method == "$/cancel_request") {
    const json::value* id = params.if_contains("requestId");
    if (id == nullptr || !asks_.withdrawn(out, *id)) return;
    return peer_.refuse(out.sink, *id, kRequestCancelled, "cancelled");
  }
  if (method == "elicitation/complete") {
    if (auto reply = asks_.followed(out, text_of(params, "elicitationId"))) {
      peer_.reply(out.sink, reply->id, std::move(reply->result));
    }
    return;
  }
  if (quirks_.cursor_requests && method == "cursor/update_todos") return on_todos(out, params);
  if (quirks_.cursor_requests && method.starts_with("cursor/")) return out.notice("cursor", method.substr(0, 128));
  out.unknown("notification", method);
}

void Session::exited(sdk::Now now, const sdk::Exit& exit, sdk::Sink& sink) {
  const Out out{.sink = sink, .now = now};
  queued_.clear();
  if (turn_.is_active) {
    end_turn(out, verdict_.turn_cut(exit, turn_.is_cancelled));
  } else {
    texts_.end(out);
    calls_.end_turn(out);
  }
  while (asks_.withdraw(out, "agent")) {
  }
  out.event(Kind::outcome, verdict_.body(exit));
}

}  // namespace paddock::acp
