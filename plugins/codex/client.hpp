// Our side of the JSON-RPC: requests with ids of our own, and what they were for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include "codex/fields.hpp"
#include "paddock/sink.hpp"

namespace paddock::codex {

/// Writes messages and remembers which requests have no answer yet.
class Client final {
 public:
  enum class Purpose { initialize, thread, turn, steer, interrupt, terminate };

  struct Pending {
    Purpose purpose = Purpose::initialize;
    std::string text;       ///< of a prompt
    bool is_taken = false;  ///< its turn began before the answer came
  };

  /// Sends a request; `text` is kept until the answer comes.
  void request(sdk::Sink& sink, Purpose purpose, std::string_view method, json::object&& params,
               std::string_view text = {}) {
    const std::int64_t id = ++last_id_;
    sink.write_line({{"id", id}, {"method", method}, {"params", std::move(params)}});
    pending_.emplace(id, Pending{purpose, std::string(text), false});
  }

  void notify(sdk::Sink& sink, std::string_view method) { sink.write_line({{"method", method}}); }

  /// Answers a request of the server.
  void reply(sdk::Sink& sink, const json::value& id, json::object&& result) {
    sink.write_line({{"id", id}, {"result", std::move(result)}});
  }

  /// Refuses a request of the server: one without an answer would keep it waiting for ever.
  void refuse(sdk::Sink& sink, const json::value& id, std::string_view why) {
    sink.write_line({{"id", id}, {"error", json::object{{"code", kMethodNotFound}, {"message", why}}}});
  }

  /// The request that `id` answers; nothing when we never asked.
  std::optional<Pending> take(const json::value& id) {
    const auto number = number_of(id);
    const auto found = number ? pending_.find(*number) : pending_.end();
    if (found == pending_.end()) return std::nullopt;
    Pending pending = std::move(found->second);
    pending_.erase(found);
    return pending;
  }

  /// A turn began: that is an answer to the prompts that asked for one.
  void turn_began() {
    for (auto& [id, pending] : pending_) pending.is_taken = pending.purpose == Purpose::turn;
  }

  /// True while a prompt was sent that the agent has neither taken nor refused.
  bool awaits_prompt() const {
    return std::any_of(pending_.begin(), pending_.end(), [](const auto& entry) {
      const Pending& pending = entry.second;
      return !pending.is_taken && (pending.purpose == Purpose::turn || pending.purpose == Purpose::steer);
    });
  }

 private:
  static constexpr int kMethodNotFound = -32601;

  std::int64_t last_id_ = 0;
  std::map<std::int64_t, Pending> pending_;
};

}  // namespace paddock::codex
