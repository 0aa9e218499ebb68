// Where the events of one line go, and the memory their bodies are made of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include "paddock/sink.hpp"

namespace paddock::acp {

namespace json = boost::json;
using sdk::Kind;

/// The way out for one call of the host. Bodies made with body() live in the memory of the line they
/// were read from and must not be kept longer than the call.
struct Out {
  sdk::Sink& sink;
  sdk::Source source{};        ///< the line's place in its stream; none when nothing was read
  json::storage_ptr memory{};  ///< the line's own, freed as a whole
  sdk::Now now{};              ///< the time of the call

  /// An empty body.
  json::object body() const { return json::object(memory); }

  /// Sends an event. A `ref` that is too long is cut, always in the same way.
  void event(Kind kind, json::object&& body, std::string_view ref = {}, std::uint32_t flags = 0) const {
    const std::string_view fitting = sdk::cut_utf8(ref, sdk::Sink::max_ref_bytes);
    sink.event({.kind = kind, .body = std::move(body), .ref = std::string(fitting), .flags = flags, .source = source});
  }

  /// Sends a NOTICE.
  void notice(std::string_view code, std::string_view text, std::string_view ref = {}) const {
    json::object notice = body();
    notice["code"] = code;
    notice["text"] = text;
    event(Kind::notice, std::move(notice), ref);
  }

  /// Sends an UNKNOWN: what was read but not understood.
  void unknown(std::string_view what, std::string_view text) const {
    json::object unknown = body();
    unknown["what"] = what;
    unknown["text"] = sdk::cut_utf8(text, 256);
    event(Kind::unknown, std::move(unknown));
  }
};

}  // namespace paddock::acp
