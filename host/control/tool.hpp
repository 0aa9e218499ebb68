// Runs a helper program to its end and collects what it prints.
#pragma once

#include <chrono>

#include <boost/asio/awaitable.hpp>

#include "control/machine.hpp"
#include "process/process.hpp"

namespace paddock::control {

/// Starts the program on pipes, collects its standard output (at most 32 MiB) until it closes it, reaps it.
/// It is killed when it prints more or takes longer than `limit`. Errors are in the result.
boost::asio::awaitable<ToolOutput> run_tool(process::Spec spec, std::chrono::milliseconds limit);

}  // namespace paddock::control
