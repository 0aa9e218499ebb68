// Finding the host.
#include "main/cli/address.hpp"

#include <system_error>

#include <fmt/format.h>

#include "config/load.hpp"
#include "config/units.hpp"

namespace paddock::cli {
namespace {

namespace fs = std::filesystem;
constexpr std::uint16_t kDefaultPort = 8642;

Failure bad_address(std::string_view text) {
  return failure(ExitCode::usage, "invalid_request",
                 fmt::format("'{}' is not a host: write unix:PATH or http://ADDR:PORT", text));
}

Outcome<Address> parse_http(std::string_view text, std::string_view rest) {
  while (rest.ends_with('/')) rest.remove_suffix(1);
  Address address;
  address.port = kDefaultPort;
  const bool bracketed = rest.starts_with('[');
  const std::size_t end = bracketed ? rest.find(']') : rest.find(':');
  if (bracketed && end == std::string_view::npos) return bad_address(text);
  address.host = bracketed ? rest.substr(1, end - 1) : rest.substr(0, end);
  std::string_view port = end == std::string_view::npos ? std::string_view() : rest.substr(end + (bracketed ? 1 : 0));
  if (!port.empty()) {
    const auto number = config::parse_count(port.substr(1));
    if (port.front() != ':' || !number || *number == 0 || *number > 65535) return bad_address(text);
    address.port = std::uint16_t(*number);
  }
  if (address.host.empty() || address.host.find_first_of("/@?#") != std::string::npos) return bad_address(text);
  return address;
}

config::Layer file_layer(const config::Environment& environment) {
  const auto named = environment("PADDOCK_CONFIG");
  const fs::path file = named ? fs::path(*named) : config::default_config_file(environment);
  std::error_code ec;
  if (file.empty() || !fs::exists(file, ec)) return {};
  auto layer = config::load_host_file(file);
  return layer ? std::move(*layer) : config::Layer();
}

}  // namespace

std::string Address::text() const {
  if (is_local()) return "unix:" + socket.string();
  return host.find(':') == std::string::npos ? fmt::format("http://{}:{}", host, port)
                                             : fmt::format("http://[{}]:{}", host, port);
}

Outcome<Address> parse_address(std::string_view text) {
  constexpr std::string_view kUnix = "unix:";
  constexpr std::string_view kHttp = "http://";
  std::string_view path = text;
  if (path.starts_with(kUnix)) path.remove_prefix(kUnix.size());
  if (path.starts_with("//")) path.remove_prefix(2);
  if (text.starts_with(kUnix) || text.starts_with('/')) {
    if (path.empty()) return bad_address(text);
    return Address{fs::path(path), "", 0};
  }
  if (text.starts_with(kHttp)) return parse_http(text, text.substr(kHttp.size()));
  if (text.starts_with("ssh://")) {
    return failure(ExitCode::usage, "unsupported", "hosts over ssh are not supported by this version");
  }
  return bad_address(text);
}

fs::path program_folder() {
  std::error_code ec;
  return fs::read_symlink("/proc/self/exe", ec).parent_path();
}

Outcome<config::HostConfig> local_settings(const config::Environment& environment) {
  const auto layer = config::environment_layer(environment);
  if (!layer) return failure(layer.error());
  std::error_code ec;
  auto settings =
      config::decide({}, *layer, file_layer(environment), environment, program_folder(), fs::current_path(ec));
  if (!settings) return failure(settings.error());
  return std::move(*settings);
}

Outcome<Address> choose_address(const std::string& flag, const config::Environment& environment) {
  if (!flag.empty()) return parse_address(flag);
  if (const auto named = environment("PADDOCK_HOST")) return parse_address(*named);
  const auto settings = local_settings(environment);
  if (!settings) return settings.error();
  return Address{settings->socket, "", 0};
}

}  // namespace paddock::cli
