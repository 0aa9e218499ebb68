// The frames between runner and adapter process.
#include "adapter/wire.hpp"

#include <utility>

#include <fmt/format.h>

#include "adapter/bytes.hpp"
#include "adapter/frames.hpp"
#include "base/limits.hpp"

namespace paddock::adapter::wire {

namespace {

namespace limits = base::limits;

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

void pack(Packer& out, const Now& now) { out.number(now.mono_ns).number(now.unix_ms); }

Now unpack_now(Unpacker& in) {
  Now now;
  now.mono_ns = in.number<std::uint64_t>();
  now.unix_ms = in.number<std::int64_t>();
  return now;
}

// The type byte of a frame is the place in the variant; new kinds are appended there.
Request request_of(std::uint8_t type, Unpacker& in) {
  // Fields are read in the order they are written here: an initialiser list goes from left to right.
  switch (type) {
    case 0: return Plan{in.text()};
    case 1: return Open{in.text()};
    case 2: return Started{unpack_now(in)};
    case 3: return Feed{unpack_now(in), in.number<std::uint32_t>(), in.text()};
    case 4: return Eof{unpack_now(in), in.number<std::uint32_t>()};
    case 5: return Command{unpack_now(in), in.number<std::uint32_t>(), in.text(), in.text()};
    case 6: return Tick{unpack_now(in)};
    case 7:
      return Exited{unpack_now(in), in.number<std::uint32_t>(), in.number<std::int32_t>(), in.number<std::int32_t>()};
    case 8: return ProbePlan{};
    default: return ProbeResult{in.text()};
  }
}

Response response_of(std::uint8_t type, Unpacker& in) {
  switch (type) {
    case 0:
      return Event{in.number<std::uint32_t>(),
                   in.number<std::uint32_t>(),
                   in.number<std::uint32_t>(),
                   in.number<std::uint64_t>(),
                   in.number<std::uint64_t>(),
                   in.text(),
                   in.text()};
    case 1: return Write{in.text()};
    case 2: return CloseInput{};
    case 3: return Signal{in.number<std::int32_t>()};
    case 4: return WakeAt{in.number<std::uint64_t>()};
    case 5: return Diag{in.number<std::uint32_t>(), in.text(), in.text()};
    default: return Done{in.number<pdk_status>(), in.text()};
  }
}

constexpr std::size_t request_types = std::variant_size_v<Request>;
constexpr std::size_t response_types = std::variant_size_v<Response>;
constexpr std::size_t ref_bytes = 256;

// Room for the fixed fields around a payload that has its own limit.
constexpr std::size_t request_frame_bytes = limits::link_frame_bytes + 4096;

}  // namespace

std::string encode(const Request& request) {
  Packer out(static_cast<std::uint8_t>(request.index()));
  std::visit(Overloaded{[&](const Plan& r) { out.text(r.request); }, [&](const Open& r) { out.text(r.request); },
                        [&](const Started& r) { pack(out, r.now); },
                        [&](const Feed& r) { pack(out, r.now), out.number(r.channel).text(r.bytes); },
                        [&](const Eof& r) { pack(out, r.now), out.number(r.channel); },
                        [&](const Command& r) { pack(out, r.now), out.number(r.kind).text(r.ref).text(r.body); },
                        [&](const Tick& r) { pack(out, r.now); },
                        [&](const Exited& r) { pack(out, r.now), out.number(r.cause).number(r.code).number(r.signal); },
                        [&](const ProbePlan&) {}, [&](const ProbeResult& r) { out.text(r.findings); }},
             request);
  return std::move(out).finish();
}

std::string encode(const Response& response) {
  Packer out(static_cast<std::uint8_t>(response.index()));
  std::visit(Overloaded{[&](const Event& r) {
                          out.number(r.kind).number(r.flags).number(r.channel).number(r.begin).number(r.end);
                          out.text(r.ref).text(r.body);
                        },
                        [&](const Write& r) { out.text(r.bytes); }, [&](const CloseInput&) {},
                        [&](const Signal& r) { out.number(r.signo); }, [&](const WakeAt& r) { out.number(r.mono_ns); },
                        [&](const Diag& r) { out.number(r.severity).text(r.code).text(r.message); },
                        [&](const Done& r) { out.number(r.status).text(r.text); }},
             response);
  return std::move(out).finish();
}

void ResponseReader::begin() noexcept {
  waiting_ = true;
  answered_ = 0;
}

base::Error ResponseReader::broken(std::string_view why) {
  if (!broken_) why_ = fmt::format("the adapter process broke the protocol: {}; it is not called again", why);
  broken_ = true;
  kept_.clear();
  return base::fail(base::Errc::adapter_failed, why_);
}

base::Result<> ResponseReader::take(std::string_view frame, const OnResponse& on_response) {
  if (!waiting_) return broken("it spoke without being asked");
  answered_ += frame.size() + 4;
  // The Done that ends a too long answer must still get through, so it is not counted twice.
  if (answered_ > limits::adapter_output_bytes + request_frame_bytes) return broken("one answer is over 16 MiB");
  if (frame.empty()) return broken("an empty frame");
  const auto type = static_cast<std::uint8_t>(frame.front());
  if (type >= response_types) return broken(fmt::format("unknown frame type {}", type));
  Unpacker in(frame.substr(1));
  const Response response = response_of(type, in);
  if (!in.ok()) return broken(fmt::format("a frame of type {} does not fit its length", type));
  if (const auto* event = std::get_if<Event>(&response)) {
    if (event->body.size() > limits::event_body_bytes) return broken("an event's body is over 256 KiB");
    if (event->ref.size() > ref_bytes) return broken("an event's ref is over 256 bytes");
    if (event->begin > event->end) return broken("an event's byte range ends before it begins");
  }
  if (std::holds_alternative<Done>(response)) waiting_ = false;
  on_response(response);
  return {};
}

base::Result<> ResponseReader::feed(std::string_view bytes, const OnResponse& on_response) {
  if (broken_) return broken({});
  const auto check = [this](std::size_t length) -> base::Result<> {
    if (length > limits::link_frame_bytes) return broken(fmt::format("a frame of {} bytes", length));
    return {};
  };
  return cut_frames(kept_, bytes, check, [&](std::string_view frame) { return take(frame, on_response); });
}

base::Result<> RequestReader::feed(std::string_view bytes, const OnRequest& on_request) {
  const auto check = [](std::size_t length) -> base::Result<> {
    if (length > request_frame_bytes) return base::fail(base::Errc::corrupt, "a request is too long");
    return {};
  };
  return cut_frames(kept_, bytes, check, [&](std::string_view frame) -> base::Result<> {
    const std::uint8_t type = frame.empty() ? 255 : static_cast<std::uint8_t>(frame.front());
    Unpacker in(frame.substr(frame.empty() ? 0 : 1));
    if (type >= request_types) return base::fail(base::Errc::corrupt, "an unknown request");
    const Request request = request_of(type, in);
    if (!in.ok()) return base::fail(base::Errc::corrupt, "a request does not fit its length");
    on_request(request);
    return {};
  });
}

}  // namespace paddock::adapter::wire
