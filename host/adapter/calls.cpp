// From a request to a function of the table, and from the sink's functions to responses.
#include "adapter/calls.hpp"

#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/limits.hpp"

namespace paddock::adapter {

namespace {

// One system call for many small responses, and no buffer that grows with the answer.
constexpr std::size_t flush_bytes = 64U << 10U;
// A write of any size fits into frames of this size.
constexpr std::size_t write_bytes = 1U << 20U;
constexpr std::size_t ref_bytes = 256;
// A diagnostic is a sentence for a log.
constexpr std::size_t diag_bytes = 4096;
// A plan may be as long as the request it is made of.
constexpr std::size_t max_text_bytes = 2U << 20U;
constexpr std::string_view too_much = "over 16 MiB of output from one call";

pdk_str raw(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(pdk_str text) {
  return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.len);
}
wire::Diag diag_of(std::uint32_t severity, pdk_str code, pdk_str message) {
  return {severity, view(code).substr(0, diag_bytes), view(message).substr(0, diag_bytes)};
}
pdk_launch launch_of(std::string_view request) { return {sizeof(pdk_launch), 0, raw(request)}; }
pdk_now now_of(const wire::Now& now) { return {sizeof(pdk_now), 0, now.mono_ns, now.unix_ms}; }

}  // namespace

/// The C functions that an adapter may call, on behalf of one Calls.
struct Lend {
  static Calls& of(const pdk_sink* sink) { return *static_cast<Calls*>(sink->host); }
  static Calls& of(const pdk_out* out) { return *static_cast<Calls*>(out->host); }

  // Lengths are looked at before a byte is touched: an adapter may lie about them.
  static void event(const pdk_sink* sink, const pdk_event* event) {
    Calls& calls = of(sink);
    const std::string_view ref = view(event->ref);
    const std::string_view body = view(event->body);
    if (body.size() > base::limits::event_body_bytes) {
      return calls.give_up(fmt::format("an event's body has {} bytes, over 256 KiB", body.size()));
    }
    if (ref.size() > ref_bytes) return calls.give_up(fmt::format("an event's ref has {} bytes, over 256", ref.size()));
    if (event->src_begin > event->src_end) return calls.give_up("an event's byte range ends before it begins");
    calls.put(wire::Event{event->kind, event->flags, event->channel, event->src_begin, event->src_end, ref, body});
  }
  static void write(const pdk_sink* sink, pdk_bytes bytes) {
    std::string_view rest(reinterpret_cast<const char*>(bytes.data), bytes.data == nullptr ? 0 : bytes.len);
    if (rest.size() > base::limits::adapter_output_bytes) return of(sink).give_up(std::string(too_much));
    while (!rest.empty()) {
      const std::string_view piece = rest.substr(0, write_bytes);
      of(sink).put(wire::Write{piece});
      rest.remove_prefix(piece.size());
    }
  }
  static void close_input(const pdk_sink* sink) { of(sink).put(wire::CloseInput{}); }
  static void signal(const pdk_sink* sink, std::int32_t signo) { of(sink).put(wire::Signal{signo}); }
  static void wake_at(const pdk_sink* sink, std::uint64_t mono_ns) { of(sink).put(wire::WakeAt{mono_ns}); }
  static void diag(const pdk_sink* sink, std::uint32_t severity, pdk_str code, pdk_str message) {
    of(sink).put(diag_of(severity, code, message));
  }
  static void text(const pdk_out* out, pdk_str piece) {
    Calls& calls = of(out);
    if (piece.len > max_text_bytes || calls.text_.size() + piece.len > max_text_bytes) {
      return calls.give_up("a text of over 2 MiB");
    }
    calls.text_.append(view(piece));
  }
  static void out_diag(const pdk_out* out, std::uint32_t severity, pdk_str code, pdk_str message) {
    of(out).put(diag_of(severity, code, message));
  }
};

/// One overload for each request: calls the table's function and gives its status.
struct Visit {
  Calls& calls;

  const pdk_adapter& table() const { return calls.table_; }
  pdk_sink sink() const {
    return {sizeof(pdk_sink), 0,         &calls, Lend::event, Lend::write, Lend::close_input, Lend::signal,
            Lend::wake_at,    Lend::diag};
  }
  pdk_out out() const { return {sizeof(pdk_out), 0, &calls, Lend::text, Lend::out_diag}; }
  const pdk_probe* probe() const {
    return static_cast<const pdk_probe*>(table().extension != nullptr ? table().extension(&table(), PDK_EXT_PROBE)
                                                                      : nullptr);
  }

  /// Calls an optional function of the session; one that is not there has nothing to say.
  template <class Function, class... Args>
  pdk_status session(Function function, const wire::Now& now, Args... args) const {
    if (calls.session_ == nullptr) return PDK_E_ARGUMENT;
    if (function == nullptr) return PDK_OK;
    const pdk_now at = now_of(now);
    const pdk_sink to = sink();
    return function(calls.session_, &at, args..., &to);
  }

  pdk_status operator()(const wire::Plan& r) const {
    const pdk_launch launch = launch_of(r.request);
    const pdk_out to = out();
    return table().plan(&table(), &launch, &to);
  }
  pdk_status operator()(const wire::Open& r) const {
    if (calls.session_ != nullptr) return PDK_E_ARGUMENT;
    const pdk_launch launch = launch_of(r.request);
    const pdk_host host{sizeof(pdk_host), PDK_ABI_MAJOR, PDK_ABI_MINOR, raw("paddock"), raw("0.1.0")};
    const pdk_status status = table().open(&table(), &host, &launch, &calls.session_);
    return status == PDK_OK && calls.session_ == nullptr ? PDK_E_INTERNAL : status;
  }
  pdk_status operator()(const wire::Started& r) const { return session(table().started, r.now); }
  pdk_status operator()(const wire::Feed& r) const {
    return session(table().feed, r.now, r.channel,
                   pdk_bytes{reinterpret_cast<const std::uint8_t*>(r.bytes.data()), r.bytes.size()});
  }
  pdk_status operator()(const wire::Eof& r) const { return session(table().eof, r.now, r.channel); }
  pdk_status operator()(const wire::Command& r) const {
    if (table().command == nullptr) return PDK_E_UNSUPPORTED;
    const pdk_command command{sizeof(pdk_command), r.kind, raw(r.ref), raw(r.body)};
    return session(table().command, r.now, &command);
  }
  pdk_status operator()(const wire::Tick& r) const { return session(table().tick, r.now); }
  pdk_status operator()(const wire::Exited& r) const {
    const pdk_exit exit{sizeof(pdk_exit), r.cause, r.code, r.signal};
    return session(table().exited, r.now, &exit);
  }
  pdk_status operator()(const wire::ProbePlan&) const {
    if (probe() == nullptr || probe()->plan == nullptr) return PDK_E_UNSUPPORTED;
    const pdk_out to = out();
    return probe()->plan(&table(), &to);
  }
  pdk_status operator()(const wire::ProbeResult& r) const {
    if (probe() == nullptr || probe()->result == nullptr) return PDK_E_UNSUPPORTED;
    const pdk_out to = out();
    return probe()->result(&table(), raw(r.findings), &to);
  }
};

Calls::Calls(const pdk_adapter& table, Send send) : table_(table), send_(std::move(send)) {}

Calls::~Calls() {
  if (session_ != nullptr) table_.close(session_);
}

void Calls::answer(const wire::Request& request) noexcept {
  answered_ = 0;
  why_.clear();
  text_.clear();
  const pdk_status status = std::visit(Visit{*this}, request);
  if (!why_.empty()) return done(PDK_E_INTERNAL, why_);
  done(status, text_);
}

void Calls::give_up(std::string why) {
  if (why_.empty()) why_ = std::move(why);
}

void Calls::put(const wire::Response& response) {
  if (!why_.empty()) return;
  std::string frame = wire::encode(response);
  answered_ += frame.size();
  if (answered_ > base::limits::adapter_output_bytes) return give_up(std::string(too_much));
  buffer_ += frame;
  if (buffer_.size() >= flush_bytes) flush();
}

void Calls::done(pdk_status status, std::string_view text) {
  buffer_ += wire::encode(wire::Done{status, text});
  flush();
}

void Calls::flush() {
  send_(buffer_);
  buffer_.clear();
}

}  // namespace paddock::adapter
