// What an adapter has to say: events, and the sink that carries them to the host.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "paddock/adapter.h"
#include "paddock/detail/body.hpp"
#include "paddock/text.hpp"

namespace paddock::sdk {

namespace json = boost::json;

/// The time of a call. An adapter has no clock of its own, so a replay is exact.
struct Now {
  std::uint64_t mono_ns = 0;  ///< nanoseconds, only moves forward
  std::int64_t unix_ms = 0;   ///< milliseconds since 1970, for people
};

/// The half-open byte range of a channel's stream that an event was read from.
struct Source {
  std::uint32_t channel = PDK_CH_NONE;  ///< PDK_CH_*; none for what the adapter made up
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  friend bool operator==(const Source&, const Source&) = default;
};

/// What kind of thing happened; the fields of each body stand in adapter.h.
enum class Kind : std::uint32_t {
  session = PDK_EV_SESSION,
  turn = PDK_EV_TURN,
  state = PDK_EV_STATE,
  message = PDK_EV_MESSAGE,
  reasoning = PDK_EV_REASONING,
  tool_call = PDK_EV_TOOL_CALL,
  tool_result = PDK_EV_TOOL_RESULT,
  approval_request = PDK_EV_APPROVAL_REQUEST,
  approval_resolved = PDK_EV_APPROVAL_RESOLVED,
  question = PDK_EV_QUESTION,
  usage = PDK_EV_USAGE,
  plan_update = PDK_EV_PLAN_UPDATE,
  file_change = PDK_EV_FILE_CHANGE,
  error = PDK_EV_ERROR,
  notice = PDK_EV_NOTICE,
  outcome = PDK_EV_OUTCOME,
  unknown = PDK_EV_UNKNOWN,
};

/// One event. `ref` (at most 256 bytes) ties events of one message, call or approval together.
struct Event {
  Kind kind = Kind::unknown;
  json::object body{};
  std::string ref{};
  std::uint32_t flags = 0;  ///< PDK_EVF_*
  Source source{};
};

/// How serious a diagnostic is. Diagnostics are for the adapter's author and the operator's log.
enum class Severity : std::uint32_t {
  debug = PDK_SEV_DEBUG,
  info = PDK_SEV_INFO,
  warning = PDK_SEV_WARNING,
  error = PDK_SEV_ERROR,
  host_misbehaving = PDK_SEV_HOST_MISBEHAVING,
  adapter_misbehaving = PDK_SEV_ADAPTER_MISBEHAVING,
};

/// Carries what one call has to say to the host. Lives as long as that call; never keep it.
class Sink final {
 public:
  /// `sink` belongs to the host and must outlive this object.
  explicit Sink(const pdk_sink* sink) noexcept : sink_(sink) {}
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() = default;

  /// Sends an event. A body over 256 KiB is made to fit: its longest texts are cut and
  /// `"truncated": true` is added. Text that is not UTF-8 is replaced.
  void event(const Event& event) {
    detail::serialize_body(event.body, scratch_);
    const std::string_view ref = cut_utf8(event.ref, max_ref_bytes);
    if (ref.size() != event.ref.size()) {
      diag(Severity::adapter_misbehaving, "ref_too_long", "an event's ref is longer than 256 bytes and was cut");
    }
    const pdk_event raw{sizeof(pdk_event),
                        static_cast<std::uint32_t>(event.kind),
                        event.flags,
                        event.source.channel,
                        event.source.begin,
                        event.source.end,
                        {ref.data(), ref.size()},
                        {scratch_.data(), scratch_.size()}};
    if (sink_->event != nullptr) sink_->event(sink_, &raw);
  }

  /// Appends bytes to the agent's standard input.
  void write(std::string_view bytes) {
    if (sink_->write != nullptr && !bytes.empty()) {
      sink_->write(sink_, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    }
  }

  /// Writes one JSON object and a line feed to the agent's standard input.
  void write_line(const json::object& line) {
    scratch_.clear();
    detail::append_json(line, scratch_);
    scratch_ += '\n';
    write(scratch_);
  }

  /// Ends the agent's standard input after everything that is queued for it.
  void close_input() {
    if (sink_->close_input != nullptr) sink_->close_input(sink_);
  }

  /// Sends a signal (SIGINT, ...) to the agent's main process.
  void signal(int signo) {
    if (sink_->signal != nullptr) sink_->signal(sink_, signo);
  }

  /// Asks for one tick() at `mono_ns` (see Now). Replaces what was asked for before.
  void wake_at(std::uint64_t mono_ns) {
    if (sink_->wake_at != nullptr) sink_->wake_at(sink_, mono_ns);
  }

  /// Takes the last wake_at() back.
  void cancel_wake() { wake_at(0); }

  /// Tells the author or operator something that is no event. `code` is a stable snake_case word.
  void diag(Severity severity, std::string_view code, std::string_view message) {
    if (sink_->diag == nullptr) return;
    sink_->diag(sink_, static_cast<std::uint32_t>(severity), {code.data(), code.size()},
                {message.data(), message.size()});
  }

  /// Longest correlation id the ABI carries.
  static constexpr std::size_t max_ref_bytes = 256;

 private:
  const pdk_sink* sink_;
  std::string scratch_;
};

}  // namespace paddock::sdk
