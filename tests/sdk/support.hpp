// A sink that writes down what it is given, and adapters without a library around them.
#pragma once

#include <string>

#include "paddock/adapter.hpp"
#include "paddock/adapter_testing.hpp"

namespace paddock::sdk {

/// The table of an adapter class, as PADDOCK_ADAPTER makes it.
template <class X>
const pdk_adapter& table_of() {
  static constexpr pdk_adapter table = detail::Table<X>::adapter();
  return table;
}

/// A manifest for tests that do not look at it.
inline constexpr Manifest any_manifest{.id = "test", .name = "Test", .version = "0.0.1"};

/// What every small test adapter shares.
template <class Base>
class Plain : public Base {
 public:
  static constexpr Manifest manifest = any_manifest;
  static json::object plan(const Launch&) { return {{"argv", {"cat"}}}; }
  explicit Plain(const Launch&) {}
  void exited(Now, const Exit& exit, Sink& sink) override {
    sink.event({.kind = Kind::outcome, .body = {{"result", exit.code == 0 ? "success" : "agent_error"}}});
  }
};

}  // namespace paddock::sdk
