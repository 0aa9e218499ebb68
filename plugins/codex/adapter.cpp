// The conversation's frame: handshake, answers to our requests, requests of the server, the end.
#include "codex/adapter.hpp"

#include <utility>

#include "codex/ansi.hpp"
#include "codex/fields.hpp"
#include "codex/plan.hpp"
#include "paddock/text.hpp"

namespace paddock::codex {

namespace {

constexpr std::size_t kMostStderrBytes = 4096;

json::object initialize_params() {
  // The experimental interface has plan mode and the way to stop commands that survive an interrupt.
  return {{"clientInfo", json::object{{"name", "paddock"}, {"title", "Paddock"}, {"version", "1.0.0"}}},
          {"capabilities", json::object{{"experimentalApi", true}, {"requestAttestation", false}}}};
}

void copy_text(const json::object& from, std::string_view key, json::object& to, std::string_view as) {
  if (const std::string_view text = text_of(from, key); !text.empty()) to[as] = text;
}

}  // namespace

json::object Adapter::plan(const sdk::Launch& launch) { return plan_of(launch); }
json::object Adapter::probe_plan() { return codex::probe_plan(); }
json::object Adapter::probe_result(const json::object& findings) { return codex::probe_result(findings); }

Adapter::Adapter(const sdk::Launch& launch) : settings_(launch), usage_(!settings_.resume().empty()) {
  threads_.adopt(settings_.resume());
  if (!launch.prompt().empty()) queued_.emplace_back(launch.prompt());
}

void Adapter::started(sdk::Now now, sdk::Sink& sink) {
  show_state({.sink = sink, .unix_ms = now.unix_ms});
  client_.request(sink, Client::Purpose::initialize, "initialize", initialize_params());
}

void Adapter::on_json(sdk::Now now, const json::object& line, sdk::Source source, sdk::Sink& sink) {
  const Out out{.sink = sink, .source = source, .memory = line.storage(), .unix_ms = now.unix_ms};
  const std::string_view method = text_of(line, "method");
  const json::value* id = line.if_contains("id");
  if (method.empty()) {
    if (id != nullptr) return answered(out, line);
    return out.unknown("message", "neither a request nor an answer");
  }
  static const json::object kNone;
  const json::object* params = object_of(line, "params");
  if (params == nullptr) params = &kNone;
  if (id != nullptr) {
    asked(out, method, *id, *params);
  } else {
    notified(out, method, *params);
  }
  if (turn_.is_active && status_ != "active") {
    // The turn's own end comes within milliseconds. Only one too long to be read never does.
    constexpr std::uint64_t kPatience = 2'000'000'000;
    sink.wake_at(now.mono_ns + kPatience);
  }
}

void Adapter::on_text(sdk::Now now, std::string_view line, sdk::Source source, sdk::Sink& sink) {
  const Out out{.sink = sink, .source = source, .unix_ms = now.unix_ms};
  const std::string text = without_escapes(sdk::to_utf8(line.substr(0, kMostStderrBytes)));
  if (source.channel != PDK_CH_STDERR) return out.unknown("not_json", text);
  verdict_.stderr_line(text);
  out.notice("stderr", text);
}

void Adapter::answered(const Out& out, const json::object& line) {
  const auto pending = client_.take(line.at("id"));
  const json::object* error = object_of(line, "error");
  const json::object* result = object_of(line, "result");
  if (!pending) {
    // Whoever asked: a thread that is open is what the session waits for.
    const json::object* thread = result != nullptr ? object_of(*result, "thread") : nullptr;
    if (is_open_ || thread == nullptr || !threads_.is_root(text_of(*thread, "id"))) {
      return out.unknown("answer", "to a request that was never made");
    }
    open_thread(out, *thread, *result);
  } else if (error != nullptr) {
    refused(out, *pending, text_of(*error, "message"));
  } else if (result != nullptr) {
    succeeded(out, *pending, *result);
  } else {
    out.unknown("answer", "without a result");
  }
  show_state(out);
  maybe_finish(out.sink);
}

void Adapter::succeeded(const Out& out, const Client::Pending& pending, const json::object& result) {
  switch (pending.purpose) {
    case Client::Purpose::initialize:
      client_.notify(out.sink, "initialized");
      client_.request(out.sink, Client::Purpose::thread, settings_.resume().empty() ? "thread/start" : "thread/resume",
                      settings_.thread_params());
      return;
    case Client::Purpose::thread:
      if (const json::object* thread = object_of(result, "thread")) return open_thread(out, *thread, result);
      return out.unknown("answer", "a thread without an id");
    case Client::Purpose::turn: {
      const json::object* turn = object_of(result, "turn");
      const std::string_view id = turn != nullptr ? text_of(*turn, "id") : std::string_view{};
      // A prompt that came while a turn ran has joined it.
      if (!pending.is_taken && !turn_.is_active && !id.empty() && id != turn_.last_id) turn_.is_expected = true;
      return;
    }
    case Client::Purpose::steer:
    case Client::Purpose::interrupt:
    case Client::Purpose::terminate: return;
  }
}

void Adapter::refused(const Out& out, const Client::Pending& pending, std::string_view message) {
  switch (pending.purpose) {
    case Client::Purpose::initialize:
    case Client::Purpose::thread: return give_up(out, fault_of(message, "invalid_request"));
    case Client::Purpose::turn:
      blame(out, fault_of(message, "invalid_request"));
      verdict_.turn_ended("failed", {});
      return;
    case Client::Purpose::steer:
      // The turn ended while the message was on its way: it begins the next one.
      return is_closed_ ? void() : start_turn(out.sink, pending.text);
    case Client::Purpose::interrupt: return out.notice("interrupt_failed", message);
    case Client::Purpose::terminate: return out.notice("terminate_failed", message);
  }
}

void Adapter::asked(const Out& in, std::string_view method, const json::value& id, const json::object& params) {
  Out out = in;
  out.parent = threads_.parent_of(thread_of(params));
  if (is_closed_ || !asks_.open(out, method, id, params, items_)) {
    client_.refuse(out.sink, id, "Paddock does not answer '" + std::string(method.substr(0, 128)) + "'");
    out.unknown("request", method);
  }
  show_state(out);
}

void Adapter::notified(const Out& in, std::string_view method, const json::object& params) {
  const Handler* handler = handler_of(method);
  if (handler == nullptr) return in.unknown("notification", method);
  if (handler->take == nullptr) return;
  Out out = in;
  out.parent = threads_.parent_of(thread_of(params));
  (this->*handler->take)(out, params);
}

void Adapter::open_thread(const Out& out, const json::object& thread, const json::object& details) {
  const std::string_view id = text_of(thread, "id");
  if (is_open_ || id.empty()) return;
  is_open_ = true;
  threads_.adopt(id);
  verdict_.thread_opened();
  const std::string_view model = text_of(details, details.contains("model") ? "model" : "modelProvider");
  if (!model.empty()) settings_.model_is(model);
  json::object body = out.body();
  body["agent_session_id"] = id;
  copy_text(details, "model", body, "model");
  copy_text(thread, "cliVersion", body, "version");
  copy_text(details.contains("cwd") ? details : thread, "cwd", body, "cwd");
  copy_text(details, "approvalPolicy", body, "permission_mode");
  copy_text(details, "modelProvider", body, "provider");
  if (const json::object* sandbox = object_of(details, "sandbox")) copy_text(*sandbox, "type", body, "sandbox");
  out.event(Kind::session, std::move(body));
  show_state(out);
  for (; !queued_.empty(); queued_.pop_front()) start_turn(out.sink, queued_.front());
}

void Adapter::give_up(const Out& out, Fault&& fault) {
  blame(out, std::move(fault));
  close(out.sink);
}

void Adapter::tick(sdk::Now now, sdk::Sink& sink) {
  if (!turn_.is_active || status_ == "active") return;
  const Out out{.sink = sink, .unix_ms = now.unix_ms};
  end_turn(out, status_ == "systemError" ? "failed" : "finished", std::nullopt);
  show_state(out);
  maybe_finish(sink);
}

void Adapter::exited(sdk::Now now, const sdk::Exit& exit, sdk::Sink& sink) {
  const Out out{.sink = sink, .unix_ms = now.unix_ms};
  is_closed_ = true;  // nobody reads any more
  if (turn_.is_expected) begin_turn(out, {});
  if (turn_.is_active) {
    end_turn(out, verdict_.turn_cut(exit), std::nullopt);
  } else if (client_.awaits_prompt()) {
    verdict_.turn_cut(exit);
  }
  asks_.withdraw_all(out);
  items_.end_all(out);
  out.event(Kind::outcome, verdict_.body(exit, limits_.resets_at(), now.unix_ms));
}

}  // namespace paddock::codex
