// Keeping a process small: one buffer for whatever is read, and memory given back that only its start needed.
#pragma once

#include <array>
#include <cstddef>

namespace paddock::base {

/// Returns free pages of the heap and of the calling thread's stack below its present depth to the
/// kernel. Call it from the main thread, once starting is done and before waiting begins: what lives
/// is not touched, and what is used again comes back as fresh pages. In sanitized builds it does nothing.
void give_back_memory() noexcept;

inline constexpr std::size_t read_buffer_bytes = 64U << 10U;

/// The one buffer of a single-threaded program for bytes between their arrival and their use: whoever reads
/// may hold it until the next suspension. Its pages cost nothing until something was read into them.
std::array<char, read_buffer_bytes>& read_buffer() noexcept;

}  // namespace paddock::base
