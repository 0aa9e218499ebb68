// Sorting what a scan found.
#include "control/catalogue.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "adapter/schema.hpp"

namespace paddock::control {
namespace fs = std::filesystem;
namespace json = boost::json;
using adapter::Description;
using adapter::Refusal;
using base::Errc;
using base::fail;

namespace {

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

Refusal refusal_from(const Found& found) {
  Refusal refusal;
  refusal.file = found.file.string();
  refusal.code = text_of(found.said, "code");
  refusal.message = text_of(found.said, "message");
  refusal.hint = text_of(found.said, "hint");
  if (!refusal.code.empty()) return refusal;
  refusal.code = "load";
  refusal.message = fmt::format("refused '{}': looking into it failed: {}", refusal.file, found.problem);
  refusal.hint = "run adapter-check on it";
  return refusal;
}

Refusal refusal_of_entry(const config::AdapterEntry& entry, std::string_view code, const std::string& why,
                         std::string_view hint) {
  Refusal refusal;
  refusal.file = entry.id;
  refusal.code = code;
  refusal.message = fmt::format("refused '{}': {}", entry.id, why);
  refusal.hint = hint;
  return refusal;
}

/// The library under the entry's name, without the options that are settled.
Description made_of(const Description& library, const config::AdapterEntry& entry) {
  Description made = library;
  made.id = made.name = entry.id;
  made.library = library.id;
  made.preset = entry.options;
  if (json::value* properties = made.options.if_contains("properties");
      properties != nullptr && properties->is_object()) {
    for (const auto& [key, value] : entry.options) properties->get_object().erase(key);
  }
  json::value* required = made.options.if_contains("required");
  if (required == nullptr || !required->is_array()) return made;
  json::array left;
  for (const json::value& name : required->get_array()) {
    if (!name.is_string() || !entry.options.contains(name.get_string())) left.push_back(name);
  }
  *required = std::move(left);
  return made;
}

std::string stem_of(std::string_view file) { return fs::path(file).stem().string(); }

}  // namespace

Catalogue Catalogue::make(const std::vector<Found>& found) {
  Catalogue catalogue;
  for (const Found& each : found) {
    auto description = adapter::description_from_json(each.said);
    if (!description) {
      catalogue.refused_.push_back(refusal_from(each));
      continue;
    }
    const auto [at, is_new] = catalogue.accepted_.try_emplace(description->id, *description);
    if (is_new) continue;
    catalogue.refused_.push_back(
        adapter::refuse_duplicate(each.file, description->id, at->second.file, at->second.version));
  }
  return catalogue;
}

void Catalogue::skip(const fs::path& file) {
  Refusal refusal;
  refusal.file = file.string();
  refusal.code = "not-listed";
  refusal.message = fmt::format("skipped '{}': not named in 'adapters.allow'", refusal.file);
  refusal.hint = "add it, or remove the file";
  refused_.push_back(std::move(refusal));
}

void Catalogue::configure(const std::vector<config::AdapterEntry>& entries) {
  for (const config::AdapterEntry& entry : entries) {
    const Description* library = find(entry.library);
    if (library == nullptr || !library->library.empty()) {
      refused_.push_back(refusal_of_entry(entry, "library", fmt::format("there is no library '{}'", entry.library),
                                          "'library' names an adapter that was found"));
      continue;
    }
    if (find(entry.id) != nullptr) {
      refused_.push_back(
          refusal_of_entry(entry, "duplicate", "there is an adapter of that name already", "choose another"));
      continue;
    }
    // What an entry leaves open the session may still say.
    json::object schema = library->options;
    schema.erase("required");
    if (const auto errors = adapter::schema_errors(entry.options, schema, ""); !errors.empty()) {
      refused_.push_back(refusal_of_entry(
          entry, "options", fmt::format("its option '{}' {}", errors.front().pointer, errors.front().detail),
          fmt::format("'paddock adapter show {}' lists the options", entry.library)));
      continue;
    }
    accepted_.emplace(entry.id, made_of(*library, entry));
  }
}

const Description* Catalogue::find(std::string_view id) const {
  const auto at = accepted_.find(id);
  return at == accepted_.end() ? nullptr : &at->second;
}

const Refusal* Catalogue::refusal_of(std::string_view id) const {
  const auto at = std::ranges::find_if(refused_, [&](const Refusal& refusal) { return stem_of(refusal.file) == id; });
  return at == refused_.end() ? nullptr : &*at;
}

void Catalogue::set_probe(std::string_view id, json::object verdict) { probes_[std::string(id)] = std::move(verdict); }

json::object Catalogue::entry(const Description& description) const {
  json::object out = adapter::to_json(description);
  out["status"] = "loaded";
  if (!description.library.empty()) out["library"] = description.library;
  json::array capabilities;
  for (const std::string& extension : description.extensions) capabilities.push_back(json::string(extension));
  out["capabilities"] = std::move(capabilities);
  const auto probe = probes_.find(description.id);
  if (probe != probes_.end()) out["probe"] = probe->second;
  return out;
}

std::vector<json::object> Catalogue::to_json() const {
  std::vector<json::object> items;
  for (const auto& [id, description] : accepted_) items.push_back(entry(description));
  for (const Refusal& refusal : refused_) {
    json::object out = adapter::to_json(refusal);
    out["id"] = stem_of(refusal.file);
    out["status"] = refusal.code == "not-listed" ? "skipped" : "refused";
    items.push_back(std::move(out));
  }
  return items;
}

base::Result<json::object> Catalogue::to_json(std::string_view id) const {
  if (const Description* description = find(id)) return entry(*description);
  const Refusal* refusal = refusal_of(id);
  if (refusal == nullptr) return fail(Errc::not_found, fmt::format("there is no adapter '{}'", id));
  json::object out = adapter::to_json(*refusal);
  out["id"] = id;
  out["status"] = refusal->code == "not-listed" ? "skipped" : "refused";
  return out;
}

std::vector<metrics::AdapterSample> Catalogue::samples() const {
  std::vector<metrics::AdapterSample> samples;
  for (const auto& [id, description] : accepted_) {
    metrics::AdapterSample sample{id, description.version, description.abi, "", true};
    if (const auto probe = probes_.find(id); probe != probes_.end()) {
      sample.cli_version = text_of(probe->second, "version");
      sample.up = text_of(probe->second, "state") != "undetected";
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

base::Result<> supports(const Description& adapter, session::Mode mode, bool resume) {
  for (const json::value& each : adapter.modes) {
    const json::object* object = each.if_object();
    if (object == nullptr || text_of(*object, "mode") != session::name(mode)) continue;
    const json::value* resumes = object->if_contains("resume");
    if (!resume || (resumes != nullptr && resumes->is_bool() && resumes->get_bool())) return {};
    return fail(Errc::unsupported, fmt::format("adapter '{}' cannot resume an earlier session", adapter.id));
  }
  return fail(Errc::unsupported, fmt::format("adapter '{}' has no mode '{}'", adapter.id, session::name(mode)));
}

std::vector<fs::path> find_libraries(const std::vector<fs::path>& folders) {
  std::vector<fs::path> found;
  for (const fs::path& folder : folders) {
    std::error_code ec;
    std::vector<fs::path> here;
    for (fs::directory_iterator at(folder, ec), end; !ec && at != end; at.increment(ec)) {
      if (at->path().extension() == ".so") here.push_back(fs::absolute(at->path(), ec));
    }
    std::ranges::sort(here);
    found.insert(found.end(), here.begin(), here.end());
  }
  return found;
}

}  // namespace paddock::control
