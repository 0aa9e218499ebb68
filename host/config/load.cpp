// Files and folders of documents into one checked value.
#include "config/load.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/limits.hpp"
#include "config/documents.hpp"

namespace paddock::config {
namespace {

namespace fs = std::filesystem;
namespace limits = base::limits;

/// Gathers the documents of all files.
struct Gathered {
  policy::Set set;
  Problems problems;
  std::map<std::string, std::string, std::less<>> names;  ///< policy name to the file of the present folder
  std::string fleet_file;                                 ///< of the present folder

  void begin_folder() {
    names.clear();
    fleet_file.clear();
  }
  void add(Problems more) {
    for (Problem& problem : more.items) problems.items.push_back(std::move(problem));
  }
  void add(const std::string& file, std::string detail) {
    problems.items.push_back({file, 0, 0, "", std::move(detail)});
  }
};

void add_policy(policy::Policy policy, const std::string& file, Gathered& out) {
  const auto [first, is_new] = out.names.emplace(policy.name, file);
  if (!is_new) {
    out.add(file, fmt::format("the policy '{}' stands in '{}' as well", policy.name, first->second));
    return;
  }
  const std::string name = policy.name;
  out.set.policies.insert_or_assign(name, std::move(policy));
}

void add_fleet(const policy::Fleet& fleet, const std::string& file, Gathered& out) {
  if (!out.fleet_file.empty()) {
    out.add(file, fmt::format("there can be one Fleet, and '{}' has one as well", out.fleet_file));
    return;
  }
  out.fleet_file = file;
  out.set.fleet = fleet;
}

void add_document(std::string_view text, const std::string& file, Gathered& out) {
  Findings findings(file);
  const auto root = parse_yaml(text, findings);
  if (root) {
    Section document(Value(*root, "", findings));
    const auto kind = read_kind(document, {"Policy", "Fleet"});
    if (kind == "Policy") {
      add_policy(read_policy(document), file, out);
    } else if (kind == "Fleet") {
      add_fleet(read_fleet(document), file, out);
    }
  }
  out.add(findings.take());
}

void add_file(const fs::path& file, Gathered& out) {
  const auto text = base::read_file(file, base::ByteSize(limits::yaml_file_bytes));
  if (!text) {
    out.add(file.string(), text.error().detail);
    return;
  }
  add_document(*text, file.string(), out);
}

std::vector<fs::path> yaml_files(const fs::path& folder, Gathered& out) {
  std::vector<fs::path> files;
  std::error_code ec;
  for (fs::directory_iterator at(folder, ec), end; !ec && at != end; at.increment(ec)) {
    const fs::path& path = at->path();
    const bool is_yaml = path.extension() == ".yaml" || path.extension() == ".yml";
    if (is_yaml && !path.filename().string().starts_with('.')) files.push_back(path);
    if (files.size() > limits::policy_files) {
      out.add(folder.string(), fmt::format("holds more than {} files", limits::policy_files));
      return {};
    }
  }
  if (ec) out.add(folder.string(), fmt::format("cannot be read: {}", ec.message()));
  std::ranges::sort(files);
  return files;
}

void add_place(const fs::path& place, bool may_be_missing, Gathered& out) {
  std::error_code ec;
  const fs::file_status status = fs::status(place, ec);
  if (!fs::exists(status)) {
    if (!may_be_missing) out.add(place.string(), "does not exist");
    return;
  }
  out.begin_folder();
  if (!fs::is_directory(status)) return add_file(place, out);
  for (const fs::path& file : yaml_files(place, out)) add_file(file, out);
}

Checked<policy::Set> finish(Gathered gathered) {
  if (!gathered.problems.items.empty()) return std::move(gathered.problems);
  gathered.set.policies.try_emplace("default");
  return std::move(gathered.set);
}

}  // namespace

Checked<policy::Set> load_policies(const std::vector<fs::path>& places) {
  Gathered gathered;
  for (const fs::path& place : places) add_place(place, places.size() > 1, gathered);
  return finish(std::move(gathered));
}

Checked<policy::Set> parse_policies(std::string_view text, const std::string& name) {
  Gathered gathered;
  add_document(text, name, gathered);
  return finish(std::move(gathered));
}

Checked<Layer> load_host_file(const fs::path& file) {
  const auto text = base::read_file(file, base::ByteSize(limits::yaml_file_bytes));
  if (!text) return Problems{{{file.string(), 0, 0, "", text.error().detail}}};
  return parse_host_file(*text, file.string(), fs::absolute(file).parent_path());
}

Checked<Layer> parse_host_file(std::string_view text, const std::string& name, const fs::path& folder) {
  Findings findings(name);
  Layer layer;
  if (const auto root = parse_yaml(text, findings)) {
    Section document(Value(*root, "", findings));
    if (read_kind(document, {"Host"})) layer = read_host(document, folder);
  }
  if (!findings.empty()) return findings.take();
  return layer;
}

}  // namespace paddock::config
