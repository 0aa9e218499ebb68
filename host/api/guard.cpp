// The access rules of the contract, one function each.
#include "api/guard.hpp"

#include <algorithm>
#include <cctype>

namespace paddock::api {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool same_origin(std::string_view origin, std::string_view host) {
  const std::string wanted = lower(origin);
  return wanted == "http://" + lower(host) || wanted == "https://" + lower(host);
}

Refusal forbidden(std::string text, std::string_view reason) {
  return {base::fail(base::Errc::forbidden, std::move(text)), 403, reason};
}

/// A page of another site made the visitor's browser send this.
std::optional<Refusal> refuse_cross_site(const Visitor& visitor) {
  if (!visitor.fetch_site.empty() && visitor.fetch_site != "same-origin" && visitor.fetch_site != "none") {
    return forbidden("requests from other web sites are refused", "cross_site");
  }
  if (!visitor.origin.empty() && !same_origin(visitor.origin, visitor.host)) {
    return forbidden("'Origin' is not this host; requests from other web sites are refused", "cross_site");
  }
  return std::nullopt;
}

/// Against DNS rebinding: a name that is not ours leads to our address.
std::optional<Refusal> refuse_host(const Visitor& visitor, const Access& access) {
  if (visitor.local) return std::nullopt;
  if (std::ranges::find(access.hosts, lower(visitor.host)) != access.hosts.end()) return std::nullopt;
  return forbidden("'Host' does not name this host", "host");
}

std::optional<Refusal> refuse_content_type(const Visitor& visitor) {
  if (!visitor.has_body) return std::nullopt;
  const std::string type = lower(std::string_view(visitor.content_type).substr(0, visitor.content_type.find(';')));
  if (type == "application/json" || type == "application/json ") return std::nullopt;
  return Refusal{
      base::fail(base::Errc::invalid_request, "a request with a body needs 'Content-Type: application/json'"), 415,
      "content_type"};
}

}  // namespace

std::optional<Refusal> refuse_shape(const Visitor& visitor, const Access& access) {
  if (auto refusal = refuse_cross_site(visitor)) return refusal;
  if (auto refusal = refuse_host(visitor, access)) return refusal;
  return refuse_content_type(visitor);
}

std::optional<control::Role> role_of_peer(const Visitor& visitor, const Access& access) {
  if (!visitor.local || !visitor.uid) return std::nullopt;
  const bool known = *visitor.uid == access.own_uid || *visitor.uid == 0 ||
                     std::ranges::find(access.uids, *visitor.uid) != access.uids.end();
  if (!known) return std::nullopt;
  return control::Role::admin;
}

std::optional<std::string_view> bearer(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size() || lower(authorization.substr(0, kScheme.size())) != kScheme) {
    return std::nullopt;
  }
  return authorization.substr(kScheme.size());
}

}  // namespace paddock::api
