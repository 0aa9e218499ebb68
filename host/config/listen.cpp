// Reading a TCP address to listen on.
#include <arpa/inet.h>
#include <fmt/format.h>

#include "config/host_config.hpp"
#include "config/units.hpp"

namespace paddock::config {
namespace {

constexpr std::uint64_t kMostPort = 65535;

bool is_numeric(int family, const std::string& address) {
  unsigned char bytes[sizeof(in6_addr)];
  return ::inet_pton(family, address.c_str(), bytes) == 1;
}

}  // namespace

bool ListenAddress::is_loopback() const noexcept { return address.starts_with("127.") || address == "::1"; }

base::Result<ListenAddress> parse_listen(std::string_view text) {
  const auto bad = [&] {
    return base::fail(base::Errc::invalid_request,
                      fmt::format("'{}' is not an address and port such as 127.0.0.1:8642 or [::1]:8642", text));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  const auto port = parse_count(text.substr(colon + 1));
  if (!port || *port > kMostPort) return bad();
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  ListenAddress listen{host == "localhost" ? "127.0.0.1" : std::string(host), std::uint16_t(*port)};
  if (!is_numeric(bracketed ? AF_INET6 : AF_INET, listen.address)) return bad();
  return listen;
}

}  // namespace paddock::config
