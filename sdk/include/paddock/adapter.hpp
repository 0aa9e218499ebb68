// The C++20 face of adapter.h: an adapter is a class, and nothing it throws ever reaches the host.
//
//   class Echo final : public paddock::sdk::LineSession {
//    public:
//     static constexpr paddock::sdk::Manifest manifest{.id = "echo", ...};
//     static json::object plan(const Launch& launch);   // may throw Refusal
//     explicit Echo(const Launch& launch);              // may throw Refusal
//     ...
//   };
//   PADDOCK_ADAPTER(Echo);
#pragma once

#include "paddock/adapter.h"
#include "paddock/detail/table.hpp"
#include "paddock/launch.hpp"
#include "paddock/session.hpp"
#include "paddock/sink.hpp"

/// Exports `Adapter` from this library. Once per library, outside of any namespace.
///
/// `Adapter` derives from paddock::sdk::Session and has `static constexpr Manifest manifest`, `static
/// json::object plan(const Launch&)` and a constructor from `const Launch&`; `static json::object
/// probe_plan()` and `static json::object probe_result(const json::object&)` together offer
/// "paddock.probe/1". Overridden optional methods appear in the table, others stay null.
#define PADDOCK_ADAPTER(Adapter)                                                                      \
  extern "C" {                                                                                        \
  constinit const pdk_adapter paddock_adapter_v1 = ::paddock::sdk::detail::Table<Adapter>::adapter(); \
  }                                                                                                   \
  static_assert(::paddock::sdk::detail::is_adapter<Adapter>)
