// `kind: Host`: paddock.yaml.
#include <array>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "config/as_json.hpp"
#include "config/documents.hpp"

namespace paddock::config {
namespace {

constexpr std::array<std::string_view, 5> kLevels{"trace", "debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 2> kFormats{"text", "json"};
constexpr std::size_t kFolders = 100;
constexpr Range<std::uint32_t> kSeries{0, 10'000};
constexpr Range<std::uint64_t> kUid{0, 0xFFFF'FFFE};  // the last one means "nobody" to the kernel

/// Reads paths: a relative one starts at the file's folder.
class Paths {
 public:
  explicit Paths(const std::filesystem::path& folder) : folder_(folder) {}

  std::optional<std::filesystem::path> read(const Value& value) const {
    const auto text = value.text();
    if (!text) return std::nullopt;
    if (text->empty()) {
      value.complain("expected a path, found an empty text");
      return std::nullopt;
    }
    if (text->front() == '~' || text->find('$') != std::string::npos) {
      value.complain("'~' and variables are not expanded here; write the whole path");
      return std::nullopt;
    }
    return (folder_ / *text).lexically_normal();
  }

  void read(Section& section, std::string_view key, std::optional<std::filesystem::path>& out) const {
    if (const auto value = section.get(key)) out = read(*value);
  }

 private:
  const std::filesystem::path& folder_;
};

void read_listen(Section& document, Layer& layer) {
  const auto value = document.get("listen");
  if (!value) return;
  const auto text = value->text();
  if (!text) return;
  auto address = parse_listen(*text);
  if (!address) {
    value->complain(address.error().detail);
  } else if (!address->is_loopback()) {
    value->complain(
        fmt::format("'{}' can be reached from other machines, which needs TLS; use a loopback address", *text));
  } else {
    layer.listen = std::move(*address);
  }
}

void read_log(Section& section, Layer& layer) {
  if (const auto level = section.get("level")) layer.log_level = word<base::log::Level>(*level, kLevels);
  if (const auto format = section.get("format")) layer.log_format = word<base::log::Format>(*format, kFormats);
}

bool is_adapter_id(std::string_view text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
  return !text.empty() && text.size() <= 64 && kLetters.find(text.front()) != std::string_view::npos &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

/// `goose: {library: acp, command: goose, arguments: [acp]}`: everything but `library` is an option of it.
void read_entry(const Element& key, const Value& value, std::vector<AdapterEntry>& out) {
  if (!is_adapter_id(key.text)) {
    return value.complain(
        fmt::format("'{}' is no name for an adapter: a small letter, then small letters, digits "
                    "and '-', at most 64",
                    key.text));
  }
  AdapterEntry entry;
  entry.id = key.text;
  for (const auto& [option, given] : value.entries(kFolders)) {
    if (option->text == "library") {
      entry.library = given.name().value_or("");
    } else {
      entry.options[option->text] = as_json(given.node());
    }
  }
  if (entry.library.empty()) return value.complain("needs a 'library': the adapter that it is made of, e.g. acp");
  out.push_back(std::move(entry));
}

void read_adapters(Section& section, const Paths& paths, Layer& layer) {
  if (const auto dirs = section.get("dirs")) {
    auto& out = layer.adapter_dirs.emplace();
    for (const Value& item : dirs->items(kFolders)) {
      if (auto path = paths.read(item)) out.push_back(std::move(*path));
    }
  }
  if (const auto allow = section.get("allow")) layer.adapters_allow = allow->names(kFolders);
  if (const auto required = section.get("required")) layer.adapters_required = required->names(kFolders);
  if (const auto entries = section.get("entries")) {
    auto& out = layer.adapter_entries.emplace();
    for (const auto& [key, value] : entries->entries(kFolders)) read_entry(*key, value, out);
  }
}

void read_cgroup(Section& section, Layer& layer) {
  const auto base = section.get("base");
  if (!base) return;
  layer.cgroup_base = base->name();
}

void read_access(Section& section, Layer& layer) {
  const auto uids = section.get("uids");
  if (!uids) return;
  auto& out = layer.access_uids.emplace();
  for (const Value& item : uids->items(kFolders)) {
    if (const auto uid = item.count(kUid)) out.push_back(uid_t(*uid));
  }
}

}  // namespace

Layer read_host(Section& document, const std::filesystem::path& folder) {
  Layer layer;
  const Paths paths(folder);
  paths.read(document, "state_dir", layer.state_dir);
  paths.read(document, "socket", layer.socket);
  read_listen(document, layer);
  document.section("log", [&](Section& s) { read_log(s, layer); });
  document.section("adapters", [&](Section& s) { read_adapters(s, paths, layer); });
  document.section("policies", [&](Section& s) { paths.read(s, "dir", layer.policy_dir); });
  document.section("cgroup", [&](Section& s) { read_cgroup(s, layer); });
  document.section(
      "metrics", [&](Section& s) { s.read("max_sessions", layer.metrics_max_sessions, &Value::small_count, kSeries); });
  document.section("access", [&](Section& s) { read_access(s, layer); });
  document.finish();
  return layer;
}

}  // namespace paddock::config
