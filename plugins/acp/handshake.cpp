// From the first word to the first prompt: initialize, log in, open the session, set mode and model.
#include <utility>

#include "acp/fields.hpp"
#include "acp/plain.hpp"
#include "acp/session.hpp"

namespace paddock::acp {

namespace {

constexpr std::uint64_t kHistorySeconds = 3;
constexpr std::uint64_t kEndSeconds = 5;

bool offers(const json::object& result, std::string_view method) {
  const json::array* methods = array_of(result, "authMethods");
  if (methods == nullptr) return false;
  for (const json::value& value : *methods) {
    const json::object* offered = value.if_object();
    if (offered != nullptr && text_of(*offered, "id") == method) return true;
  }
  return false;
}

}  // namespace

void Session::on_hello(const Out& out, const json::object& result) {
  watch(out, Watch::none, 0);
  const auto version = number_of(result, "protocolVersion");
  if (version && *version != 1) {
    return give_up(out, {.kind = "invalid_request",
                         .text = "the agent speaks version " + std::to_string(*version) +
                                 " of the protocol, this adapter version 1; the session ends"});
  }
  if (const json::object* found = object_of(result, "agentCapabilities")) {
    capabilities_ = json::object(*found, json::storage_ptr{});
  }
  if (const json::object* agent = object_of(result, "agentInfo")) {
    version_ = plain(text_of(*agent, "version").substr(0, 64));
    agent_ = plain(text_of(*agent, "name").substr(0, 128));
  }
  if (!settings_.login.empty() && offers(result, settings_.login)) {
    peer_.request(out.sink, Peer::Purpose::login, "authenticate", {{"methodId", settings_.login}});
    return;
  }
  open(out);
}

void Session::open(const Out& out) {
  std::vector<std::string> left_out;
  json::object params = settings_.open_params(capabilities_, left_out);
  for (const std::string& what : left_out) out.notice("left_out", what);
  const char* method = "session/new";
  if (!settings_.resume.empty()) {
    const bool can_resume = object_of(capabilities_, "sessionCapabilities", "resume") != nullptr;
    if (!can_resume && !flag_of(capabilities_, "loadSession")) {
      return give_up(out, {.kind = "invalid_request",
                           .text = "the agent cannot go on with the session '" + settings_.resume + "'"});
    }
    // The host has its own log and needs no history.
    method = can_resume ? "session/resume" : "session/load";
    session_ = settings_.resume;
    is_replaying_ = true;
  }
  peer_.request(out.sink, Peer::Purpose::open, method, std::move(params));
}

void Session::on_open(const Out& out, const json::object& result) {
  const std::string_view id = text_of(result, "sessionId");
  if (session_.empty()) session_ = id.substr(0, 1024);
  if (session_.empty())
    return give_up(out, {.kind = "invalid_request", .text = "the agent opened a session without an id"});
  modes_.take(result);
  verdict_.session_opened();
  set_up(out);
}

void Session::wish_for(const Out& out, Peer::Purpose purpose, const Modes::Wish& wish) {
  json::object params = wish.params;
  params["sessionId"] = session_;
  peer_.request(out.sink, purpose, wish.method, std::move(params), wish.value);
}

void Session::set_up(const Out& out) {
  if (!settings_.mode.empty() && !std::exchange(has_set_mode_, true)) {
    // A session that may do more than was wished for is none.
    if (const auto wish = modes_.mode(settings_.mode)) return wish_for(out, Peer::Purpose::mode, *wish);
    return give_up(out, {.kind = "invalid_request", .text = "the agent has no mode '" + settings_.mode + "'"});
  }
  if (!settings_.model.empty() && !std::exchange(has_set_model_, true) && settings_.model != modes_.model()) {
    // Without a list there is nothing to choose: the command line has said it.
    if (const auto wish = modes_.model(settings_.model)) return wish_for(out, Peer::Purpose::model, *wish);
    modes_.model_is(settings_.model);
  }
  if (is_replaying_ && quirks_.late_replay && !is_history_over_) return watch(out, Watch::history, kHistorySeconds);
  ready(out);
}

void Session::ready(const Out& out) {
  if (is_open_) return;
  watch(out, Watch::none, 0);
  is_open_ = true;
  announce(out);
  if (replayed_ > 0) out.notice("replayed", std::to_string(replayed_) + " updates of earlier turns were left out");
  show_state(out);
  next_prompt(out);
}

void Session::announce(const Out& out) {
  if (session_.empty()) return;
  json::object body = out.body();
  body["agent_session_id"] = session_;
  const std::string& model = usage_.model().empty() ? modes_.model() : usage_.model();
  if (!model.empty()) body["model"] = model;
  if (!version_.empty()) body["version"] = version_;
  if (!agent_.empty()) body["agent"] = agent_;
  body["cwd"] = settings_.workdir;
  if (!modes_.mode().empty()) body["permission_mode"] = modes_.mode();
  std::string shown = json::serialize(body);
  if (shown == shown_session_) return;
  shown_session_ = std::move(shown);
  out.event(Kind::session, std::move(body));
}

void Session::give_up(const Out& out, Fault&& fault) {
  if (is_closed_) return;
  needs_login_ = fault.kind == "auth";
  blame(out, std::move(fault));
  queued_.clear();
  show_state(out);
  close(out);
  // An agent that stays although nobody speaks to it any more is asked to go.
  watch(out, Watch::end, kEndSeconds);
}

}  // namespace paddock::acp
