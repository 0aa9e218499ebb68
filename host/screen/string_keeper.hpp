// Keeps a control string in one piece. Internal to this folder.
#pragma once

#include <string>
#include <string_view>

namespace paddock::screen {

/// libvterm 0.1.4 forgets the beginning of a string (a title, say) that comes in two writes. This gives out what was
/// written in pieces that never end within a string; of a string too long for anybody its beginning.
class StringKeeper final {
 public:
  /// Calls `give` with each piece, in order.
  template <class Give>
  void write(std::string_view bytes, Give give) {
    std::size_t begin = 0;  // of what is not kept
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const bool was_plain = state_ == State::plain;
      const bool is_plain = step(bytes[i]);
      if (was_plain && !is_plain && i > begin) give(bytes.substr(begin, i - begin));
      if (!is_plain) continue;
      if (!was_plain) {
        give(kept_);
        kept_.clear();
        begin = i + 1;
      }
    }
    if (state_ == State::plain && begin < bytes.size()) give(bytes.substr(begin));
  }

 private:
  enum class State { plain, escape, string, string_escape };

  /// Whether nothing is kept after this byte; one that was not plain before has been kept.
  bool step(char c);

  State state_ = State::plain;
  std::string kept_;
};

}  // namespace paddock::screen
