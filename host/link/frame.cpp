// Writing and cutting frames.
#include "link/frame.hpp"

#include <cstdint>
#include <cstring>

#include <fmt/format.h>
#include <boost/endian/conversion.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"

namespace paddock::link {
namespace json = boost::json;

namespace {

constexpr std::size_t kHead = sizeof(std::uint32_t);
constexpr std::size_t kKeepCapacity = 16U << 10U;  // a large frame's memory goes back after it

}  // namespace

base::Result<std::string> encode_frame_text(std::string_view text) {
  if (text.size() > base::limits::link_frame_bytes) {
    return base::fail(base::Errc::too_large,
                      fmt::format("a message of {} bytes is over the limit of {}, it is not sent", text.size(),
                                  base::limits::link_frame_bytes));
  }
  std::string frame(kHead, '\0');
  frame.reserve(kHead + text.size());
  boost::endian::store_little_u32(reinterpret_cast<unsigned char*>(frame.data()), std::uint32_t(text.size()));
  frame += text;
  return frame;
}

base::Result<std::string> encode_frame(const json::object& message) {
  return encode_frame_text(json::serialize(message));
}

void FrameReader::feed(std::string_view bytes) {
  if (broken_) return;
  drop_used();
  kept_ += bytes;
}

void FrameReader::drop_used() {
  if (used_ == 0) return;
  kept_.erase(0, used_);
  used_ = 0;
  if (kept_.size() < kKeepCapacity && kept_.capacity() > 4 * kKeepCapacity) kept_.shrink_to_fit();
}

base::Error FrameReader::fail(base::Errc code, std::string detail) {
  broken_ = base::fail(code, std::move(detail));
  kept_.clear();
  used_ = 0;
  return *broken_;
}

base::Result<std::optional<json::object>> FrameReader::next() {
  if (broken_) return *broken_;
  const std::string_view rest = std::string_view(kept_).substr(used_);
  if (rest.size() < kHead) return std::optional<json::object>();
  const std::size_t size = boost::endian::load_little_u32(reinterpret_cast<const unsigned char*>(rest.data()));
  if (size > base::limits::link_frame_bytes) {
    return fail(base::Errc::too_large, fmt::format("a message of {} bytes is over the limit of {}, the link is closed",
                                                   size, base::limits::link_frame_bytes));
  }
  if (rest.size() - kHead < size) return std::optional<json::object>();
  boost::system::error_code ec;
  json::parse_options options;
  options.max_depth = base::limits::json_depth;
  json::value value = json::parse(rest.substr(kHead, size), ec, {}, options);
  used_ += kHead + size;
  if (ec) return fail(base::Errc::corrupt, "a message is not JSON, the link is closed");
  if (!value.is_object()) return fail(base::Errc::corrupt, "a message is not a JSON object, the link is closed");
  return std::optional<json::object>(std::move(value.get_object()));
}

}  // namespace paddock::link
