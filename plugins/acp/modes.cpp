// Configuration options replace modes in the long run; today most agents have one of them, some both.
#include "acp/modes.hpp"

#include <algorithm>

#include "acp/fields.hpp"

namespace paddock::acp {

namespace {

constexpr std::size_t kMost = 256;

std::vector<std::string> names_in(const json::object& from, std::string_view list, std::string_view key) {
  std::vector<std::string> names;
  const json::array* entries = array_of(from, list);
  if (entries == nullptr) return names;
  for (const json::value& entry : *entries) {
    const json::object* object = entry.if_object();
    const std::string_view name = object != nullptr ? text_of(*object, key) : std::string_view{};
    if (!name.empty() && names.size() < kMost) names.emplace_back(name.substr(0, 1024));
  }
  return names;
}

// Values stand flat or in groups.
std::vector<std::string> values_in(const json::object& option) {
  std::vector<std::string> values = names_in(option, "options", "value");
  const json::array* groups = array_of(option, "options");
  if (groups == nullptr) return values;
  for (const json::value& group : *groups) {
    const json::object* object = group.if_object();
    if (object == nullptr || !object->contains("options")) continue;
    for (std::string& value : names_in(*object, "options", "value")) values.push_back(std::move(value));
  }
  return values;
}

// Copilot's modes are addresses that end in their name.
std::string match(const std::vector<std::string>& offered, std::string_view wanted) {
  for (const std::string& name : offered) {
    if (name == wanted) return name;
  }
  for (const std::string& name : offered) {
    const std::size_t at = name.rfind('#');
    if (at != std::string::npos && std::string_view(name).substr(at + 1) == wanted) return name;
  }
  return {};
}

}  // namespace

void Modes::take(const json::object& from) {
  if (const json::object* modes = object_of(from, "modes")) {
    modes_ = names_in(*modes, "availableModes", "id");
    mode_is(text_of(*modes, "currentModeId"));
  }
  if (const json::object* models = object_of(from, "models")) {
    models_ = names_in(*models, "availableModels", "modelId");
    model_is(text_of(*models, "currentModelId"));
  }
  if (const json::array* options = array_of(from, "configOptions")) take_options(*options);
}

void Modes::take_options(const json::array& options) {
  for (const json::value& value : options) {
    const json::object* option = value.if_object();
    if (option == nullptr) continue;
    const std::string_view id = text_of(*option, "id");
    const std::string_view category = text_of(*option, "category");
    const bool is_mode = category == "mode" || (category.empty() && id == "mode");
    const bool is_model = category == "model" || (category.empty() && id == "model");
    if (is_mode) {
      mode_option_ = {std::string(id), values_in(*option)};
      mode_is(text_of(*option, "currentValue"));
    } else if (is_model) {
      model_option_ = {std::string(id), values_in(*option)};
      model_is(text_of(*option, "currentValue"));
    }
  }
}

std::optional<Modes::Wish> Modes::of_option(const Option& option, std::string_view value) {
  const std::string found = match(option.values, value);
  if (found.empty()) return std::nullopt;
  return Wish{"session/set_config_option", {{"configId", option.id}, {"value", found}}, found};
}

std::optional<Modes::Wish> Modes::mode(std::string_view id) const {
  const std::string found = match(modes_, id);
  if (!found.empty()) return Wish{"session/set_mode", {{"modeId", found}}, found};
  return of_option(mode_option_, id);
}

std::optional<Modes::Wish> Modes::model(std::string_view id) const {
  if (auto wish = of_option(model_option_, id)) return wish;
  // Lists of models are not complete: previews and aliases work, too.
  if (!models_.empty()) return Wish{"session/set_model", {{"modelId", id}}, std::string(id)};
  return std::nullopt;
}

}  // namespace paddock::acp
