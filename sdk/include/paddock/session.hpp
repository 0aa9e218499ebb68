// What an adapter is made of: one Session per running agent and a Manifest that describes the adapter.
#pragma once

#include <cstdint>
#include <string_view>

#include "paddock/adapter.h"
#include "paddock/launch.hpp"
#include "paddock/sink.hpp"

namespace paddock::sdk {

/// One running agent, as raw bytes: derive from this, or from LineSession or JsonLinesSession. Calls
/// never overlap. Whatever a method throws ends the adapter's part of the session and is reported; the
/// agent goes on unparsed.
class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  /// The agent's process runs. Once, before anything else.
  virtual void started(Now /*now*/, Sink& /*sink*/) {}

  /// Bytes arrived, split anywhere: mid-line, mid-character. `bytes` (1..65536) dies with the call.
  virtual void feed(Now now, std::uint32_t channel, std::string_view bytes, Sink& sink) = 0;

  /// A channel ended. Once for each channel.
  virtual void eof(Now /*now*/, std::uint32_t /*channel*/, Sink& /*sink*/) {}

  /// Somebody wants something. `ok` needs at least one write, signal, event or close_input.
  virtual Status command(Now /*now*/, const Command& /*command*/, Sink& /*sink*/) { return Status::unsupported; }

  /// The time asked for with Sink::wake_at() has come.
  virtual void tick(Now /*now*/, Sink& /*sink*/) {}

  /// The agent's process is gone and every channel has ended. Must emit exactly one outcome, last.
  virtual void exited(Now now, const Exit& exit, Sink& sink) = 0;
};

/// What describes an adapter; every field is explained at pdk_manifest in adapter.h. `modes`,
/// `options`, `programs` and `tested` are JSON texts.
struct Manifest {
  std::string_view id{}, name{}, version{}, vendor{}, license{}, summary{};
  std::string_view modes = R"([{"mode":"headless","transport":"pipes","resume":false,"commands":[]}])";
  std::string_view options{};
  std::string_view programs = "[]";
  std::string_view tested = "[]";
};

}  // namespace paddock::sdk
