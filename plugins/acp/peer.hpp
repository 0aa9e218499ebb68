// Our side of the JSON-RPC: requests with ids of our own, and what they were for.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include "acp/fields.hpp"
#include "paddock/sink.hpp"

namespace paddock::acp {

/// Writes messages and remembers which requests have no answer yet.
class Peer final {
 public:
  enum class Purpose { initialize, login, open, mode, model, prompt };

  struct Pending {
    Purpose purpose = Purpose::initialize;
    std::string value{};  ///< the mode or model asked for
  };

  /// Sends a request and gives its id. Each side counts for itself; we begin with 0.
  std::int64_t request(sdk::Sink& sink, Purpose purpose, std::string_view method, json::object&& params,
                       std::string_view value = {}) {
    const std::int64_t id = next_id_++;
    sink.write_line({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}});
    pending_.emplace(id, Pending{purpose, std::string(value)});
    return id;
  }

  void notify(sdk::Sink& sink, std::string_view method, json::object&& params) {
    sink.write_line({{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}});
  }

  /// Answers a request of the agent.
  void reply(sdk::Sink& sink, const json::value& id, json::object&& result) {
    sink.write_line({{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}});
  }

  /// Refuses a request of the agent: one without an answer would keep it waiting for ever.
  void refuse(sdk::Sink& sink, const json::value& id, std::int64_t code, std::string_view why) {
    sink.write_line({{"jsonrpc", "2.0"}, {"id", id}, {"error", json::object{{"code", code}, {"message", why}}}});
  }

  /// What the request was for that `id` answers; nothing when we never asked, or it was answered before.
  std::optional<Pending> take(const json::value& id) {
    const auto number = id.is_double() ? std::nullopt : number_of(id);
    const auto found = number ? pending_.find(*number) : pending_.end();
    if (found == pending_.end()) return std::nullopt;
    Pending pending = std::move(found->second);
    pending_.erase(found);
    return pending;
  }

 private:
  std::int64_t next_id_ = 0;
  std::map<std::int64_t, Pending> pending_;
};

}  // namespace paddock::acp
