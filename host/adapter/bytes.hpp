// Little-endian numbers and texts in and out of a byte string. Private to the wire format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace paddock::adapter::wire {

/// Appends fields to a frame.
class Packer final {
 public:
  explicit Packer(std::uint8_t type) : out_(4, '\0') { number(type); }

  template <class Number>
  Packer& number(Number value) {
    auto bits = static_cast<std::make_unsigned_t<Number>>(value);
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      out_ += static_cast<char>(bits & 0xFFU);
      if constexpr (sizeof(Number) > 1) bits = static_cast<decltype(bits)>(bits >> 8U);
    }
    return *this;
  }

  /// A text with its length.
  Packer& text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    out_.append(value);
    return *this;
  }

  /// The whole frame.
  std::string finish() && {
    const std::size_t length = out_.size() - 4;
    for (std::size_t i = 0; i < 4; ++i) out_[i] = static_cast<char>((length >> (8 * i)) & 0xFFU);
    return std::move(out_);
  }

 private:
  std::string out_;
};

/// Takes fields off a frame. After the first one that does not fit, ok() is false and all are zero.
class Unpacker final {
 public:
  explicit Unpacker(std::string_view frame) : rest_(frame) {}

  template <class Number>
  Number number() {
    if (rest_.size() < sizeof(Number)) return failed<Number>();
    std::make_unsigned_t<Number> bits = 0;
    for (std::size_t i = sizeof(Number); i-- > 0;) {
      if constexpr (sizeof(Number) > 1) bits = static_cast<decltype(bits)>(bits << 8U);
      bits = static_cast<decltype(bits)>(bits | static_cast<unsigned char>(rest_[i]));
    }
    rest_.remove_prefix(sizeof(Number));
    return static_cast<Number>(bits);
  }

  std::string_view text() {
    const auto length = number<std::uint32_t>();
    if (rest_.size() < length) return failed<std::string_view>();
    const std::string_view value = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return value;
  }

  /// True when every field fitted and nothing is left over.
  bool ok() const { return !failed_ && rest_.empty(); }

 private:
  template <class T>
  T failed() {
    failed_ = true;
    rest_ = {};
    return T{};
  }

  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace paddock::adapter::wire
