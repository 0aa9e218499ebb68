// See options.hpp.
#include "options.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "fields.hpp"

namespace paddock::claude {

namespace {

using sdk::Refusal;
using sdk::Status;

enum class Shape : std::uint8_t {
  mode,
  words,
  joined,
  text,
  whole,
  amount,
  json_or_path,
  flag,
  host_flag,
  retries,
  sources,
  effort
};

struct Option {
  std::string_view name;
  Shape shape;
  std::string_view argument;  // of the CLI; empty when the option is no argument
};

constexpr std::array<Option, 20> kOptions{{
    {"permission_mode", Shape::mode, "--permission-mode"},
    {"allowed_tools", Shape::words, "--allowedTools"},
    {"disallowed_tools", Shape::words, "--disallowedTools"},
    {"tools", Shape::joined, "--tools"},
    {"add_dirs", Shape::words, "--add-dir"},
    {"append_system_prompt", Shape::text, "--append-system-prompt"},
    {"system_prompt", Shape::text, "--system-prompt"},
    {"max_turns", Shape::whole, "--max-turns"},
    {"max_budget_usd", Shape::amount, "--max-budget-usd"},
    {"mcp_config", Shape::json_or_path, "--mcp-config"},
    {"strict_mcp_config", Shape::flag, "--strict-mcp-config"},
    {"settings", Shape::json_or_path, "--settings"},
    {"setting_sources", Shape::sources, "--setting-sources"},
    {"fallback_model", Shape::text, "--fallback-model"},
    {"effort", Shape::effort, "--effort"},
    {"fork_session", Shape::flag, "--fork-session"},
    {"partial_messages", Shape::host_flag, {}},
    {"nonessential_traffic", Shape::host_flag, {}},
    {"sandboxed", Shape::host_flag, {}},
    {"max_retries", Shape::retries, {}},
}};

[[noreturn]] void refuse(std::string_view name, std::string_view why) {
  throw Refusal(Status::argument, "bad_option",
                "option '" + std::string(name) + "' " + std::string(why) + "; nothing was started");
}

std::string_view need_text(std::string_view name, const json::value& value) {
  if (!value.is_string()) refuse(name, "must be text");
  return text_of(value);
}

bool need_flag(std::string_view name, const json::value& value) {
  if (!value.is_bool()) refuse(name, "must be true or false");
  return value.get_bool();
}

std::int64_t need_whole(std::string_view name, const json::value& value, std::int64_t least, std::int64_t most) {
  const std::int64_t* whole = value.if_int64();
  if (whole == nullptr || *whole < least || *whole > most) {
    refuse(name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return *whole;
}

const json::array& need_words(std::string_view name, const json::value& value) {
  const json::array* words = value.if_array();
  if (words == nullptr) refuse(name, "must be a list of texts");
  for (const json::value& word : *words) {
    if (!word.is_string() || word.get_string().empty()) refuse(name, "must be a list of texts that are not empty");
    check_word(name, text_of(word));
  }
  return *words;
}

std::string joined(const json::array& words) {
  std::string text;
  for (const json::value& word : words) {
    if (!text.empty()) text += ',';
    text += text_of(word);
  }
  return text;
}

void append_one_of(json::array& argv, const Option& option, const json::value& value,
                   std::initializer_list<std::string_view> words) {
  const std::string_view word = need_text(option.name, value);
  if (std::find(words.begin(), words.end(), word) == words.end())
    refuse(option.name, "does not know '" + std::string(clip(word, 100)) + "'");
  argv.emplace_back(option.argument);
  argv.emplace_back(word);
}

void append_mode(const sdk::Launch& launch, json::array& argv, const json::value& value) {
  const std::string_view mode = need_text("permission_mode", value);
  if (!is_permission_mode(mode)) refuse("permission_mode", "does not know '" + std::string(clip(mode, 100)) + "'");
  if (mode == "bypassPermissions" && !launch.yolo())
    refuse("permission_mode", "'bypassPermissions' needs a yolo launch");
  // A yolo launch wins: it already says that nothing is asked.
  if (launch.yolo()) return;
  argv.emplace_back("--permission-mode");
  argv.emplace_back(mode);
}

void append_json_or_path(json::array& argv, const Option& option, const json::value& value) {
  if (!value.is_object() && !value.is_string()) refuse(option.name, "must be an object or the path of a file");
  if (value.is_string()) check_word(option.name, text_of(value));
  argv.emplace_back(option.argument);
  argv.emplace_back(value.is_string() ? std::string(text_of(value)) : json::serialize(value));
}

void append_sources(json::array& argv, const Option& option, const json::value& value) {
  const json::array& words = need_words(option.name, value);
  for (const json::value& word : words) {
    const std::string_view source = text_of(word);
    if (source != "user" && source != "project" && source != "local")
      refuse(option.name, "knows only user, project and local");
  }
  argv.emplace_back(option.argument);
  argv.emplace_back(joined(words));
}

void append_words(json::array& argv, const Option& option, const json::value& value) {
  const json::array& words = need_words(option.name, value);
  if (words.empty()) return;
  argv.emplace_back(option.argument);
  for (const json::value& word : words) argv.emplace_back(text_of(word));
}

void append_number(json::array& argv, const Option& option, const json::value& value) {
  argv.emplace_back(option.argument);
  if (option.shape == Shape::whole) {
    argv.emplace_back(std::to_string(need_whole(option.name, value, 1, 1000000)));
    return;
  }
  const json::object holder{{"amount", value}};
  const std::optional<double> amount = number(holder, "amount");
  if (!amount || *amount <= 0) refuse(option.name, "must be a number above 0");
  argv.emplace_back(json::serialize(value));
}

void append_text(json::array& argv, const Option& option, const json::value& value) {
  const std::string_view text = need_text(option.name, value);
  if (option.name == "fallback_model") check_word(option.name, text);
  argv.emplace_back(option.argument);
  argv.emplace_back(text);
}

void append_option(const sdk::Launch& launch, json::array& argv, const Option& option, const json::value& value) {
  switch (option.shape) {
    case Shape::mode: append_mode(launch, argv, value); return;
    case Shape::words: append_words(argv, option, value); return;
    case Shape::joined:
      argv.emplace_back(option.argument);
      argv.emplace_back(joined(need_words(option.name, value)));
      return;
    case Shape::text: append_text(argv, option, value); return;
    case Shape::whole:
    case Shape::amount: append_number(argv, option, value); return;
    case Shape::json_or_path: append_json_or_path(argv, option, value); return;
    case Shape::flag:
      if (need_flag(option.name, value)) argv.emplace_back(option.argument);
      return;
    case Shape::host_flag: need_flag(option.name, value); return;
    case Shape::retries: need_whole(option.name, value, 0, 100); return;
    case Shape::sources: append_sources(argv, option, value); return;
    case Shape::effort: append_one_of(argv, option, value, {"low", "medium", "high", "xhigh", "max"}); return;
  }
}

}  // namespace

bool is_permission_mode(std::string_view word) noexcept {
  constexpr std::array<std::string_view, 6> modes{"default", "acceptEdits", "plan",
                                                  "dontAsk", "auto",        "bypassPermissions"};
  return std::find(modes.begin(), modes.end(), word) != modes.end();
}

void check_word(std::string_view what, std::string_view value) {
  if (!value.starts_with('-')) return;
  throw Refusal(Status::argument, "bad_value",
                "'" + std::string(clip(value, 100)) + "' of '" + std::string(what) +
                    "' would be read as an option; nothing was started");
}

void append_options(const sdk::Launch& launch, json::array& argv) {
  for (const auto& member : launch.options()) {
    const std::string_view name{member.key().data(), member.key().size()};
    const auto* option =
        std::find_if(kOptions.begin(), kOptions.end(), [&](const Option& one) { return one.name == name; });
    if (option == kOptions.end()) refuse(clip(name, 100), "is unknown");
    append_option(launch, argv, *option, member.value());
  }
}

void add_option_environment(const json::object& options, json::object& set) {
  if (!is_true(options, "nonessential_traffic")) set["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1";
  if (is_true(options, "sandboxed")) set["IS_SANDBOX"] = "1";
  if (const auto retries = count(options, "max_retries")) set["CLAUDE_CODE_MAX_RETRIES"] = std::to_string(*retries);
}

void check_arguments(const sdk::Launch& launch) {
  constexpr std::array<std::string_view, 10> ours{
      "-p",   "--print", "--input-format",         "--output-format", "--permission-prompt-tool",
      "--bg", "--",      "--replay-user-messages", "--version",       "--help"};
  constexpr std::array<std::string_view, 2> granting{"--dangerously-skip-permissions",
                                                     "--allow-dangerously-skip-permissions"};
  for (const json::value& value : launch.args()) {
    if (!value.is_string())
      throw Refusal(Status::argument, "bad_argument", "an argument is no text; nothing was started");
    const std::string_view argument = text_of(value);
    const std::string_view name = argument.substr(0, argument.find('='));
    if (std::find(ours.begin(), ours.end(), name) != ours.end()) {
      throw Refusal(Status::argument, "bad_argument",
                    "argument '" + std::string(name) + "' belongs to the adapter; nothing was started");
    }
    const bool grants =
        std::find(granting.begin(), granting.end(), name) != granting.end() || argument.ends_with("bypassPermissions");
    if (grants && !launch.yolo()) {
      throw Refusal(Status::argument, "needs_yolo",
                    "argument '" + std::string(clip(argument, 100)) + "' needs a yolo launch; nothing was started");
    }
  }
}

}  // namespace paddock::claude
