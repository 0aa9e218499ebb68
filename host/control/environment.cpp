// What an agent gets to see of the host's environment.
#include "control/environment.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include "base/files.hpp"
#include "base/size.hpp"

namespace paddock::control {
using base::Errc;
using base::fail;

namespace {

constexpr std::array<std::string_view, 8> kTakenOver{"PATH",  "HOME", "USER", "LOGNAME",
                                                     "SHELL", "LANG", "TERM", "TMPDIR"};
constexpr std::string_view kFilePrefix = "file:";
constexpr base::ByteSize kSecretBytes = base::kib(64);  // a key or a token, not a document

base::Result<> check(std::string_view key, std::string_view value) {
  if (key.empty() || key.find('=') != key.npos || key.find('\0') != key.npos) {
    base::Error error = fail(Errc::invalid_request, fmt::format("'{}' cannot be the name of a variable", key));
    error.errors.push_back({"/env", error.detail});
    return error;
  }
  if (value.find('\0') != value.npos) {
    base::Error error = fail(Errc::invalid_request, fmt::format("the value of '{}' holds a zero byte", key));
    error.errors.push_back({"/env/" + std::string(key), error.detail});
    return error;
  }
  return {};
}

}  // namespace

Variables own_environment() {
  Variables variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals == 0 || equals == text.npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

base::Result<Variables> read_secrets(const policy::Environment& environment) {
  Variables secrets;
  for (const auto& [name, source] : environment.secrets) {
    if (!source.starts_with(kFilePrefix)) {
      return fail(Errc::start_failed, fmt::format("the policy's secret '{}' is not of the form 'file:PATH'", name));
    }
    auto text = base::read_file(source.substr(kFilePrefix.size()), kSecretBytes);
    if (!text) {
      return fail(Errc::start_failed,
                  fmt::format("the policy's secret '{}': {}; nothing was started", name, text.error().detail));
    }
    if (text->ends_with('\n')) text->pop_back();
    secrets.emplace(name, std::move(*text));
  }
  return secrets;
}

base::Result<std::vector<std::string>> build_environment(const Variables& host, const policy::Environment& environment,
                                                         const Variables& secrets, const Variables& session) {
  Variables built;
  for (const auto& [name, value] : host) {
    if (name.starts_with("LC_")) built[name] = value;
  }
  for (const std::string_view name : kTakenOver) {
    if (const auto at = host.find(std::string(name)); at != host.end()) built[at->first] = at->second;
  }
  for (const std::string& name : environment.pass) {
    if (const auto at = host.find(name); at != host.end()) built[name] = at->second;
  }
  for (const auto* part : {&environment.set, &secrets, &session}) {
    for (const auto& [name, value] : *part) built[name] = value;
  }
  std::vector<std::string> lines;
  lines.reserve(built.size());
  for (const auto& [name, value] : built) {
    if (auto checked = check(name, value); !checked) return checked.error();
    lines.push_back(fmt::format("{}={}", name, value));
  }
  return lines;
}

}  // namespace paddock::control
