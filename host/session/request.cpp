// Checks the body of POST /v1/sessions: every wrong place is named, not only the first.
#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "base/limits.hpp"
#include "session/launch.hpp"

namespace paddock::session {
namespace json = boost::json;
namespace limits = base::limits;

namespace {

constexpr std::size_t kPathBytes = 4095;             // PATH_MAX without the NUL
constexpr std::size_t kArgumentBytes = 128U << 10U;  // MAX_ARG_STRLEN of the kernel
constexpr std::size_t kIdBytes = 256;                // a model, an agent's session id
constexpr std::uint64_t kMemoryMin = 1U << 20U;      // below it nothing starts
constexpr std::uint64_t kPidsMax = 4'194'304;        // the kernel's own ceiling
constexpr std::uint64_t kCpuPercentMax = 100'000;    // 1000 cores
constexpr std::array<std::string_view, 3> kNotYet{"workspace", "repo", "worktree"};

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_adapter_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= limits::name_bytes && text.front() >= 'a' && text.front() <= 'z' &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; });
}

bool is_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= limits::name_bytes && (is_letter(text.front()) || is_digit(text.front())) &&
         !text.starts_with(base::SessionTag::prefix) && std::ranges::all_of(text, [](char c) {
           return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
         });
}

bool is_variable(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kIdBytes && !is_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

std::string escaped(std::string_view key) {
  std::string out;
  for (const char c : key.substr(0, 80)) {
    if (c == '~') out += "~0";
    if (c == '/') out += "~1";
    if (c != '~' && c != '/') out += c;
  }
  return out;
}

/// Collects what is wrong while the fields are read one by one.
class Checker final {
 public:
  void wrong(std::string pointer, std::string detail) { errors_.push_back({std::move(pointer), std::move(detail)}); }

  std::optional<std::string> text(const json::value& value, const std::string& pointer, std::size_t most) {
    if (!value.is_string()) return wrong(pointer, "must be a string"), std::nullopt;
    const auto& text = value.get_string();
    if (text.size() > most) return wrong(pointer, fmt::format("must not be longer than {} bytes", most)), std::nullopt;
    if (text.find('\0') != json::string::npos) return wrong(pointer, "must not contain NUL"), std::nullopt;
    return std::string(text);
  }

  std::optional<std::string> filled(const json::value& value, const std::string& pointer, std::size_t most) {
    auto out = text(value, pointer, most);
    if (out && out->empty()) return wrong(pointer, "must not be empty"), std::nullopt;
    return out;
  }

  std::optional<bool> flag(const json::value& value, const std::string& pointer) {
    if (!value.is_bool()) return wrong(pointer, "must be true or false"), std::nullopt;
    return value.get_bool();
  }

  std::optional<std::uint64_t> number(const json::value& value, const std::string& pointer, std::uint64_t least,
                                      std::uint64_t most) {
    boost::system::error_code ec;
    const auto number = value.is_number() ? value.to_number<std::uint64_t>(ec) : 0;
    if (!value.is_number() || ec || number < least || number > most) {
      wrong(pointer, fmt::format("must be a whole number from {} to {}", least, most));
      return std::nullopt;
    }
    return number;
  }

  /// The object of a field with at most `most` entries, or null.
  const json::object* object(const json::value& value, const std::string& pointer, std::size_t most) {
    if (!value.is_object()) return wrong(pointer, "must be an object"), nullptr;
    if (value.get_object().size() > most) {
      return wrong(pointer, fmt::format("must not have more than {} entries", most)), nullptr;
    }
    return &value.get_object();
  }

  std::vector<base::FieldError> take() { return std::move(errors_); }

 private:
  std::vector<base::FieldError> errors_;
};

void read_adapter(Checker& check, const json::value& value, Request& request) {
  const auto id = check.text(value, "/adapter", kIdBytes);
  if (!id) return;
  if (!is_adapter_id(*id)) return check.wrong("/adapter", "must be an adapter's id: a-z, 0-9 and '-', a letter first");
  request.adapter = *id;
}

void read_prompt(Checker& check, const json::value& value, Request& request) {
  request.prompt = check.filled(value, "/prompt", limits::prompt_bytes);
}

void read_mode(Checker& check, const json::value& value, Request& request) {
  const auto text = check.text(value, "/mode", kIdBytes);
  if (!text) return;
  const auto mode = mode_of(*text);
  if (!mode || *mode == Mode::observed) return check.wrong("/mode", "must be 'headless' or 'interactive'");
  request.mode = *mode;
}

void read_name(Checker& check, const json::value& value, Request& request) {
  const auto text = check.text(value, "/name", kPathBytes);
  if (!text) return;
  if (!is_name(*text)) {
    return check.wrong("/name",
                       fmt::format("must be 1 to {} of A-Z, a-z, 0-9, '_', '.' and '-', beginning with a letter "
                                   "or digit, and not like an id ('ses_...')",
                                   limits::name_bytes));
  }
  request.name = *text;
}

void read_workdir(Checker& check, const json::value& value, Request& request) {
  const auto text = check.text(value, "/workdir", kPathBytes);
  if (!text) return;
  if (!text->starts_with('/')) return check.wrong("/workdir", "must be an absolute path");
  request.workdir = *text;
}

void read_policy(Checker& check, const json::value& value, Request& request) {
  const auto text = check.filled(value, "/policy", limits::name_bytes);
  if (text) request.policy = *text;
}

void read_limits(Checker& check, const json::value& value, Request& request) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  const json::object* object = check.object(value, "/limits", limits::labels);
  if (object == nullptr) return;
  for (const auto& [key, item] : *object) {
    const std::string pointer = "/limits/" + escaped(key);
    if (key == "memory_max_bytes" || key == "memory_high_bytes") {
      const auto size = check.number(item, pointer, kMemoryMin, kMost);
      if (size) (key == "memory_max_bytes" ? request.limits.memory_max : request.limits.memory_high).emplace(*size);
    } else if (key == "cpu_percent") {
      if (const auto share = check.number(item, pointer, 1, kCpuPercentMax)) {
        request.limits.cpu_percent = std::uint32_t(*share);
      }
    } else if (key == "pids_max") {
      request.limits.pids_max = check.number(item, pointer, 1, kPidsMax);
    } else {
      check.wrong(pointer, "is not a field of the limits");
    }
  }
}

void read_model(Checker& check, const json::value& value, Request& request) {
  if (const auto text = check.filled(value, "/model", kIdBytes)) request.model = *text;
}

void read_resume(Checker& check, const json::value& value, Request& request) {
  if (const auto text = check.filled(value, "/resume", kIdBytes)) request.resume = *text;
}

void read_env(Checker& check, const json::value& value, Request& request) {
  const json::object* object = check.object(value, "/env", limits::environment_entries);
  if (object == nullptr) return;
  for (const auto& [key, item] : *object) {
    const std::string pointer = "/env/" + escaped(key);
    if (!is_variable(key)) check.wrong(pointer, "must be named with A-Z, a-z, 0-9 and '_', no digit first");
    const auto text = check.text(item, pointer, kArgumentBytes - kIdBytes - 2);
    if (text) request.env.emplace(std::string(key), *text);
  }
}

void read_yolo(Checker& check, const json::value& value, Request& request) {
  request.yolo = check.flag(value, "/yolo").value_or(false);
}

void read_keep_open(Checker& check, const json::value& value, Request& request) {
  request.keep_open = check.flag(value, "/keep_open").value_or(false);
}

void read_args(Checker& check, const json::value& value, Request& request) {
  if (!value.is_array()) return check.wrong("/args", "must be a list of strings");
  const json::array& list = value.get_array();
  if (list.size() > limits::arguments) {
    return check.wrong("/args", fmt::format("must not have more than {} entries", limits::arguments));
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (auto text = check.text(list[i], fmt::format("/args/{}", i), kArgumentBytes - 1)) {
      request.args.push_back(std::move(*text));
    }
  }
}

void read_options(Checker& check, const json::value& value, Request& request) {
  const json::object* object = check.object(value, "/options", limits::environment_entries);
  if (object != nullptr) request.options = *object;
}

void read_labels(Checker& check, const json::value& value, Request& request) {
  const json::object* object = check.object(value, "/labels", limits::labels);
  if (object == nullptr) return;
  for (const auto& [key, item] : *object) {
    const std::string pointer = "/labels/" + escaped(key);
    if (key.empty() || key.size() > limits::name_bytes) {
      check.wrong(pointer, fmt::format("must have a name of 1 to {} bytes", limits::name_bytes));
    }
    if (auto text = check.text(item, pointer, limits::label_value_bytes))
      request.labels.emplace(std::string(key), *text);
  }
}

void read_timeout(Checker& check, const json::value& value, Request& request) {
  const auto text = check.text(value, "/timeout", kIdBytes);
  if (!text) return;
  const auto time = base::parse_duration(*text);
  if (!time || time->count() <= 0) return check.wrong("/timeout", "must be a duration such as 30s, 10m or 1h30m");
  request.timeout = *time;
}

struct Field {
  std::string_view name;
  void (*read)(Checker&, const json::value&, Request&);
};
constexpr std::array<Field, 16> kFields{{{"adapter", read_adapter},
                                         {"prompt", read_prompt},
                                         {"mode", read_mode},
                                         {"name", read_name},
                                         {"workdir", read_workdir},
                                         {"policy", read_policy},
                                         {"limits", read_limits},
                                         {"model", read_model},
                                         {"resume", read_resume},
                                         {"env", read_env},
                                         {"yolo", read_yolo},
                                         {"keep_open", read_keep_open},
                                         {"args", read_args},
                                         {"options", read_options},
                                         {"labels", read_labels},
                                         {"timeout", read_timeout}}};

void read_field(Checker& check, std::string_view key, const json::value& value, Request& request) {
  const auto field = std::ranges::find(kFields, key, &Field::name);
  if (field != kFields.end()) return field->read(check, value, request);
  if (std::ranges::find(kNotYet, key) != kNotYet.end()) {
    return check.wrong("/" + std::string(key), "is not available in this version; use 'workdir'");
  }
  check.wrong("/" + escaped(key), "is not a field of a session");
}

}  // namespace

base::Result<Request> request_from_json(const json::value& body) {
  Checker check;
  Request request;
  if (!body.is_object()) {
    check.wrong("", "must be an object");
  } else {
    const json::object& object = body.get_object();
    for (const auto& [key, value] : object) read_field(check, key, value, request);
    if (!object.contains("adapter")) check.wrong("/adapter", "is missing");
    if (!object.contains("keep_open")) request.keep_open = !object.contains("prompt");
  }
  auto errors = check.take();
  if (errors.empty()) return request;
  base::Error error = base::fail(base::Errc::invalid_request, "");
  error.detail =
      fmt::format("'{}' {}{}", errors.front().pointer.empty() ? "the body" : errors.front().pointer,
                  errors.front().detail, errors.size() == 1 ? "" : fmt::format(", and {} more", errors.size() - 1));
  error.errors = std::move(errors);
  return error;
}

}  // namespace paddock::session
