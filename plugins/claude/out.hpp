// Where every event of the adapter passes: it stamps the bytes it was read from, and joins the pieces of
// one streaming message that arrived together, so that a thousand tiny deltas are not a thousand events.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include "paddock/sink.hpp"

namespace paddock::claude {

namespace json = boost::json;

/// Pieces of one message that were read but not told yet. Lives in the session, between calls empty.
struct Pending {
  sdk::Kind kind = sdk::Kind::message;
  std::string ref;
  std::string parent;
  std::string text;
  sdk::Source source;
};

/// The way out of one call. `source` is what this call reads from; bodies live in `memory`.
class Out final {
 public:
  /// Members of a body, in order.
  using Fields = std::initializer_list<std::pair<json::string_view, json::value_ref>>;

  /// Everything must outlive this object; it lives as long as one line or command.
  Out(sdk::Sink& sink, Pending& pending, sdk::Source source = {}, json::storage_ptr memory = {})
      : sink_(sink), pending_(pending), source_(source), memory_(std::move(memory)) {}
  Out(const Out&) = delete;
  Out& operator=(const Out&) = delete;
  ~Out() = default;

  /// A body whose memory is given back with the line it was made for.
  json::object body(Fields fields = {}) const { return json::object(fields, memory_); }

  /// Sends an event; pieces that wait go first.
  void event(sdk::Kind kind, json::object body, std::string_view ref = {}, std::uint32_t flags = 0);
  void event(sdk::Kind kind, Fields fields, std::string_view ref = {}) { event(kind, body(fields), ref); }

  /// A NOTICE {code, text}.
  void notice(std::string_view code, std::string_view text);

  /// A new piece of message `ref` (MESSAGE of the assistant, or REASONING). `parent` names the call of a
  /// sub-agent.
  void piece(sdk::Kind kind, std::string_view ref, std::string_view parent, std::string_view text);

  /// Sends the pieces that wait. Called at the end of every call from the host.
  void flush();

  /// The host's sink, for writes. Not for events.
  sdk::Sink& sink() noexcept { return sink_; }

 private:
  sdk::Sink& sink_;
  Pending& pending_;
  sdk::Source source_;
  json::storage_ptr memory_;
};

}  // namespace paddock::claude
