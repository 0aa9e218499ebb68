// How messages are cut out of a byte stream: u32 little-endian length, then one JSON object. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/error.hpp"

namespace paddock::link {

/// The frame of one message. Fails with `too_large` above limits::link_frame_bytes.
base::Result<std::string> encode_frame(const boost::json::object& message);

/// The frame of `text`, which is the JSON of one object already. Fails as encode_frame().
base::Result<std::string> encode_frame_text(std::string_view text);

/// Cuts frames out of what was read, wherever it was split. After an error the stream cannot be
/// used any more and every call fails.
class FrameReader final {
 public:
  /// Takes bytes in stream order. Holds at most one unfinished frame and what came with the last read.
  void feed(std::string_view bytes);

  /// The next whole message, or nothing when more bytes are needed. Fails with `too_large` for a frame
  /// over limits::link_frame_bytes and `corrupt` for one that is no JSON object (nesting at most
  /// limits::json_depth).
  base::Result<std::optional<boost::json::object>> next();

 private:
  std::string kept_;
  std::size_t used_ = 0;
  std::optional<base::Error> broken_;

  base::Error fail(base::Errc code, std::string detail);
  void drop_used();
};

}  // namespace paddock::link
