// Limits and time-outs to JSON and back.
#include "session/resources_json.hpp"

#include <limits>

#include "session/fields.hpp"

namespace paddock::session {
namespace json = boost::json;

namespace {

void put(json::object& out, std::string_view key, const std::optional<base::ByteSize>& size) {
  if (size) out[key] = size->bytes();
}

template <class Number>
void put(json::object& out, std::string_view key, const std::optional<Number>& number) {
  if (number) out[key] = *number;
}

void put(json::object& out, std::string_view key, const std::optional<std::chrono::milliseconds>& time) {
  if (time) out[key] = time->count();
}

std::optional<base::ByteSize> size_in(Fields& fields, std::string_view key) {
  const auto number = fields.maybe_number(key);
  if (!number) return std::nullopt;
  return base::ByteSize(*number);
}

std::optional<std::uint32_t> u32_in(Fields& fields, std::string_view key) {
  const auto number = fields.maybe_number(key);
  if (!number) return std::nullopt;
  if (*number > std::numeric_limits<std::uint32_t>::max()) {
    fields.note(key);
    return std::nullopt;
  }
  return std::uint32_t(*number);
}

std::optional<std::chrono::milliseconds> millis_in(Fields& fields, std::string_view key) {
  const auto number = fields.maybe_signed(key);
  if (!number) return std::nullopt;
  return std::chrono::milliseconds(*number);
}

}  // namespace

json::object resources_to_json(const policy::Resources& resources) {
  json::object out;
  put(out, "memory_max_bytes", resources.memory_max);
  put(out, "memory_high_bytes", resources.memory_high);
  put(out, "memory_swap_bytes", resources.memory_swap);
  put(out, "cpu_percent", resources.cpu_percent);
  put(out, "cpu_weight", resources.cpu_weight);
  put(out, "pids_max", resources.pids_max);
  put(out, "io_weight", resources.io_weight);
  return out;
}

base::Result<policy::Resources> resources_from_json(const json::object& object) {
  Fields fields(object, "set of limits");
  policy::Resources out;
  out.memory_max = size_in(fields, "memory_max_bytes");
  out.memory_high = size_in(fields, "memory_high_bytes");
  out.memory_swap = size_in(fields, "memory_swap_bytes");
  out.cpu_percent = u32_in(fields, "cpu_percent");
  out.cpu_weight = u32_in(fields, "cpu_weight");
  out.pids_max = fields.maybe_number("pids_max");
  out.io_weight = u32_in(fields, "io_weight");
  if (auto ok = fields.check(); !ok) return ok.error();
  return out;
}

json::object timeouts_to_json(const policy::Timeouts& timeouts) {
  json::object out;
  put(out, "start_ms", timeouts.start);
  put(out, "stop_ms", timeouts.stop);
  put(out, "idle_ms", timeouts.idle);
  put(out, "total_ms", timeouts.total);
  return out;
}

base::Result<policy::Timeouts> timeouts_from_json(const json::object& object) {
  Fields fields(object, "set of time-outs");
  policy::Timeouts out;
  out.start = millis_in(fields, "start_ms");
  out.stop = millis_in(fields, "stop_ms");
  out.idle = millis_in(fields, "idle_ms");
  out.total = millis_in(fields, "total_ms");
  if (auto ok = fields.check(); !ok) return ok.error();
  return out;
}

}  // namespace paddock::session
