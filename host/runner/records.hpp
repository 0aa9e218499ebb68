// Inputs of the machine as the journal's payloads, both ways. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "link/journal.hpp"
#include "session/input.hpp"
#include "session/launch.hpp"
#include "session/machine.hpp"
#include "session/plan.hpp"

namespace paddock::runner {

/// An input on its way to the machine: it owns the bytes of an Output.
struct Arrived {
  session::Stamp stamp;
  session::Input input;
  std::string bytes;
  std::uint64_t journal_end = 0;  ///< where its record ends
};

/// What the machine is made of, for the journal's first record: no environment, no secrets.
boost::json::object setup_record(const session::Launch& launch, const session::Plan& plan);

/// Everything the first record says.
struct SetupRecord {
  session::Setup setup;
  std::string adapter_file;
  boost::json::object adapter_request;
};
base::Result<SetupRecord> setup_of(std::string_view payload);

/// Type and payload of an input. An Output's payload are its bytes.
struct Written {
  link::journal::Type type = link::journal::Type::tick;
  event::Channel channel = event::Channel::none;
  std::string payload;  ///< empty for an Output: its bytes stand in the input
};
Written to_record(const session::Input& input);

/// The input of a record (not launch and closed). Fails with `corrupt`. An Output views the payload.
base::Result<session::Input> to_input(const link::journal::Record& record);

/// The adapter_failed record also says which call failed; 0 when it is none.
std::string failure_payload(std::uint64_t call, std::string_view code, std::string_view detail);
struct Failure {
  std::uint64_t call = 0;
  std::string code, detail;
};
base::Result<Failure> failure_of(std::string_view payload);

}  // namespace paddock::runner
