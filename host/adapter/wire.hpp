// What runner and adapter process say to each other over a stream socket: pure encoding, no I/O.
//
// A frame is u32 length of the rest, u8 type, the type's fixed fields, then its texts, all numbers
// little-endian. One request is answered by any number of responses and, last, one Done. After the fork
// the child speaks first: one Done that says whether the library was accepted (see serve.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.hpp"
#include "paddock/adapter.h"

namespace paddock::adapter::wire {

/// The time of a call.
struct Now {
  std::uint64_t mono_ns = 0;
  std::int64_t unix_ms = 0;

  friend bool operator==(const Now&, const Now&) = default;
};

// --- Requests, one per function of pdk_adapter. Views belong to the caller.
struct Plan {
  std::string_view request;
};  ///< Done.text is the plan
struct Open {
  std::string_view request;
};  ///< once, before all that follow
struct Started {
  Now now;
};
struct Feed {
  Now now;
  std::uint32_t channel = 0;
  std::string_view bytes;
};  ///< at most 64 KiB
struct Eof {
  Now now;
  std::uint32_t channel = 0;
};
struct Command {
  Now now;
  std::uint32_t kind = 0;
  std::string_view ref, body;
};
struct Tick {
  Now now;
};
struct Exited {
  Now now;
  std::uint32_t cause = 0;
  std::int32_t code = 0, signal = 0;
};
struct ProbePlan {};  ///< Done.text is {commands, files, env}
struct ProbeResult {
  std::string_view findings;
};  ///< Done.text is the verdict

using Request = std::variant<Plan, Open, Started, Feed, Eof, Command, Tick, Exited, ProbePlan, ProbeResult>;

/// The frame of a request.
std::string encode(const Request& request);

// --- Responses. Views point into the reader's buffer and die with the callback.
struct Event {
  std::uint32_t kind = 0, flags = 0, channel = 0;
  std::uint64_t begin = 0, end = 0;
  std::string_view ref, body;  ///< body: not checked to be JSON
};
struct Write {
  std::string_view bytes;
};
struct CloseInput {};
struct Signal {
  std::int32_t signo = 0;
};
struct WakeAt {
  std::uint64_t mono_ns = 0;
};
struct Diag {
  std::uint32_t severity = 0;
  std::string_view code, message;
};
struct Done {
  pdk_status status = PDK_OK;
  std::string_view text;
};

using Response = std::variant<Event, Write, CloseInput, Signal, WakeAt, Diag, Done>;

/// The frame of a response.
std::string encode(const Response& response);

/// Decodes what an adapter process says. It may lie: whatever does not fit the protocol or its limits is
/// one `adapter_failed` error, after which the process is to be killed; every later call gives it again.
class ResponseReader final {
 public:
  using OnResponse = std::function<void(const Response&)>;

  /// Says that an answer is expected now: after the fork and after each request that was sent.
  void begin() noexcept;

  /// True until the Done of what begin() announced has been read.
  bool waiting() const noexcept { return waiting_; }

  /// Takes what was read from the socket, cut anywhere, and reports each whole response. Fails when a
  /// frame is malformed or over limits::link_frame_bytes, an event's body over limits::event_body_bytes,
  /// one answer over limits::adapter_output_bytes, or when the process speaks without being asked.
  base::Result<> feed(std::string_view bytes, const OnResponse& on_response);

 private:
  base::Result<> take(std::string_view frame, const OnResponse& on_response);
  base::Error broken(std::string_view why);

  std::string kept_;
  std::size_t answered_ = 0;  // bytes of the present answer
  bool waiting_ = false;
  bool broken_ = false;
  std::string why_;
};

/// Decodes requests in the adapter process. The parent is trusted; a broken frame ends the process.
class RequestReader final {
 public:
  using OnRequest = std::function<void(const Request&)>;

  /// As ResponseReader::feed(); fails with `corrupt`.
  base::Result<> feed(std::string_view bytes, const OnRequest& on_request);

 private:
  std::string kept_;
};

}  // namespace paddock::adapter::wire
