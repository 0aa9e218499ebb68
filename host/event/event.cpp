// Names of kinds and channels, and events as JSON both ways.
#include "event/event.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <boost/json/value_to.hpp>

namespace paddock::event {
namespace json = boost::json;
namespace {

constexpr std::array<std::string_view, 24> kKindNames{"session",
                                                      "turn",
                                                      "state",
                                                      "message",
                                                      "reasoning",
                                                      "tool_call",
                                                      "tool_result",
                                                      "approval_request",
                                                      "approval_resolved",
                                                      "question",
                                                      "usage",
                                                      "plan_update",
                                                      "file_change",
                                                      "error",
                                                      "notice",
                                                      "outcome",
                                                      "resource",
                                                      "restart",
                                                      "job",
                                                      "workspace",
                                                      "target",
                                                      "pool",
                                                      "policy",
                                                      "unknown"};
static_assert(kKindNames.size() == std::size_t(Kind::unknown) + 1);

constexpr std::array<std::string_view, 9> kChannelNames{"none", "stdout",  "stderr", "pty", "hook",
                                                        "tail", "process", "screen", "host"};
static_assert(kChannelNames.size() == std::size_t(Channel::host) + 1);

template <class Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto at = std::ranges::find(names, name);
  if (at == names.end()) return std::nullopt;
  return static_cast<Enum>(at - names.begin());
}

std::string_view text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

std::uint64_t number_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return 0;
  boost::system::error_code ec;
  const auto number = value->to_number<std::uint64_t>(ec);
  return ec ? 0 : number;
}

base::Error corrupt(std::string_view what) {
  return base::fail(base::Errc::corrupt, fmt::format("an event's '{}' cannot be read", what));
}

void read_source(const json::object& object, Event& event) {
  const json::value* source = object.if_contains("source");
  if (source == nullptr || !source->is_object()) return;
  const json::object& fields = source->get_object();
  event.source.channel = channel_of(text_of(fields, "channel")).value_or(Channel::none);
  event.source.begin = number_of(fields, "begin");
  event.source.end = number_of(fields, "end");
}

void read_data(const json::object& object, Event& event) {
  const json::value* data = object.if_contains("data");
  if (data == nullptr || !data->is_object()) return;
  event.data = data->get_object();
  const json::value* ref = event.data.if_contains("ref");
  if (ref != nullptr && ref->is_string()) {
    event.ref = text_of(event.data, "ref");
    event.data.erase("ref");
  }
  const json::value* partial = event.data.if_contains("partial");
  if (partial != nullptr && partial->is_bool()) {
    event.partial = partial->get_bool();
    event.data.erase("partial");
  }
}

}  // namespace

std::string_view name(Kind kind) noexcept { return kKindNames.at(std::size_t(kind)); }
std::optional<Kind> kind_of(std::string_view name) noexcept { return find_name<Kind>(kKindNames, name); }
std::string_view name(Channel channel) noexcept { return kChannelNames.at(std::size_t(channel)); }
std::optional<Channel> channel_of(std::string_view name) noexcept { return find_name<Channel>(kChannelNames, name); }

json::object to_json(const Event& event, std::string_view stream) {
  json::object out;
  if (!stream.empty()) out["stream_id"] = stream;
  out["seq"] = event.seq;
  if (event.number != 0) out["number"] = event.number;
  out["time"] = base::format_time(event.time);
  out["observed_at"] = base::format_time(event.observed_at);
  if (!event.session.empty()) out["session"] = event.session.str();
  if (!event.runtime.empty()) out["runtime_id"] = event.runtime.str();
  out["kind"] = name(event.kind);
  if (event.source.channel != Channel::none) {
    json::object& source = out["source"].emplace_object();
    source["channel"] = name(event.source.channel);
    source["begin"] = event.source.begin;
    source["end"] = event.source.end;
  }
  if (event.action) out["action_id"] = event.action->str();
  json::object& data = out["data"].emplace_object();
  data = event.data;
  if (!event.ref.empty()) data["ref"] = event.ref;
  if (event.partial) data["partial"] = true;
  return out;
}

base::Result<Event> from_json(const json::object& object) {
  Event event;
  event.seq = number_of(object, "seq");
  event.number = number_of(object, "number");
  const auto time = base::parse_time(text_of(object, "time"));
  if (!time) return corrupt("time");
  event.time = *time;
  const auto observed = base::parse_time(text_of(object, "observed_at"));
  event.observed_at = observed ? *observed : *time;
  if (const auto text = text_of(object, "session"); !text.empty()) {
    auto id = base::SessionId::parse(text);
    if (!id) return corrupt("session");
    event.session = std::move(*id);
  }
  if (const auto text = text_of(object, "runtime_id"); !text.empty()) {
    auto id = base::RuntimeId::parse(text);
    if (!id) return corrupt("runtime_id");
    event.runtime = std::move(*id);
  }
  const auto kind = kind_of(text_of(object, "kind"));
  if (!kind) return corrupt("kind");
  event.kind = *kind;
  read_source(object, event);
  if (const auto text = text_of(object, "action_id"); !text.empty()) {
    auto id = base::ActionId::parse(text);
    if (!id) return corrupt("action_id");
    event.action = std::move(*id);
  }
  read_data(object, event);
  return event;
}

}  // namespace paddock::event
