// How a command ends: its value, or a failure with the exit code and the problem to show.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include "base/error.hpp"

namespace paddock::cli {

/// The contract's exit codes.
enum class ExitCode : int {
  done = 0,
  failed = 1,
  usage = 2,
  unreachable = 3,
  refused = 4,
  not_found = 5,
  timed_out = 124,
  interrupted = 130,
};

/// Why a command failed. `problem` has the form of the API's problem documents.
struct Failure {
  Failure() = default;
  /// Not an aggregate: from C++20 on that would make every ExitCode convertible to a failure.
  Failure(ExitCode code, boost::json::object what) : exit(code), problem(std::move(what)) {}

  ExitCode exit = ExitCode::failed;
  boost::json::object problem;
};

/// Called by Boost when the value of a failed Outcome is taken: a bug, so it throws.
[[noreturn]] void throw_exception_from_error(const Failure& failure, const boost::source_location& where);

template <class T = void>
using Outcome = boost::system::result<T, Failure>;

/// A failure of the command line itself.
Failure failure(ExitCode exit, std::string_view code, std::string_view detail);

/// A failure of a floor below; its code decides the exit code.
Failure failure(const base::Error& error);

/// The host answered with a problem document (or, from something that is no host, anything else).
Failure failure_of_answer(unsigned status, std::string_view body);

/// The exit code for a problem's stable code and HTTP status.
ExitCode exit_of(std::string_view code, unsigned status) noexcept;

/// The problem for people: "paddock: detail", then a line for each wrong place. Safe for terminals.
std::string for_people(const Failure& failure);

}  // namespace paddock::cli
