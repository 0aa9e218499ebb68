// The C functions behind PADDOCK_ADAPTER: every call into an adapter's class passes through here, and
// no exception passes back.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

#include <boost/json.hpp>

#include "paddock/adapter.h"
#include "paddock/launch.hpp"
#include "paddock/session.hpp"
#include "paddock/sink.hpp"

/// The oldest host minor that an adapter can live with; define it to ask for a newer one.
#ifndef PDK_NEEDS_MINOR
#define PDK_NEEDS_MINOR 0
#endif

namespace paddock::sdk::detail {

/// What PADDOCK_ADAPTER expects of a class.
template <class X>
inline constexpr bool is_adapter = [] {
  static_assert(std::derived_from<X, Session>, "an adapter derives from paddock::sdk::Session");
  static_assert(std::is_constructible_v<X, const Launch&>, "an adapter needs: explicit X(const Launch&)");
  static_assert(!std::is_abstract_v<X>, "an adapter overrides exited() and feed(), on_line() or on_json()");
  static_assert(
      requires(const Launch& l) {
        { X::plan(l) } -> std::convertible_to<json::object>;
      },
      "an adapter needs: static json::object plan(const Launch&)");
  static_assert(
      requires {
        { X::manifest } -> std::convertible_to<Manifest>;
      },
      "an adapter needs: static constexpr Manifest manifest{...}");
  return true;
}();

/// True when X offers both functions of paddock.probe/1.
template <class X>
inline constexpr bool has_probe = requires(const json::object& findings) {
  { X::probe_plan() } -> std::convertible_to<json::object>;
  { X::probe_result(findings) } -> std::convertible_to<json::object>;
};

/// Reads a struct that may be shorter or longer than ours: the missing tail is zero.
template <class T>
T take(const T* from) noexcept {
  T copy{};
  if (from != nullptr) std::memcpy(&copy, from, std::min<std::size_t>(from->size, sizeof(T)));
  return copy;
}

inline std::string_view view(pdk_str text) noexcept {
  return text.data == nullptr ? std::string_view{} : std::string_view{text.data, text.len};
}
constexpr pdk_str raw(std::string_view text) noexcept { return {text.data(), text.size()}; }

/// Parses an object of the host; throws Refusal(argument).
inline json::object parse_object(pdk_str text, const char* what) {
  if (text.len == 0) return {};
  boost::system::error_code ec;
  json::value value = json::parse(view(text), ec, {}, {.max_depth = 64});
  if (ec || !value.is_object()) {
    throw Refusal(Status::argument, "bad_json", std::string(what) + " is not a JSON object");
  }
  return std::move(value.get_object());
}

/// Passes a diagnostic to a pdk_sink or pdk_out. Its text may be anything, even null.
template <class To>
void complain(const To* to, const char* where, std::string_view code, const char* what) noexcept {
  if (to == nullptr || to->diag == nullptr) return;
  try {
    const std::string text = std::string(where) + ": " + (what != nullptr ? what : "");
    to->diag(to, PDK_SEV_ERROR, raw(code), raw(text));
  } catch (...) {
    // No memory for the text; the place alone must do.
    to->diag(to, PDK_SEV_ERROR, raw(code), raw(where));
  }
}

/// Runs `body` and turns whatever it throws into a status and one diagnostic.
template <class To, class Body>
pdk_status guarded(const To* to, const char* where, Body&& body) noexcept {
  try {
    return static_cast<pdk_status>(body());
  } catch (const Refusal& refusal) {
    if (to != nullptr && to->diag != nullptr) {
      to->diag(to, PDK_SEV_ERROR, raw(refusal.code()), raw(refusal.what()));
    }
    return static_cast<pdk_status>(refusal.status());
  } catch (const std::bad_alloc&) {
    complain(to, where, "out_of_memory", "out of memory");
  } catch (const std::exception& error) {
    complain(to, where, "exception", error.what());
  } catch (...) {
    complain(to, where, "exception", "something that is no std::exception was thrown");
  }
  return PDK_E_INTERNAL;
}

/// The function table of one adapter class.
template <class X>
struct Table {
  static pdk_status plan(const pdk_adapter*, const pdk_launch* launch, const pdk_out* out) noexcept {
    if (launch == nullptr || out == nullptr || out->text == nullptr) return PDK_E_ARGUMENT;
    return guarded(out, "plan", [&] {
      const Launch request{parse_object(take(launch).request, "the launch request")};
      const std::string text = json::serialize(json::object(X::plan(request)));
      // open() has nowhere to put a text. A constructor that refuses is asked here, where it has.
      { const X rehearsal(request); }
      out->text(out, raw(text));
      return Status::ok;
    });
  }

  static pdk_status open(const pdk_adapter*, const pdk_host*, const pdk_launch* launch, pdk_session** ret) noexcept {
    if (launch == nullptr || ret == nullptr) return PDK_E_ARGUMENT;
    *ret = nullptr;
    return guarded(static_cast<const pdk_out*>(nullptr), "open", [&] {
      std::unique_ptr<Session> session =
          std::make_unique<X>(Launch{parse_object(take(launch).request, "the launch request")});
      *ret = reinterpret_cast<pdk_session*>(session.release());
      return Status::ok;
    });
  }

  static void close(pdk_session* session) noexcept {
    guarded(static_cast<const pdk_out*>(nullptr), "close", [&] {
      delete of(session);
      return Status::ok;
    });
  }

  static pdk_status started(pdk_session* session, const pdk_now* now, const pdk_sink* sink) noexcept {
    return call(session, now, sink, "started", [](Session& s, Now at, Sink& to) { s.started(at, to); });
  }

  static pdk_status feed(pdk_session* session, const pdk_now* now, uint32_t channel, pdk_bytes bytes,
                         const pdk_sink* sink) noexcept {
    if (bytes.data == nullptr || bytes.len == 0) return PDK_E_ARGUMENT;
    const std::string_view text{reinterpret_cast<const char*>(bytes.data), bytes.len};
    return call(session, now, sink, "feed", [&](Session& s, Now at, Sink& to) { s.feed(at, channel, text, to); });
  }

  static pdk_status eof(pdk_session* session, const pdk_now* now, uint32_t channel, const pdk_sink* sink) noexcept {
    return call(session, now, sink, "eof", [&](Session& s, Now at, Sink& to) { s.eof(at, channel, to); });
  }

  static pdk_status command(pdk_session* session, const pdk_now* now, const pdk_command* command,
                            const pdk_sink* sink) noexcept {
    if (command == nullptr) return PDK_E_ARGUMENT;
    const pdk_command in = take(command);
    if (in.kind < PDK_CMD_PROMPT || in.kind > PDK_CMD_FINISH) return PDK_E_UNSUPPORTED;
    Status answer = Status::ok;
    const pdk_status status = call(session, now, sink, "command", [&](Session& s, Now at, Sink& to) {
      const Command wish{static_cast<Command::Kind>(in.kind), std::string(view(in.ref)),
                         parse_object(in.body, "the command")};
      answer = s.command(at, wish, to);
    });
    return status != PDK_OK ? status : static_cast<pdk_status>(answer);
  }

  static pdk_status tick(pdk_session* session, const pdk_now* now, const pdk_sink* sink) noexcept {
    return call(session, now, sink, "tick", [](Session& s, Now at, Sink& to) { s.tick(at, to); });
  }

  static pdk_status exited(pdk_session* session, const pdk_now* now, const pdk_exit* exit,
                           const pdk_sink* sink) noexcept {
    if (exit == nullptr) return PDK_E_ARGUMENT;
    const pdk_exit in = take(exit);
    return call(session, now, sink, "exited", [&](Session& s, Now at, Sink& to) {
      s.exited(at, Exit{in.cause, in.code, in.signal}, to);
    });
  }

  static pdk_status probe_plan(const pdk_adapter*, const pdk_out* out) noexcept {
    if (out == nullptr || out->text == nullptr) return PDK_E_ARGUMENT;
    return guarded(out, "probe plan", [&] {
      const std::string text = json::serialize(json::object(X::probe_plan()));
      out->text(out, raw(text));
      return Status::ok;
    });
  }

  static pdk_status probe_result(const pdk_adapter*, pdk_str findings, const pdk_out* out) noexcept {
    if (out == nullptr || out->text == nullptr) return PDK_E_ARGUMENT;
    return guarded(out, "probe result", [&] {
      const std::string text = json::serialize(json::object(X::probe_result(parse_object(findings, "the findings"))));
      out->text(out, raw(text));
      return Status::ok;
    });
  }

  static const void* extension(const pdk_adapter*, const char* id) noexcept {
    if constexpr (has_probe<X>) {
      static constexpr pdk_probe probe{sizeof(pdk_probe), 0, &Table::probe_plan, &Table::probe_result};
      if (id != nullptr && std::string_view(id) == PDK_EXT_PROBE) return &probe;
    }
    return nullptr;
  }

  /// The table itself: constant data, no code runs to make it.
  static constexpr pdk_adapter adapter() {
    pdk_adapter table{};
    table.size = sizeof(pdk_adapter);
    table.abi_major = PDK_ABI_MAJOR;
    table.abi_minor = PDK_ABI_MINOR;
    table.needs_minor = PDK_NEEDS_MINOR;
    table.manifest = &manifest;
    table.plan = &Table::plan;
    table.open = &Table::open;
    table.close = &Table::close;
    table.started = overrides_started() ? &Table::started : nullptr;
    table.feed = &Table::feed;
    table.eof = overrides_eof() ? &Table::eof : nullptr;
    table.command = overrides_command() ? &Table::command : nullptr;
    table.tick = overrides_tick() ? &Table::tick : nullptr;
    table.exited = &Table::exited;
    table.extension = has_probe<X> ? &Table::extension : nullptr;
    return table;
  }

 private:
  static constexpr pdk_manifest manifest{sizeof(pdk_manifest),     PDK_EVENT_SCHEMA,          raw(X::manifest.id),
                                         raw(X::manifest.name),    raw(X::manifest.version),  raw(X::manifest.vendor),
                                         raw(X::manifest.license), raw(X::manifest.summary),  raw(X::manifest.modes),
                                         raw(X::manifest.options), raw(X::manifest.programs), raw(X::manifest.tested)};

  // A method that X did not override is Session's own and its slot stays null. One that cannot be named
  // here (private, overloaded) counts as overridden.
  static constexpr bool overrides_started() {
    if constexpr (requires { &X::started; }) return !std::is_same_v<decltype(&X::started), decltype(&Session::started)>;
    return true;
  }
  static constexpr bool overrides_eof() {
    if constexpr (requires { &X::eof; }) return !std::is_same_v<decltype(&X::eof), decltype(&Session::eof)>;
    return true;
  }
  static constexpr bool overrides_command() {
    if constexpr (requires { &X::command; }) return !std::is_same_v<decltype(&X::command), decltype(&Session::command)>;
    return true;
  }
  static constexpr bool overrides_tick() {
    if constexpr (requires { &X::tick; }) return !std::is_same_v<decltype(&X::tick), decltype(&Session::tick)>;
    return true;
  }

  static Session* of(pdk_session* session) noexcept { return reinterpret_cast<Session*>(session); }

  template <class Body>
  static pdk_status call(pdk_session* session, const pdk_now* now, const pdk_sink* sink, const char* where,
                         Body&& body) noexcept {
    if (session == nullptr || now == nullptr || sink == nullptr) return PDK_E_ARGUMENT;
    return guarded(sink, where, [&] {
      const pdk_now at = take(now);
      Sink to(sink);
      body(*of(session), Now{at.mono_ns, at.unix_ms}, to);
      return Status::ok;
    });
  }
};

}  // namespace paddock::sdk::detail
