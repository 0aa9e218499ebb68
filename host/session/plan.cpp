// Checking a plan: the adapter is a stranger, and this is what it may ask for.
#include "session/plan.hpp"

#include <algorithm>
#include <array>
#include <csignal>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "base/limits.hpp"
#include "session/fields.hpp"

namespace paddock::session {
namespace json = boost::json;

namespace {

constexpr std::size_t kFiles = 64;
constexpr std::size_t kRungs = 16;
constexpr std::uint64_t kPatienceMax = 3'600'000;  // an hour, in milliseconds
constexpr std::uint32_t kModeMax = 0777;
constexpr std::uint64_t kRowsMax = base::limits::terminal_cells;

struct Named {
  std::string_view name;
  int signo;
};
constexpr std::array<Named, 8> kSignals{{{"INT", SIGINT},
                                         {"TERM", SIGTERM},
                                         {"HUP", SIGHUP},
                                         {"QUIT", SIGQUIT},
                                         {"USR1", SIGUSR1},
                                         {"USR2", SIGUSR2},
                                         {"CONT", SIGCONT},
                                         {"WINCH", SIGWINCH}}};

std::optional<int> signal_of(std::string_view name) {
  if (name.starts_with("SIG")) name.remove_prefix(3);
  const auto at = std::ranges::find(kSignals, name, &Named::name);
  if (at == kSignals.end()) return std::nullopt;
  return at->signo;
}

std::string_view name_of(int signo) {
  const auto at = std::ranges::find(kSignals, signo, &Named::signo);
  return at == kSignals.end() ? "TERM" : at->name;
}

base::Error refuse(std::string_view why) {
  return base::fail(base::Errc::adapter_refused, fmt::format("the adapter's plan {}, nothing is started", why));
}

bool stays_inside(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.size() > 1024 || path.find('\0') != std::string_view::npos) {
    return false;
  }
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    if (part.empty() || part == "." || part == "..") return false;
    path.remove_prefix(std::min(path.size(), part.size() + 1));
  }
  return true;
}

bool holds_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

base::Result<> read_argv(Fields& fields, Plan& plan, const std::vector<std::string>& programs) {
  plan.argv = fields.texts("argv");
  if (plan.argv.empty() || plan.argv.front().empty()) return refuse("has no argv");
  if (plan.argv.size() > 2 * base::limits::arguments) return refuse("has too many arguments");
  if (std::ranges::any_of(plan.argv, holds_nul)) return refuse("has an argument with NUL in it");
  const auto listed = [&programs](std::string_view name) {
    return std::ranges::find(programs, name) != programs.end();
  };
  if (listed("*") || listed(plan.argv.front())) return {};
  return refuse(fmt::format("wants to start '{}', which its manifest does not name", plan.argv.front()));
}

base::Result<> read_env(Fields& fields, Plan& plan) {
  const json::object env = fields.object("env");
  Fields parts(env, "plan");
  plan.set = parts.text_map("set");
  plan.unset = parts.texts("unset");
  plan.secret = parts.text_map("secret");
  if (!parts.check()) return refuse("has an 'env' that cannot be read");
  const auto bad = [](std::string_view name) {
    return name.empty() || name.find('=') != std::string_view::npos || holds_nul(name);
  };
  for (const auto& [name, value] : plan.set) {
    if (bad(name) || holds_nul(value)) return refuse("sets a variable that cannot be set");
  }
  for (const auto& [name, value] : plan.secret) {
    if (bad(name)) return refuse("sets a variable that cannot be set");
  }
  return {};
}

base::Result<> read_file(const json::value& item, Plan& plan) {
  if (!item.is_object()) return refuse("has a file that cannot be read");
  Fields fields(item.get_object(), "plan");
  PlannedFile file;
  file.path = fields.text("path");
  file.text = fields.text("text");
  const std::uint64_t mode = fields.maybe_number("mode").value_or(file.mode);
  if (!fields.check()) return refuse("has a file that cannot be read");
  if (!stays_inside(file.path)) return refuse(fmt::format("wants the file '{}' outside of the session", file.path));
  if (mode > kModeMax) return refuse(fmt::format("wants the file '{}' with a mode it must not have", file.path));
  file.mode = std::uint32_t(mode);
  plan.files.push_back(std::move(file));
  return {};
}

base::Result<> read_files(Fields& fields, Plan& plan) {
  const json::value* list = fields.find("files");
  if (list == nullptr) return {};
  if (!list->is_array() || list->get_array().size() > kFiles) return refuse("has 'files' that cannot be taken");
  for (const json::value& item : list->get_array()) {
    if (auto ok = read_file(item, plan); !ok) return ok;
  }
  return {};
}

std::optional<Rung> rung_of(const json::value& item) {
  if (!item.is_object()) return std::nullopt;
  Fields fields(item.get_object(), "plan");
  Rung rung;
  rung.write = fields.text("write");
  rung.close_input = fields.flag("close_input");
  if (const std::string name = fields.text("signal"); !name.empty()) {
    rung.signal = signal_of(name);
    if (!rung.signal) return std::nullopt;
  }
  rung.patience = std::chrono::milliseconds(std::min(fields.number("patience_ms"), kPatienceMax));
  if (!fields.check()) return std::nullopt;
  return rung;
}

base::Result<> read_stop(Fields& fields, Plan& plan) {
  const json::value* list = fields.find("stop");
  if (list == nullptr) return {};
  if (!list->is_array() || list->get_array().size() > kRungs) return refuse("has a 'stop' that cannot be taken");
  plan.stop = rungs_from_json(list->get_array());
  if (plan.stop.size() != list->get_array().size()) return refuse("has a rung in 'stop' that cannot be taken");
  return {};
}

base::Result<> read_terminal(Fields& fields, Plan& plan) {
  const std::string transport = fields.text("transport");
  if (!transport.empty() && transport != "pipes" && transport != "pty") {
    return refuse(fmt::format("has the unknown transport '{}'", transport));
  }
  plan.pty = transport == "pty";
  plan.rows = std::uint16_t(std::clamp<std::uint64_t>(fields.maybe_number("rows").value_or(plan.rows), 1, kRowsMax));
  plan.cols = std::uint16_t(std::clamp<std::uint64_t>(fields.maybe_number("cols").value_or(plan.cols), 1, kRowsMax));
  plan.cwd = fields.text("cwd");
  if (!plan.cwd.empty() && (plan.cwd.front() != '/' || holds_nul(plan.cwd))) {
    return refuse(fmt::format("has the folder '{}', which is not absolute", plan.cwd));
  }
  return {};
}

}  // namespace

base::Result<Plan> plan_from_json(std::string_view text, const std::vector<std::string>& programs) {
  boost::system::error_code ec;
  json::parse_options options;
  options.max_depth = base::limits::json_depth;
  const json::value value = json::parse(text, ec, {}, options);
  if (ec || !value.is_object()) return refuse("is not a JSON object");
  Fields fields(value.get_object(), "plan");
  Plan plan;
  if (auto ok = read_argv(fields, plan, programs); !ok) return ok.error();
  if (auto ok = read_env(fields, plan); !ok) return ok.error();
  if (auto ok = read_files(fields, plan); !ok) return ok.error();
  if (auto ok = read_stop(fields, plan); !ok) return ok.error();
  if (auto ok = read_terminal(fields, plan); !ok) return ok.error();
  if (!fields.texts("tails").empty()) return refuse("wants to follow files, which is not offered yet");
  if (fields.flag("hook")) return refuse("wants a hook channel, which is not offered yet");
  if (!fields.check()) return refuse("has a field of a wrong type");
  return plan;
}

base::Result<std::vector<std::string>> environment_for(const Plan& plan, const std::vector<std::string>& inherited,
                                                       const std::map<std::string, std::string>& secrets) {
  std::map<std::string, std::string> variables;
  for (const std::string& entry : inherited) {
    const std::size_t at = entry.find('=');
    if (at != std::string::npos && at != 0) variables[entry.substr(0, at)] = entry.substr(at + 1);
  }
  if (plan.pty) {
    // Ours, whatever the host itself was started in.
    variables["TERM"] = "xterm-256color";
    variables.erase("COLUMNS");
    variables.erase("LINES");
  }
  for (const std::string& name : plan.unset) variables.erase(name);
  for (const auto& [name, value] : plan.set) variables[name] = value;
  for (const auto& [name, secret] : plan.secret) {
    const auto known = secrets.find(secret);
    if (known == secrets.end()) {
      return base::fail(base::Errc::start_failed,
                        fmt::format("the adapter needs the secret '{}', which the policy does not give", secret));
    }
    variables[name] = known->second;
  }
  std::vector<std::string> out;
  for (const auto& [name, value] : variables) out.push_back(name + "=" + value);
  return out;
}

json::array rungs_to_json(const std::vector<Rung>& rungs) {
  json::array out;
  for (const Rung& rung : rungs) {
    json::object item;
    if (!rung.write.empty()) item["write"] = rung.write;
    if (rung.close_input) item["close_input"] = true;
    if (rung.signal) item["signal"] = name_of(*rung.signal);
    item["patience_ms"] = rung.patience.count();
    out.push_back(std::move(item));
  }
  return out;
}

std::vector<Rung> rungs_from_json(const json::array& list) {
  std::vector<Rung> out;
  for (const json::value& item : list) {
    if (auto rung = rung_of(item)) out.push_back(std::move(*rung));
  }
  return out;
}

}  // namespace paddock::session
