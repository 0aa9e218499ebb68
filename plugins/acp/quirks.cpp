// See quirks.hpp.
#include "acp/quirks.hpp"

#include <array>
#include <utility>

#include "acp/fields.hpp"
#include "paddock/launch.hpp"

namespace paddock::acp {

namespace {

constexpr std::array<std::pair<std::string_view, bool Quirks::*>, 8> kFlags{
    {{"mode_text", &Quirks::mode_text},
     {"info_text", &Quirks::info_text},
     {"usage_proves_answer", &Quirks::usage_proves_answer},
     {"call_id_names_tool", &Quirks::call_id_names_tool},
     {"title_is_command", &Quirks::title_is_command},
     {"late_replay", &Quirks::late_replay},
     {"cursor_requests", &Quirks::cursor_requests},
     {"no_stdio_mcp", &Quirks::no_stdio_mcp}}};

bool set(Quirks& quirks, std::string_view name) {
  if (name.starts_with("login:") && name.size() > 6) {
    quirks.login = name.substr(6);
    return true;
  }
  for (const auto& [known, member] : kFlags) {
    if (known != name) continue;
    quirks.*member = true;
    return true;
  }
  return false;
}

}  // namespace

Quirks Quirks::read(const json::array& names) {
  Quirks quirks;
  for (const json::value& name : names) {
    if (!set(quirks, text_of(name))) {
      throw sdk::Refusal(sdk::Status::argument, "bad_option", "there is no quirk " + json::serialize(name));
    }
  }
  return quirks;
}

}  // namespace paddock::acp
