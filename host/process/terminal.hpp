// A pseudo-terminal pair.
#pragma once

#include <cstdint>

#include "base/error.hpp"
#include "base/unique_fd.hpp"

namespace paddock::process {

/// Both ends, close-on-exec; the master is non-blocking.
struct Terminal {
  base::UniqueFd master;
  base::UniqueFd slave;
};

/// Opens a terminal of the given size that edits UTF-8 by character.
base::Result<Terminal> open_terminal(std::uint16_t rows, std::uint16_t cols);

}  // namespace paddock::process
