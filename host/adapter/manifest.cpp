// Checks what an adapter says about itself, and copies it.
#include "adapter/manifest.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json.hpp>

#include "base/limits.hpp"
#include "paddock/text.hpp"

namespace paddock::adapter {

namespace json = boost::json;

namespace {

// A manifest is a page of text; more is a mistake or an attack.
constexpr std::size_t text_bytes = 64U << 10U;
constexpr std::size_t id_bytes = 64;
constexpr std::array<const char*, 2> known_extensions{PDK_EXT_PROBE, "paddock.screen/1"};

using Problems = std::vector<std::string>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_id(std::string_view id) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !id.empty() && lower(id.front()) &&
         std::all_of(id.begin(), id.end(), [&](char c) { return lower(c) || is_digit(c) || c == '-'; });
}

/// MAJOR.MINOR.PATCH with an optional -pre.release and +build, as semver.org says, its rule on leading
/// zeros excepted: a person who writes 1.02.0 means what we understand.
bool is_version(std::string_view text) {
  for (int part = 0; part < 3; ++part) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    const auto digits = static_cast<std::size_t>(end - text.begin());
    if (digits == 0) return false;
    text.remove_prefix(digits);
    if (part == 2) break;
    if (text.empty() || text.front() != '.') return false;
    text.remove_prefix(1);
  }
  const auto allowed = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '+';
  };
  return text.empty() || ((text.front() == '-' || text.front() == '+') && text.size() > 1 &&
                          std::all_of(text.begin(), text.end(), allowed));
}

std::string copy(pdk_str text, std::string_view what, Problems& problems) {
  if (text.len == 0) return {};
  if (text.data == nullptr || text.len > text_bytes) {
    problems.push_back(fmt::format("{} has {} bytes{}", what, text.len,
                                   text.data == nullptr ? " at a null pointer" : ", over 64 KiB"));
    return {};
  }
  std::string out(text.data, text.len);
  if (!sdk::is_utf8(out)) problems.push_back(fmt::format("{} is not UTF-8", what));
  return out;
}

json::value parse(pdk_str text, std::string_view what, Problems& problems) {
  const std::string source = copy(text, what, problems);
  boost::system::error_code ec;
  json::value value = json::parse(source, ec, {}, {.max_depth = base::limits::json_depth});
  if (!ec) return value;
  problems.push_back(fmt::format("{} is not JSON", what));
  return nullptr;
}

/// An array of texts; absent means empty.
json::array texts(pdk_str text, std::string_view what, Problems& problems) {
  if (text.len == 0) return {};
  const std::size_t before = problems.size();
  json::value value = parse(text, what, problems);
  const bool fits = value.is_array() && std::all_of(value.get_array().begin(), value.get_array().end(),
                                                    [](const json::value& item) { return item.is_string(); });
  if (fits) return std::move(value.get_array());
  if (problems.size() == before) problems.push_back(fmt::format("{} is not an array of texts", what));
  return {};
}

void check_mode(const json::value& value, Problems& problems) {
  const json::object* mode = value.if_object();
  const json::value* name = mode != nullptr ? mode->if_contains("mode") : nullptr;
  if (name == nullptr || !name->is_string() || name->get_string().empty()) {
    problems.emplace_back("modes has an entry without 'mode'");
    return;
  }
  const std::string_view id = name->get_string();
  const json::value* transport = mode->if_contains("transport");
  if (transport == nullptr || (*transport != "pipes" && *transport != "pty")) {
    problems.push_back(fmt::format("mode '{}': transport is not 'pipes' or 'pty'", id));
  }
  const json::value* prompts = mode->if_contains("prompts");
  if (prompts != nullptr && *prompts != "idle" && *prompts != "any_time") {
    problems.push_back(fmt::format("mode '{}': prompts is not 'idle' or 'any_time'", id));
  }
  static constexpr std::array<std::string_view, 5> known{"prompt", "answer", "interrupt", "set", "finish"};
  const json::value* commands = mode->if_contains("commands");
  const bool listed = commands != nullptr && commands->is_array();
  if (commands != nullptr && !listed) problems.push_back(fmt::format("mode '{}': commands is not an array", id));
  if (!listed) return;
  for (const json::value& command : commands->get_array()) {
    const bool is_known = command.is_string() &&
                          std::find(known.begin(), known.end(), std::string_view(command.get_string())) != known.end();
    if (!is_known) problems.push_back(fmt::format("mode '{}': {} is not a command", id, json::serialize(command)));
  }
}

json::array modes(pdk_str text, Problems& problems) {
  const std::size_t before = problems.size();
  json::value value = parse(text, "modes", problems);
  if (problems.size() != before) return {};
  if (!value.is_array() || value.get_array().empty()) {
    problems.emplace_back("modes is not a list with an entry");
    return {};
  }
  for (const json::value& mode : value.get_array()) check_mode(mode, problems);
  return std::move(value.get_array());
}

json::object options(pdk_str text, Problems& problems) {
  if (text.len == 0) return {};
  const std::size_t before = problems.size();
  json::value value = parse(text, "options", problems);
  if (value.is_object()) return std::move(value.get_object());
  if (problems.size() == before) problems.emplace_back("options is not a JSON Schema object");
  return {};
}

Problems fill(const pdk_manifest& manifest, Description& out) {
  Problems problems;
  out.id = copy(manifest.id, "id", problems);
  if (!is_id(out.id)) problems.push_back(fmt::format("id '{}' is not [a-z][a-z0-9-]*", out.id));
  if (out.id.size() > id_bytes) problems.push_back(fmt::format("id has {} bytes, over {}", out.id.size(), id_bytes));
  out.name = copy(manifest.name, "name", problems);
  if (out.name.empty()) problems.emplace_back("name '' is empty");
  out.version = copy(manifest.version, "version", problems);
  if (out.version.empty()) {
    problems.emplace_back("version '' is empty");
  } else if (!is_version(out.version)) {
    problems.push_back(fmt::format("version '{}' is not a semantic version", out.version));
  }
  out.vendor = copy(manifest.vendor, "vendor", problems);
  out.license = copy(manifest.license, "license", problems);
  out.summary = copy(manifest.summary, "summary", problems);
  out.event_schema = manifest.event_schema;
  if (out.event_schema == 0 || out.event_schema > PDK_EVENT_SCHEMA) {
    problems.push_back(
        fmt::format("event schema {} is not one this host knows (1 to {})", out.event_schema, PDK_EVENT_SCHEMA));
  }
  out.modes = modes(manifest.modes, problems);
  out.options = options(manifest.options, problems);
  out.programs = texts(manifest.programs, "programs", problems);
  if (out.programs.empty() && manifest.programs.len < 3) problems.emplace_back("programs names no program");
  out.tested = texts(manifest.tested, "tested", problems);
  return problems;
}

Problems gaps(const pdk_adapter& table, const Description& description) {
  Problems found;
  const auto needs = [&](bool there, std::string_view function) {
    if (!there) found.push_back(fmt::format("function '{}' is missing", function));
  };
  needs(table.plan != nullptr, "plan");
  needs(table.open != nullptr, "open");
  needs(table.close != nullptr, "close");
  needs(table.feed != nullptr, "feed");
  needs(table.exited != nullptr, "exited");
  const auto& offered = description.extensions;
  const bool has_screen = std::find(offered.begin(), offered.end(), "paddock.screen/1") != offered.end();
  for (const json::value& value : description.modes) {
    const json::object& mode = value.get_object();
    const std::string_view name = mode.at("mode").get_string();
    const json::value* commands = mode.if_contains("commands");
    if (commands != nullptr && !commands->get_array().empty() && table.command == nullptr) {
      found.push_back(fmt::format("mode '{}' declares commands but 'command' is missing", name));
    }
    const json::value* screen = mode.if_contains("screen");
    if (screen != nullptr && screen->is_bool() && screen->get_bool() && !has_screen) {
      found.push_back(fmt::format("mode '{}' declares a screen but 'paddock.screen/1' is missing", name));
    }
  }
  return found;
}

Refusal refuse(const std::string& file, std::string code, const std::string& why, std::string hint) {
  return {file, std::move(code), fmt::format("refused '{}': {}", file, why), std::move(hint)};
}

std::optional<Refusal> wrong_version(const pdk_adapter& table, const std::string& file) {
  constexpr std::string_view ours = "this host speaks";
  if (table.size < sizeof(pdk_adapter)) {
    return refuse(file, "size",
                  fmt::format("adapter table has {} bytes, ABI 1.0 needs {}", table.size, sizeof(pdk_adapter)),
                  "rebuild against PaddockSdk");
  }
  if (table.abi_major != PDK_ABI_MAJOR) {
    return refuse(
        file, "abi",
        fmt::format("says ABI {}.{}, {} {}.{}", table.abi_major, table.abi_minor, ours, PDK_ABI_MAJOR, PDK_ABI_MINOR),
        "rebuild against PaddockSdk");
  }
  if (table.needs_minor > PDK_ABI_MINOR) {
    return refuse(file, "abi",
                  fmt::format("needs ABI {}.{}, {} {}.{}", table.abi_major, table.needs_minor, ours, PDK_ABI_MAJOR,
                              PDK_ABI_MINOR),
                  fmt::format("upgrade paddockd, or build with PDK_NEEDS_MINOR {}", PDK_ABI_MINOR));
  }
  return std::nullopt;
}

}  // namespace

Accepted<Description> read_manifest(const pdk_adapter& table, const std::string& file) {
  if (auto refusal = wrong_version(table, file)) return *std::move(refusal);
  if (table.manifest == nullptr) return refuse(file, "manifest", "manifest: it is a null pointer", "");
  if (table.manifest->size < sizeof(pdk_manifest)) {
    return refuse(
        file, "manifest",
        fmt::format("manifest: it has {} bytes, ABI 1.0 needs {}", table.manifest->size, sizeof(pdk_manifest)),
        "rebuild against PaddockSdk");
  }
  Description out;
  out.file = file;
  out.abi = fmt::format("{}.{}", table.abi_major, table.abi_minor);
  if (const Problems problems = fill(*table.manifest, out); !problems.empty()) {
    return refuse(file, "manifest", fmt::format("manifest: {}", fmt::join(problems, "; ")), "");
  }
  for (const char* id : known_extensions) {
    if (table.extension != nullptr && table.extension(&table, id) != nullptr) out.extensions.emplace_back(id);
  }
  if (const Problems missing = gaps(table, out); !missing.empty()) {
    return Refusal{file, "incomplete", fmt::format("refused '{}': {}", out.id, fmt::join(missing, "; ")), ""};
  }
  return out;
}

json::object to_json(const Description& d) {
  json::array extensions(d.extensions.begin(), d.extensions.end());
  return {{"file", d.file},
          {"id", d.id},
          {"name", d.name},
          {"version", d.version},
          {"vendor", d.vendor},
          {"license", d.license},
          {"summary", d.summary},
          {"modes", d.modes},
          {"options", d.options},
          {"programs", d.programs},
          {"tested", d.tested},
          {"abi", d.abi},
          {"event_schema", d.event_schema},
          {"sha256", d.sha256},
          {"extensions", std::move(extensions)}};
}

std::optional<Description> description_from_json(const json::object& object) try {
  const auto text = [&](const char* key) { return std::string(object.at(key).as_string()); };
  Description d;
  d.file = text("file");
  d.id = text("id");
  d.name = text("name");
  d.version = text("version");
  d.vendor = text("vendor");
  d.license = text("license");
  d.summary = text("summary");
  d.modes = object.at("modes").as_array();
  d.options = object.at("options").as_object();
  d.programs = object.at("programs").as_array();
  d.tested = object.at("tested").as_array();
  d.abi = text("abi");
  d.event_schema = object.at("event_schema").to_number<std::uint32_t>();
  d.sha256 = text("sha256");
  for (const json::value& id : object.at("extensions").as_array()) d.extensions.emplace_back(id.as_string());
  return d;
} catch (const std::exception&) {
  return std::nullopt;
}

}  // namespace paddock::adapter
