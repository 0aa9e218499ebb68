// Reading and judging actions: pure.
#include "control/action_request.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "base/size.hpp"
#include "control/fields.hpp"
#include "screen/keys.hpp"

namespace paddock::control {
namespace json = boost::json;
namespace limits = base::limits;
using base::Errc;
using base::fail;

namespace {

constexpr std::size_t kRefBytes = 256;        // the ABI's limit for a correlation id
constexpr std::size_t kMessageBytes = 65536;  // a reason, an answer: short texts
constexpr std::size_t kKeys = 64;             // nobody presses more at once
constexpr std::array<std::string_view, 12> kVerbs{"send", "approve", "deny",   "answer", "interrupt", "stop",
                                                  "kill", "set",     "resize", "keys",   "attach",    "view_output"};
static_assert(kVerbs.size() == std::size_t(Verb::view_output) + 1);

void read_expect(Fields& fields, std::vector<base::FieldError>& errors, ActionRequest& request) {
  const json::object* object = fields.object("expect");
  if (object == nullptr) return;
  Fields expect(*object, "/expect", errors);
  request.expect.runtime_id = expect.text("runtime_id", kRefBytes);
  request.expect.state_version = expect.number("state_version");
  request.expect.max_age_ms = expect.number("max_age_ms");
  expect.unknown();
}

void read_send(Fields& fields, ActionRequest& request) {
  request.body["text"] = fields.needed_text("text", limits::prompt_bytes);
  const auto when = fields.text("when", kRefBytes);
  if (!when || *when == "now") return;
  if (*when == "idle") {
    request.when = When::idle;
  } else if (*when == "interrupt") {
    request.when = When::interrupt;
  } else {
    fields.wrong("when", "must be 'now', 'idle' or 'interrupt'");
  }
}

void read_decision(Fields& fields, ActionRequest& request, std::string_view decision) {
  request.ref = fields.needed_text("ref", kRefBytes);
  request.body["decision"] = decision;
  request.body["by"] = "human";
  if (auto message = fields.text("message", kMessageBytes)) request.body["message"] = *message;
  if (const auto remember = fields.flag("remember")) request.body["remember"] = *remember;
}

/// Answers are a list of texts, or a list of lists of texts where several choices are allowed.
bool is_answer(const json::value& value) {
  if (value.is_string()) return true;
  return value.is_array() &&
         std::ranges::all_of(value.get_array(), [](const json::value& choice) { return choice.is_string(); });
}

void read_answers(Fields& fields, ActionRequest& request) {
  request.ref = fields.needed_text("ref", kRefBytes);
  request.body["decision"] = "allow";
  request.body["by"] = "human";
  const json::array* answers = fields.array("answers");
  if (answers == nullptr || answers->empty() || !std::ranges::all_of(*answers, is_answer)) {
    return fields.wrong("answers", "must be a list with one answer (a text or a list of texts) for each question");
  }
  json::array lists;
  for (const json::value& answer : *answers) lists.push_back(answer.is_array() ? answer : json::array{answer});
  request.body["answers"] = std::move(lists);
}

std::optional<base::ByteSize> read_size(Fields& fields, std::string_view key) {
  const json::value* value = fields.any(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    const auto bytes = fields.number(key);
    return bytes ? std::optional(base::ByteSize(*bytes)) : std::nullopt;
  }
  auto size = base::parse_size(value->get_string());
  if (size) return *size;
  fields.wrong(key, size.error().detail);
  return std::nullopt;
}

void read_limits(const json::object& object, std::vector<base::FieldError>& errors, ActionRequest& request) {
  Fields fields(object, "/limits", errors);
  request.limits.memory_max = read_size(fields, "memory_max_bytes");
  request.limits.memory_high = read_size(fields, "memory_high_bytes");
  request.limits.pids_max = fields.number("pids_max");
  if (const auto cpu = fields.number("cpu_percent")) {
    if (*cpu == 0 || *cpu > 100'000) fields.wrong("cpu_percent", "must be 1 to 100000 per cent of one core");
    request.limits.cpu_percent = std::uint32_t(*cpu);
  }
  fields.unknown();
}

void read_mode(Fields& fields, ActionRequest& request) {
  const auto text = fields.text("mode", kRefBytes);
  if (!text) return;
  request.mode = session::mode_of(*text);
  if (!request.mode || *request.mode == session::Mode::observed) {
    fields.wrong("mode", "must be 'headless' or 'interactive'");
  }
}

void read_set(Fields& fields, std::vector<base::FieldError>& errors, ActionRequest& request) {
  if (auto model = fields.text("model", kRefBytes)) request.body["model"] = *model;
  if (auto mode = fields.text("permission_mode", kRefBytes)) request.body["permission_mode"] = *mode;
  request.policy = fields.text("policy", limits::name_bytes);
  read_mode(fields, request);
  if (const json::object* object = fields.object("limits")) read_limits(*object, errors, request);
  const bool nothing =
      request.body.empty() && !request.policy && !request.mode && request.limits == policy::Resources{};
  if (nothing && errors.empty()) {
    fields.wrong("type", "'set' needs at least one of limits, policy, model, mode, permission_mode");
  }
}

void read_size_of_terminal(Fields& fields, ActionRequest& request) {
  for (const std::string_view key : {"rows", "cols"}) {
    const std::uint64_t side = fields.number(key).value_or(0);
    if (side == 0 || side > limits::terminal_cells) {
      fields.wrong(key, fmt::format("must be 1 to {}", limits::terminal_cells));
    }
    request.body[key] = side;
  }
}

void read_keys(Fields& fields, ActionRequest& request) {
  const json::array* keys = fields.array("keys");
  if (keys == nullptr || keys->empty() || keys->size() > kKeys) {
    return fields.wrong("keys", fmt::format("must be a list of 1 to {} names, e.g. [\"Down\", \"Enter\"]", kKeys));
  }
  for (const json::value& key : *keys) {
    const bool known = key.is_string() && screen::bytes_of_key(key.get_string(), false);
    if (!known) return fields.wrong("keys", fmt::format("{} is no key; text is for 'send'", json::serialize(key)));
  }
  request.body["keys"] = *keys;
}

void read_parameters(Fields& fields, std::vector<base::FieldError>& errors, ActionRequest& request) {
  switch (request.verb) {
    case Verb::send: return read_send(fields, request);
    case Verb::approve: return read_decision(fields, request, "allow");
    case Verb::deny: return read_decision(fields, request, "deny");
    case Verb::answer: return read_answers(fields, request);
    case Verb::set: return read_set(fields, errors, request);
    case Verb::resize: return read_size_of_terminal(fields, request);
    case Verb::keys: return read_keys(fields, request);
    case Verb::interrupt:
    case Verb::stop:
    case Verb::kill:
    case Verb::attach:
    case Verb::view_output: return;
  }
}

base::Result<> check_expect(const Expect& expect, const session::Record& record, base::WallTime now, bool confirmed) {
  if (expect.runtime_id && *expect.runtime_id != record.runtime.str()) {
    return fail(Errc::stale_runtime, fmt::format("'{}' runs as '{}' now, not as '{}'; nothing was done",
                                                 record.id.str(), record.runtime.str(), *expect.runtime_id));
  }
  if (expect.state_version && *expect.state_version != record.state_version) {
    return fail(Errc::stale_state,
                fmt::format("'{}' is at state version {} ('{}') now, not {}; nothing was done", record.id.str(),
                            record.state_version, session::name(record.state), *expect.state_version));
  }
  if (!expect.max_age_ms || (confirmed && record.state != session::State::unknown)) return {};
  const auto age = now - record.updated_at;
  if (age.count() <= 0 || std::uint64_t(age.count()) <= *expect.max_age_ms) return {};
  return fail(Errc::stale_snapshot,
              fmt::format("the state of '{}' is {} old and cannot be confirmed now; nothing was done", record.id.str(),
                          base::format_duration(age)));
}

base::Result<> check_approval(const ActionRequest& request, const session::Record& record) {
  const auto open = std::ranges::find(record.approvals, request.ref, &session::Approval::ref);
  if (open == record.approvals.end()) {
    return fail(Errc::approval_closed,
                fmt::format("'{}' has no open approval '{}'; nothing was done", record.id.str(), request.ref));
  }
  if (request.verb == Verb::answer && !open->question) {
    return fail(Errc::wrong_state, fmt::format("'{}' asks for a permission: use 'approve' or 'deny'", request.ref));
  }
  if (request.verb == Verb::approve && open->question) {
    return fail(Errc::wrong_state, fmt::format("'{}' is a question: use 'answer' (or 'deny')", request.ref));
  }
  return {};
}

base::Result<> check_free(const session::Record& record) {
  using session::State;
  // Starting, unknown: whoever holds the agent decides. After its adapter failed a session stays unknown, and
  // its agent still takes lines.
  const bool is_free = record.state == State::idle || record.state == State::starting || record.state == State::unknown;
  if (is_free) return {};
  if (record.prompts_any_time && record.state == State::working) return {};
  return fail(Errc::busy, fmt::format("'{}' is {}; send with when 'idle' or 'interrupt'", record.id.str(),
                                      session::name(record.state)));
}

bool needs_terminal(Verb verb) {
  return verb == Verb::resize || verb == Verb::keys || verb == Verb::attach || verb == Verb::view_output;
}

}  // namespace

std::string_view name(Verb verb) noexcept { return kVerbs.at(std::size_t(verb)); }

std::optional<Verb> verb_of(std::string_view name) noexcept {
  const auto* at = std::ranges::find(kVerbs, name);
  if (at == kVerbs.end()) return std::nullopt;
  return Verb(at - kVerbs.begin());
}

base::Result<ActionRequest> action_from_json(const json::value& body) {
  std::vector<base::FieldError> errors;
  if (!body.is_object()) return invalid_fields({{"", "must be an object with a 'type'"}});
  Fields fields(body.get_object(), "", errors);
  ActionRequest request;
  const std::string type = fields.needed_text("type", kRefBytes);
  const auto verb = verb_of(type);
  if (!verb && errors.empty()) {
    fields.wrong("type", fmt::format("'{}' is none of {}", type, fmt::join(kVerbs, ", ")));
  }
  if (!verb) return invalid_fields(std::move(errors));
  request.verb = *verb;
  request.request_ref = fields.text("request_ref", kRefBytes).value_or("");
  read_expect(fields, errors, request);
  read_parameters(fields, errors, request);
  fields.unknown();
  if (!errors.empty()) return invalid_fields(std::move(errors));
  return request;
}

base::Result<> permit_action(const ActionRequest& request, const session::Record& record, base::WallTime now,
                             bool confirmed) {
  if (auto expected = check_expect(request.expect, record, now, confirmed); !expected) return expected;
  if (record.state == session::State::exited) {
    return fail(Errc::wrong_state,
                fmt::format("'{}' has ended; '{}' needs a living session", record.id.str(), name(request.verb)));
  }
  if (needs_terminal(request.verb) && record.mode == session::Mode::headless) {
    return fail(Errc::unsupported,
                fmt::format("'{}' is headless; '{}' needs a terminal", record.id.str(), name(request.verb)));
  }
  switch (request.verb) {
    case Verb::send: return request.when == When::now ? check_free(record) : base::Result<>();
    case Verb::approve:
    case Verb::deny:
    case Verb::answer: return check_approval(request, record);
    default: return {};
  }
}

std::string_view command_type(Verb verb) noexcept {
  switch (verb) {
    case Verb::send: return "prompt";
    case Verb::approve:
    case Verb::deny:
    case Verb::answer: return "answer";
    default: return name(verb);
  }
}

}  // namespace paddock::control
