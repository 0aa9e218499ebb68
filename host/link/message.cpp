// Messages as JSON both ways.
#include "link/message.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "link/frame.hpp"
#include "session/fields.hpp"
#include "session/resources_json.hpp"

namespace paddock::link {
namespace json = boost::json;
using session::Fields;

namespace {

json::object typed(std::string_view type) {
  json::object out;
  out["type"] = type;
  return out;
}

json::object written(const Launch& message) {
  json::object out = typed("launch");
  out["launch"] = session::to_json(message.launch);
  return out;
}

json::object written(const Hello& message) {
  json::object out = typed("hello");
  out["version"] = message.version;
  out["session"] = message.session.str();
  out["after"] = message.after;
  return out;
}

json::object written(const Ack& message) {
  json::object out = typed("ack");
  out["number"] = message.number;
  return out;
}

json::object written(const Command& message) {
  json::object out = typed("command");
  if (message.action) out["action"] = message.action->str();
  // The message's own type stands in `type`, so the command's is `command`.
  out["command"] = message.type;
  if (!message.ref.empty()) out["ref"] = message.ref;
  out["body"] = message.body;
  if (!message.caused_by.empty()) out["caused_by"] = message.caused_by;
  return out;
}

json::object written(const Look& message) {
  json::object out = typed("look");
  out["look"] = message.look;
  if (message.scrollback != 0) out["scrollback"] = message.scrollback;
  if (message.paint) out["paint"] = true;
  if (message.explain) out["explain"] = true;
  return out;
}

json::object written(const Limits& message) {
  json::object out = typed("limits");
  out["resources"] = session::resources_to_json(message.resources);
  return out;
}

json::object written(const Bye&) { return typed("bye"); }

json::object written(const Ready& message) {
  json::object out = typed("ready");
  out["version"] = message.version;
  out["session"] = message.session.str();
  out["runtime_id"] = message.runtime.str();
  out["runner_pid"] = message.runner_pid;
  out["runner_start_time"] = message.runner_start_time;
  if (message.agent_pid) out["agent_pid"] = *message.agent_pid;
  out["last_number"] = message.last_number;
  return out;
}

json::object written(const Started& message) {
  json::object out = typed("started");
  out["pid"] = message.pid;
  return out;
}

json::object written(const Refused& message) {
  json::object out = typed("refused");
  out["code"] = base::name(message.error.code);
  out["detail"] = message.error.detail;
  json::array& errors = out["errors"].emplace_array();
  for (const base::FieldError& error : message.error.errors) {
    errors.push_back({{"pointer", error.pointer}, {"detail", error.detail}});
  }
  return out;
}

json::object written(const Events& message) {
  json::object out = typed("events");
  json::array& items = out["items"].emplace_array();
  for (const event::Event& event : message.items) items.push_back(event::to_json(event, {}));
  return out;
}

json::object written(const Result& message) {
  json::object out = typed("result");
  out["action"] = message.action.str();
  out["state"] = message.state;
  if (!message.code.empty()) out["code"] = message.code;
  if (!message.detail.empty()) out["detail"] = message.detail;
  out["numbers"] = json::value_from(message.numbers);
  return out;
}

json::object written(const Screen& message) {
  json::object out = typed("screen");
  out["look"] = message.look;
  out["screen"] = message.screen;
  if (!message.rules.empty()) out["rules"] = message.rules;
  if (!message.paint.empty()) out["paint"] = message.paint;
  out["offset"] = message.offset;
  return out;
}

json::object written(const Closed&) { return typed("closed"); }

template <class Variant>
base::Result<std::string> encode_any(const Variant& message) {
  return encode_frame(std::visit([](const auto& each) { return written(each); }, message));
}

base::Errc code_of(std::string_view text) {
  for (auto code = base::Errc::internal; code <= base::Errc::lost; code = base::Errc(std::uint16_t(code) + 1)) {
    if (base::name(code) == text) return code;
  }
  return base::Errc::internal;
}

/// `message` when every field could be read.
template <class Variant, class Message>
base::Result<Variant> checked(const Fields& fields, Message message) {
  if (auto ok = fields.check(); !ok) return ok.error();
  return Variant(std::move(message));
}

base::Result<ToRunner> read_launch(Fields& fields) {
  auto launch = session::launch_from_json(fields.object("launch"));
  if (!launch) return launch.error();
  return checked<ToRunner>(fields, Launch{std::move(*launch)});
}

base::Result<ToRunner> read_command(Fields& fields) {
  Command command;
  const auto action = fields.id<base::ActionId>("action");
  if (!action.empty()) command.action = action;
  command.type = fields.text("command");
  command.ref = fields.text("ref");
  command.body = fields.object("body");
  command.caused_by = fields.text("caused_by");
  return checked<ToRunner>(fields, std::move(command));
}

base::Result<ToRunner> read_limits(Fields& fields) {
  auto resources = session::resources_from_json(fields.object("resources"));
  if (!resources) return resources.error();
  return checked<ToRunner>(fields, Limits{*resources});
}

base::Result<FromRunner> read_ready(Fields& fields) {
  Ready ready;
  ready.version = std::uint32_t(fields.number("version"));
  ready.session = fields.id<base::SessionId>("session");
  ready.runtime = fields.id<base::RuntimeId>("runtime_id");
  ready.runner_pid = int(fields.number("runner_pid"));
  ready.runner_start_time = fields.number("runner_start_time");
  if (const auto pid = fields.maybe_number("agent_pid")) ready.agent_pid = int(*pid);
  ready.last_number = fields.number("last_number");
  return checked<FromRunner>(fields, std::move(ready));
}

base::Result<FromRunner> read_refused(Fields& fields) {
  Refused refused;
  refused.error.code = code_of(fields.text("code"));
  refused.error.detail = fields.text("detail");
  const json::value* errors = fields.find("errors");
  if (errors != nullptr && errors->is_array()) {
    for (const json::value& item : errors->get_array()) {
      if (!item.is_object()) continue;
      refused.error.errors.push_back({std::string(session::text_or_empty(item.get_object(), "pointer")),
                                      std::string(session::text_or_empty(item.get_object(), "detail"))});
    }
  }
  return checked<FromRunner>(fields, std::move(refused));
}

base::Result<FromRunner> read_events(Fields& fields) {
  Events events;
  const json::value* items = fields.find("items");
  if (items == nullptr || !items->is_array()) fields.note("items");
  if (auto ok = fields.check(); !ok) return ok.error();
  events.items.reserve(items->get_array().size());
  for (const json::value& item : items->get_array()) {
    if (!item.is_object()) fields.note("items");
    if (!item.is_object()) continue;
    auto event = event::from_json(item.get_object());
    if (!event) return event.error();
    events.items.push_back(std::move(*event));
  }
  return checked<FromRunner>(fields, std::move(events));
}

base::Result<FromRunner> read_result(Fields& fields) {
  Result result;
  result.action = fields.id<base::ActionId>("action");
  result.state = fields.text("state");
  result.code = fields.text("code");
  result.detail = fields.text("detail");
  const json::value* numbers = fields.find("numbers");
  if (numbers != nullptr && numbers->is_array()) {
    for (const json::value& number : numbers->get_array()) {
      boost::system::error_code ec;
      result.numbers.push_back(number.to_number<std::uint64_t>(ec));
      if (ec) fields.note("numbers");
    }
  }
  return checked<FromRunner>(fields, std::move(result));
}

base::Error unknown(std::string_view type) {
  return base::fail(base::Errc::unsupported,
                    fmt::format("a message of the type '{}' is not known, it is skipped", type));
}

}  // namespace

base::Result<std::string> encode(const ToRunner& message) { return encode_any(message); }
base::Result<std::string> encode(const FromRunner& message) { return encode_any(message); }

base::Result<std::string> encode_events(const std::vector<std::string_view>& items) {
  std::string text = R"({"type":"events","items":[)";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 0) text += ',';
    text += items[i];
  }
  text += "]}";
  return encode_frame_text(text);
}

base::Result<ToRunner> to_runner(const json::object& message) {
  Fields fields(message, "message");
  const std::string type = fields.text("type");
  if (type == "ack") return checked<ToRunner>(fields, Ack{fields.number("number")});
  if (type == "command") return read_command(fields);
  if (type == "launch") return read_launch(fields);
  if (type == "hello") {
    Hello hello{std::uint32_t(fields.number("version")), fields.id<base::SessionId>("session"), fields.number("after")};
    return checked<ToRunner>(fields, std::move(hello));
  }
  if (type == "limits") return read_limits(fields);
  if (type == "look") {
    return checked<ToRunner>(
        fields, Look{fields.number("look"), fields.number("scrollback"), fields.flag("paint"), fields.flag("explain")});
  }
  if (type == "bye") return ToRunner(Bye{});
  return unknown(type);
}

base::Result<FromRunner> from_runner(const json::object& message) {
  Fields fields(message, "message");
  const std::string type = fields.text("type");
  if (type == "events") return read_events(fields);
  if (type == "result") return read_result(fields);
  if (type == "ready") return read_ready(fields);
  if (type == "started") return checked<FromRunner>(fields, Started{int(fields.number("pid"))});
  if (type == "refused") return read_refused(fields);
  if (type == "screen") {
    return checked<FromRunner>(fields, Screen{fields.number("look"), fields.object("screen"), fields.object("rules"),
                                              fields.text("paint"), fields.number("offset")});
  }
  if (type == "closed") return FromRunner(Closed{});
  return unknown(type);
}

}  // namespace paddock::link
