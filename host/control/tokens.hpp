// Access tokens: made once, kept as hashes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "control/ground.hpp"
#include "control/ledger.hpp"

namespace paddock::control {

/// "viewer", "operator", "admin".
std::string_view name(Role role) noexcept;
std::optional<Role> role_of_name(std::string_view name) noexcept;

/// Use on the ground's strand.
class Tokens {
 public:
  Tokens(Ground& ground, Ledger& ledger) : ground_(ground), ledger_(ledger) {}

  base::Result<> load();
  Task<boost::json::object> create(std::string name, Role role);
  std::vector<boost::json::object> list() const;
  Task<void> revoke(std::string id);
  std::optional<Role> role_of(std::string_view bearer) const;

  static constexpr std::size_t most = 1000;  ///< each is compared at each request on TCP

 private:
  Ground& ground_;
  Ledger& ledger_;
  std::vector<store::Token> tokens_;
};

}  // namespace paddock::control
