// What every fuzz target needs: an end that libFuzzer sees, and bytes that choose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace paddock::fuzz {

/// Ends the run as a finding. `why` is the sentence a person reads first.
[[noreturn]] inline void finding(const std::string& why) {
  std::fprintf(stderr, "FINDING: %s\n", why.c_str());
  std::abort();
}

/// A finding unless `holds`.
inline void must(bool holds, std::string_view what) {
  if (!holds) finding("this does not hold: " + std::string(what));
}

inline std::string_view view(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Cuts `bytes` into pieces of 1..61 bytes, the same ones for the same text, each in memory of its own
/// so that a read past its end is seen.
template <class Take>
void in_pieces(std::string_view bytes, Take take) {
  auto seed = static_cast<std::uint32_t>(bytes.size());
  while (!bytes.empty()) {
    seed = seed * 1664525U + 1013904223U;
    const std::string piece(bytes.substr(0, 1 + (seed >> 8U) % 61));
    bytes.remove_prefix(piece.size());
    take(std::string_view(piece));
  }
}

}  // namespace paddock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
