// The secret is shown once; only its SHA-256 is ever stored or compared.
#include "control/tokens.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "control/digest.hpp"

namespace paddock::control {
namespace json = boost::json;
using base::Errc;
using base::fail;

std::string_view name(Role role) noexcept {
  switch (role) {
    case Role::viewer: return "viewer";
    case Role::operate: return "operator";
    case Role::admin: return "admin";
  }
  return "viewer";
}

std::optional<Role> role_of_name(std::string_view text) noexcept {
  for (const Role role : {Role::viewer, Role::operate, Role::admin}) {
    if (name(role) == text) return role;
  }
  return std::nullopt;
}

base::Result<> Tokens::load() {
  auto tokens = ground_.store.tokens();
  if (!tokens) return tokens.error();
  tokens_ = std::move(*tokens);
  return {};
}

Task<json::object> Tokens::create(std::string token_name, Role role) {
  if (token_name.empty() || token_name.size() > base::limits::name_bytes) {
    co_return fail(Errc::invalid_request, fmt::format("'name' must have 1 to {} bytes", base::limits::name_bytes));
  }
  if (tokens_.size() >= most) co_return fail(Errc::too_many, fmt::format("there are '{}' tokens already", most));
  const std::string secret = make_secret("pdk_");
  store::Token token;
  token.id = base::TokenId::make();
  token.name = std::move(token_name);
  token.role = name(role);
  token.sha256 = sha256_hex(secret);
  token.created_at = base::wall_now();
  store::Batch batch;
  batch.tokens.push_back(token);
  if (auto saved = co_await ledger_.save(std::move(batch)); !saved) co_return saved.error();
  tokens_.push_back(token);
  json::object out{{"id", token.id.str()}, {"name", token.name}, {"role", token.role}, {"token", secret}};
  out["created_at"] = base::format_time(token.created_at);
  co_return out;
}

std::vector<json::object> Tokens::list() const {
  std::vector<json::object> items;
  for (const store::Token& token : tokens_) {
    json::object out{{"id", token.id.str()}, {"name", token.name}, {"role", token.role}};
    out["created_at"] = base::format_time(token.created_at);
    items.push_back(std::move(out));
  }
  return items;
}

Task<void> Tokens::revoke(std::string id) {
  const auto known = std::ranges::find(tokens_, id, [](const store::Token& token) { return token.id.str(); });
  if (known == tokens_.end()) co_return fail(Errc::not_found, fmt::format("there is no token '{}'", id));
  const store::Token token = *known;
  tokens_.erase(known);  // at once: it opens nothing from now on
  store::Batch batch;
  batch.revoke.push_back(token.id);
  auto saved = co_await ledger_.save(std::move(batch));
  if (saved) co_return base::Result<void>();
  tokens_.push_back(token);
  co_return saved.error();
}

std::optional<Role> Tokens::role_of(std::string_view bearer) const {
  const std::string hash = sha256_hex(bearer);
  std::optional<Role> role;
  for (const store::Token& token : tokens_) {
    if (equal_in_constant_time(hash, token.sha256)) role = role_of_name(token.role);
  }
  return role;
}

}  // namespace paddock::control
