// The journal's payloads.
#include "runner/records.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "session/fields.hpp"
#include "session/resources_json.hpp"
#include "session/terminal.hpp"

namespace paddock::runner {
namespace json = boost::json;
using link::journal::Record;
using link::journal::Type;
using session::Fields;
namespace input = session::input;

namespace {

base::Result<json::object> object_of(std::string_view payload) {
  boost::system::error_code ec;
  json::parse_options options;
  options.max_depth = base::limits::json_depth;
  json::value value = json::parse(payload, ec, {}, options);
  if (ec || !value.is_object()) return base::fail(base::Errc::corrupt, "a record of the journal is no JSON object");
  return std::move(value.get_object());
}

Written written(Type type, const json::object& payload) {
  return {type, event::Channel::none, json::serialize(payload)};
}

Written to_record_of(const input::Started& started) { return written(Type::started, {{"pid", started.pid}}); }
Written to_record_of(const input::Output& output) { return {Type::output, output.channel, {}}; }
Written to_record_of(const input::Eof& eof) { return {Type::eof, eof.channel, {}}; }
Written to_record_of(const input::Tick&) { return {Type::tick, event::Channel::none, {}}; }

Written to_record_of(const input::Command& command) {
  json::object out;
  if (command.action) out["action"] = command.action->str();
  out["command"] = command.type;
  if (!command.ref.empty()) out["ref"] = command.ref;
  out["body"] = command.body;
  if (!command.caused_by.empty()) out["caused_by"] = command.caused_by;
  return written(Type::command, out);
}

Written to_record_of(const input::InputTaken& taken) {
  return written(Type::fact, {{"kind", "input_taken"}, {"total", taken.total}});
}

Written to_record_of(const input::InputLost& lost) {
  return written(Type::fact, {{"kind", "input_lost"}, {"why", lost.why}});
}

Written to_record_of(const input::AdapterFailed& failed) {
  return {Type::adapter_failed, event::Channel::none, failure_payload(0, failed.code, failed.detail)};
}

Written to_record_of(const input::Fact& fact) {
  return written(Type::fact, {{"kind", fact.kind}, {"numbers", fact.numbers}});
}

Written to_record_of(const input::Exited& exited) {
  json::object out;
  if (exited.code) out["code"] = *exited.code;
  if (exited.signal) out["signal"] = *exited.signal;
  out["resources"] = exited.resources;
  return written(Type::exited, out);
}

/// `input` when every field could be read.
base::Result<session::Input> checked(const Fields& fields, session::Input input) {
  if (auto ok = fields.check(); !ok) return ok.error();
  return input;
}

base::Result<session::Input> fact_of(Fields& fields) {
  const std::string kind = fields.text("kind");
  if (kind == "input_taken") return checked(fields, input::InputTaken{fields.number("total")});
  if (kind == "input_lost") return checked(fields, input::InputLost{fields.text("why")});
  return checked(fields, input::Fact{kind, fields.object("numbers")});
}

base::Result<session::Input> command_of(Fields& fields) {
  input::Command command;
  const auto action = fields.id<base::ActionId>("action");
  if (!action.empty()) command.action = action;
  command.type = fields.text("command");
  command.ref = fields.text("ref");
  command.body = fields.object("body");
  command.caused_by = fields.text("caused_by");
  return checked(fields, std::move(command));
}

base::Result<session::Input> exited_of(Fields& fields) {
  input::Exited exited;
  if (const auto code = fields.maybe_signed("code")) exited.code = int(*code);
  if (const auto signal = fields.maybe_signed("signal")) exited.signal = int(*signal);
  exited.resources = fields.object("resources");
  return checked(fields, std::move(exited));
}

}  // namespace

json::object setup_record(const session::Launch& launch, const session::Plan& plan) {
  json::object out;
  out["session"] = launch.session.str();
  out["runtime"] = launch.runtime.str();
  out["adapter_id"] = launch.adapter_id;
  out["adapter_version"] = launch.adapter_version;
  out["adapter_file"] = launch.adapter_file;
  out["adapter_sha256"] = launch.adapter_sha256;
  out["adapter_request"] = launch.adapter_request;
  const std::string& program = plan.argv.front();
  out["program"] = program.substr(program.rfind('/') + 1);
  out["timeouts"] = session::timeouts_to_json(launch.timeouts);
  out["limits"] = session::resources_to_json(launch.limits);
  out["keep_open"] = launch.keep_open;
  out["stop"] = session::rungs_to_json(plan.stop);
  if (plan.pty) {
    json::object& terminal = out["terminal"].emplace_object();
    terminal = session::to_json(session::TerminalSetup{plan.rows, plan.cols});
    if (!launch.screen_rules.empty()) terminal["rules"] = launch.screen_rules;
  }
  return out;
}

base::Result<SetupRecord> setup_of(std::string_view payload) {
  auto object = object_of(payload);
  if (!object) return object.error();
  Fields fields(*object, "launch");
  SetupRecord out;
  out.setup.session = fields.id<base::SessionId>("session");
  out.setup.runtime = fields.id<base::RuntimeId>("runtime");
  out.setup.adapter_id = fields.text("adapter_id");
  out.setup.adapter_version = fields.text("adapter_version");
  out.setup.program = fields.text("program");
  out.setup.keep_open = fields.flag("keep_open");
  out.adapter_file = fields.text("adapter_file");
  out.adapter_request = fields.object("adapter_request");
  auto timeouts = session::timeouts_from_json(fields.object("timeouts"));
  if (!timeouts) return timeouts.error();
  out.setup.timeouts = *timeouts;
  auto limits = session::resources_from_json(fields.object("limits"));
  if (!limits) return limits.error();
  out.setup.limits = *limits;
  const json::value* stop = fields.find("stop");
  if (stop != nullptr && stop->is_array()) out.setup.stop = session::rungs_from_json(stop->get_array());
  if (fields.find("terminal") != nullptr) {
    auto terminal = session::terminal_from_json(fields.object("terminal"));
    if (!terminal) return terminal.error();
    out.setup.terminal = std::make_shared<const session::TerminalSetup>(*terminal);
  }
  if (auto ok = fields.check(); !ok) return ok.error();
  return out;
}

Written to_record(const session::Input& input) {
  return std::visit([](const auto& each) { return to_record_of(each); }, input);
}

base::Result<session::Input> to_input(const Record& record) {
  if (record.type == Type::output) return session::Input(input::Output{record.channel, record.payload});
  if (record.type == Type::eof) return session::Input(input::Eof{record.channel});
  if (record.type == Type::tick) return session::Input(input::Tick{});
  auto object = object_of(record.payload);
  if (!object) return object.error();
  Fields fields(*object, "record of the journal");
  switch (record.type) {
    case Type::started: return checked(fields, input::Started{int(fields.number("pid"))});
    case Type::command: return command_of(fields);
    case Type::adapter_failed: return checked(fields, input::AdapterFailed{fields.text("code"), fields.text("detail")});
    case Type::fact: return fact_of(fields);
    case Type::exited: return exited_of(fields);
    default:
      return base::fail(base::Errc::corrupt,
                        fmt::format("a record of the type {} in the journal is no input", int(record.type)));
  }
}

std::string failure_payload(std::uint64_t call, std::string_view code, std::string_view detail) {
  return json::serialize(json::object{{"call", call}, {"code", code}, {"detail", detail}});
}

base::Result<Failure> failure_of(std::string_view payload) {
  auto object = object_of(payload);
  if (!object) return object.error();
  Fields fields(*object, "record of the journal");
  Failure failure{fields.number("call"), fields.text("code"), fields.text("detail")};
  if (auto ok = fields.check(); !ok) return ok.error();
  return failure;
}

}  // namespace paddock::runner
