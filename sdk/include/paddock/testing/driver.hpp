// Plays the host to one adapter and writes down everything it says.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "paddock/adapter.h"

namespace paddock::sdk::testing {

namespace json = boost::json;

/// The contract's name of an event kind, "kind_<n>" for an unknown one.
inline std::string kind_name(std::uint32_t kind) {
  static constexpr const char* names[] = {"session",
                                          "turn",
                                          "state",
                                          "message",
                                          "reasoning",
                                          "tool_call",
                                          "tool_result",
                                          "approval_request",
                                          "approval_resolved",
                                          "question",
                                          "usage",
                                          "plan_update",
                                          "file_change",
                                          "error",
                                          "notice",
                                          "outcome",
                                          "unknown"};
  if (kind >= 1 && kind <= std::size(names)) return names[kind - 1];
  return "kind_" + std::to_string(kind);
}

/// A diagnostic as it was given.
struct Diag {
  std::uint32_t severity = 0;
  std::string code, message;
};

/// Everything an adapter said. Events are {kind, ref?, flags?, channel?, begin?, end?, body}.
struct Recorded {
  std::vector<json::object> events;
  std::string written;  ///< to the agent's standard input
  std::vector<int> signals;
  bool input_closed = false;
  std::optional<std::uint64_t> wake_at;
  std::vector<Diag> diags;
  std::vector<pdk_status> failures;            ///< statuses of session calls other than PDK_OK, commands excepted
  std::map<std::uint32_t, std::uint64_t> fed;  ///< bytes per channel
  std::vector<std::uint32_t> ended;            ///< channels whose end a tape wrote down
  bool exited = false;
  std::vector<std::string> complaints;  ///< expectations of a tape that were not met

  /// The complaints, one per line; empty when the tape's expectations were met.
  std::string problems() const {
    std::string all;
    for (const std::string& one : complaints) all += one + "\n";
    return all;
  }

  /// The events of one kind, by the contract's name.
  std::vector<json::object> of(std::string_view kind) const {
    std::vector<json::object> found;
    for (const json::object& event : events) {
      if (event.at("kind").as_string() == kind) found.push_back(event);
    }
    return found;
  }

  /// The events without pieces: what may not depend on how the stream was split.
  std::vector<json::object> final_events() const {
    std::vector<json::object> found;
    for (json::object event : events) {
      const json::value* flags = event.if_contains("flags");
      const std::int64_t bits = flags != nullptr ? flags->as_int64() : 0;
      if ((bits & PDK_EVF_PARTIAL) != 0) continue;
      // Whether there were pieces before may depend on the split, and so may this mark.
      if ((bits & PDK_EVF_REPLACES_PARTIAL) != 0) event.erase("flags");
      found.push_back(std::move(event));
    }
    return found;
  }
};

/// Keeps one session of an adapter and calls it as the host does. Throws std::runtime_error when plan
/// or open refuse. Time stands still unless advance() moves it.
class Driver final {
 public:
  Driver(const pdk_adapter& adapter, const json::object& launch)
      : adapter_(adapter), request_(json::serialize(launch)) {
    sink_ = {sizeof(pdk_sink), 0, this, on_event, on_write, on_close, on_signal, on_wake, on_diag};
    const std::string plan = text_of([&](const pdk_out* out) {
      const pdk_launch raw = launch_struct();
      return adapter_.plan(&adapter_, &raw, out);
    });
    plan_ = json::parse(plan).as_object();
    const pdk_launch raw = launch_struct();
    const pdk_host host{sizeof(pdk_host), PDK_ABI_MAJOR, PDK_ABI_MINOR, str("paddock-test"), str("0.0.0")};
    const pdk_status status = adapter_.open(&adapter_, &host, &raw, &session_);
    if (status != PDK_OK) throw std::runtime_error("open gave " + std::to_string(status));
  }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  ~Driver() {
    if (session_ != nullptr) adapter_.close(session_);
  }

  /// The plan that was made for the launch.
  const json::object& plan() const noexcept { return plan_; }
  Recorded& seen() noexcept { return seen_; }
  const Recorded& seen() const noexcept { return seen_; }

  void started() {
    if (adapter_.started != nullptr) note(adapter_.started(session_, &now_, &sink_));
  }

  /// Feeds bytes in pieces of at most 64 KiB.
  void feed(std::uint32_t channel, std::string_view bytes) {
    while (!bytes.empty()) {
      const std::string_view piece = bytes.substr(0, 65536);
      bytes.remove_prefix(piece.size());
      // A copy that ends where the piece ends: reading past it is seen by a sanitizer.
      const std::vector<std::uint8_t> own(piece.begin(), piece.end());
      seen_.fed[channel] += own.size();
      note(adapter_.feed(session_, &now_, channel, {own.data(), own.size()}, &sink_));
    }
  }

  void eof(std::uint32_t channel) {
    if (adapter_.eof != nullptr) note(adapter_.eof(session_, &now_, channel, &sink_));
  }

  pdk_status command(std::uint32_t kind, std::string_view ref, const json::object& body) {
    if (adapter_.command == nullptr) return PDK_E_UNSUPPORTED;
    const std::string text = json::serialize(body);
    const pdk_command raw{sizeof(pdk_command), kind, str(ref), str(text)};
    return adapter_.command(session_, &now_, &raw, &sink_);
  }

  /// Calls tick() now, whether it was asked for or not.
  void tick() {
    seen_.wake_at.reset();
    if (adapter_.tick != nullptr) note(adapter_.tick(session_, &now_, &sink_));
  }

  /// Moves time on and calls tick() at each moment that was asked for on the way.
  void advance(std::uint64_t ns) {
    const std::uint64_t until = now_.mono_ns + ns;
    while (seen_.wake_at && *seen_.wake_at <= until) {
      move_to(std::max(*seen_.wake_at, now_.mono_ns));
      tick();
    }
    move_to(until);
  }

  void exited(int code, int signal = 0, std::uint32_t cause = PDK_CAUSE_NONE) {
    const pdk_exit raw{sizeof(pdk_exit), cause, signal != 0 ? -1 : code, signal};
    note(adapter_.exited(session_, &now_, &raw, &sink_));
    seen_.exited = true;
  }

 private:
  static pdk_str str(std::string_view text) { return {text.data(), text.size()}; }
  pdk_launch launch_struct() const { return {sizeof(pdk_launch), 0, str(request_)}; }
  static Driver& of(const pdk_sink* sink) { return *static_cast<Driver*>(sink->host); }
  static std::string text(pdk_str s) { return std::string(s.data != nullptr ? s.data : "", s.len); }

  void note(pdk_status status) {
    if (status != PDK_OK) seen_.failures.push_back(status);
  }

  void move_to(std::uint64_t mono_ns) {
    now_.unix_ms += static_cast<std::int64_t>((mono_ns - now_.mono_ns) / 1'000'000);
    now_.mono_ns = mono_ns;
  }

  template <class Call>
  std::string text_of(Call call) {
    std::pair<std::string, std::string> text_and_why;
    const pdk_out out{
        sizeof(pdk_out), 0, &text_and_why,
        [](const pdk_out* o, pdk_str piece) { static_cast<decltype(&text_and_why)>(o->host)->first += text(piece); },
        [](const pdk_out* o, std::uint32_t, pdk_str, pdk_str message) {
          static_cast<decltype(&text_and_why)>(o->host)->second += text(message);
        }};
    const pdk_status status = call(&out);
    if (status != PDK_OK) throw std::runtime_error("plan gave " + std::to_string(status) + ": " + text_and_why.second);
    return text_and_why.first;
  }

  static void on_event(const pdk_sink* sink, const pdk_event* event) {
    json::object entry{{"kind", kind_name(event->kind)}};
    if (event->ref.len != 0) entry["ref"] = text(event->ref);
    if (event->flags != 0) entry["flags"] = static_cast<std::int64_t>(event->flags);
    if (event->channel != PDK_CH_NONE) {
      entry["channel"] = static_cast<std::int64_t>(event->channel);
      entry["begin"] = static_cast<std::int64_t>(event->src_begin);
      entry["end"] = static_cast<std::int64_t>(event->src_end);
    }
    boost::system::error_code ec;
    json::value body = json::parse(text(event->body), ec, {}, {.max_depth = 64});
    Recorded& seen = of(sink).seen_;
    if (ec || !body.is_object()) seen.complaints.push_back("an event's body is no JSON object: " + text(event->body));
    if (event->body.len > (256U << 10U)) seen.complaints.emplace_back("an event's body is over 256 KiB");
    entry["body"] = std::move(body);
    seen.events.push_back(std::move(entry));
  }
  static void on_write(const pdk_sink* sink, pdk_bytes bytes) {
    of(sink).seen_.written.append(reinterpret_cast<const char*>(bytes.data), bytes.len);
  }
  static void on_close(const pdk_sink* sink) { of(sink).seen_.input_closed = true; }
  static void on_signal(const pdk_sink* sink, std::int32_t signo) { of(sink).seen_.signals.push_back(signo); }
  static void on_wake(const pdk_sink* sink, std::uint64_t mono_ns) {
    if (mono_ns == 0) {
      of(sink).seen_.wake_at.reset();
    } else {
      of(sink).seen_.wake_at = mono_ns;
    }
  }
  static void on_diag(const pdk_sink* sink, std::uint32_t severity, pdk_str code, pdk_str message) {
    of(sink).seen_.diags.push_back({severity, text(code), text(message)});
  }

  const pdk_adapter& adapter_;
  std::string request_;
  json::object plan_;
  pdk_session* session_ = nullptr;
  pdk_now now_{sizeof(pdk_now), 0, 1'000'000'000, 1'700'000'000'000};
  pdk_sink sink_{};
  Recorded seen_;
};

}  // namespace paddock::sdk::testing
