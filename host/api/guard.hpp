// Who may come in: the checks made before anything else looks at a request. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/error.hpp"
#include "control/host.hpp"

namespace paddock::api {

/// The parts of a request that decide about access.
struct Visitor {
  bool local = false;        ///< over the Unix socket
  std::optional<uid_t> uid;  ///< of the peer, on the Unix socket
  std::string host, origin, fetch_site, authorization, content_type;
  bool has_body = false;
  bool upgrade = false;  ///< asks for a WebSocket
};

struct Access {
  uid_t own_uid = 0;
  std::vector<uid_t> uids;         ///< others who may use the Unix socket, as admins
  std::vector<std::string> hosts;  ///< values of `Host` that mean us, with and without port
};

/// Why a visitor is turned away: the problem and the status when it is not the code's own.
struct Refusal {
  base::Error error;
  unsigned status = 0;
  std::string_view reason;  ///< label of paddock_http_rejected_total
};

/// Checks in this order: a browser-shaped request from another site, `Host` (TCP), content type. Nothing
/// when the visitor is welcome so far.
std::optional<Refusal> refuse_shape(const Visitor& visitor, const Access& access);

/// The role of a visitor on the Unix socket: the host's own user, root and the listed ones are admins.
std::optional<control::Role> role_of_peer(const Visitor& visitor, const Access& access);

/// The bearer token of an Authorization header, or nothing.
std::optional<std::string_view> bearer(std::string_view authorization);

}  // namespace paddock::api
