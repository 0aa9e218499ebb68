// The smallest programs that do one thing each: what a host can approach but not beat. Run in the same
// job as the thing they are compared with.
#pragma once

#include "figures.hpp"

namespace paddock::bench {

/// Start of a program until the parent may go on: vfork and exec, nothing else.
Samples bare_spawn(int rounds);

/// SIGKILL of a child until its pidfd is readable.
Samples bare_notice(int rounds);

/// A line written into a pipe until a reader has it, `per_second` lines a second.
Samples bare_pipe(int lines, int per_second);

/// MB/s of a child's writes of `write_bytes` read and appended to a file, `total` bytes in all.
double bare_capture(std::size_t total, std::size_t write_bytes, const std::string& folder);

/// One HTTP answer of 1 KiB over a Unix socket from a server that does nothing else, keep-alive.
Samples bare_http(int rounds, const std::string& folder);

/// Events a second that SQLite takes (WAL, FULL, one connection) in commits of `batch` rows of `bytes` bytes.
double bare_store(int rows, int batch, std::size_t bytes, const std::string& folder);

}  // namespace paddock::bench
