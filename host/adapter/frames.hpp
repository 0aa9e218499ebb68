// Cuts a stream of length-prefixed frames, whatever the pieces it arrives in. Private to the wire format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace paddock::adapter::wire {

/// Length of the frame that begins with `bytes`, without the four bytes of the length itself. `bytes`
/// has at least four.
inline std::size_t frame_length(std::string_view bytes) {
  std::size_t length = 0;
  for (std::size_t i = 4; i-- > 0;) length = length << 8U | static_cast<unsigned char>(bytes[i]);
  return length;
}

/// Calls `take(frame)` for each whole frame of `kept` + `bytes` and leaves the rest in `kept`. `take`
/// and `check(length)` return a Result; the first failure ends the cutting. Bytes that hold whole frames
/// are not copied.
template <class Check, class Take>
base::Result<> cut_frames(std::string& kept, std::string_view bytes, Check check, Take take) {
  std::string joined;
  if (!kept.empty()) {
    kept.append(bytes);
    // A long frame arrives in many pieces: only looked at again when it is whole.
    if (kept.size() < 4) return {};
    if (auto fits = check(frame_length(kept)); !fits) return fits;
    if (kept.size() - 4 < frame_length(kept)) return {};
    joined.swap(kept);
    bytes = joined;
  }
  while (bytes.size() >= 4) {
    const std::size_t length = frame_length(bytes);
    if (auto fits = check(length); !fits) return fits;
    if (bytes.size() - 4 < length) break;
    if (auto taken = take(bytes.substr(4, length)); !taken) return taken;
    bytes.remove_prefix(4 + length);
  }
  kept.assign(bytes);
  return {};
}

}  // namespace paddock::adapter::wire
