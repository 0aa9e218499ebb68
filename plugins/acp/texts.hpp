// Messages and thoughts that come in pieces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "acp/out.hpp"

namespace paddock::acp {

/// Gathers pieces to messages. A message ends when another voice speaks, another message id begins, or
/// something else happens; then it is told as a whole.
class Texts final {
 public:
  enum class Voice { assistant, thought, user };

  /// Most bytes kept of one message, and of the answer of one turn: what fits into one event.
  static constexpr std::size_t max_text = std::size_t{240} << 10U;

  /// A piece of a message. `id` is the agent's own for it, empty when it has none.
  void piece(const Out& out, Voice voice, std::string_view text, std::string_view id = {});
  /// A message that came as a whole: any pieces of it before are replaced.
  void whole(const Out& out, Voice voice, std::string_view text, std::string_view id = {});
  /// The open message is over; `incomplete`: it will never be whole.
  void end(const Out& out, bool incomplete = false);
  /// The open message is void: the agent begins it anew. It is no part of the answer.
  void forget(const Out& out);

  /// Everything the assistant said since the last call of this.
  std::string take_answer();

 private:
  void begin(Voice voice, std::string_view id);
  void close(const Out& out, bool incomplete);
  json::object body_of(const Out& out, std::string_view text) const;

  Voice voice_ = Voice::assistant;
  std::string id_, ref_, text_, answer_;
  bool is_open_ = false;
  bool has_pieces_ = false;
  bool is_cut_ = false;
  std::int64_t count_ = 0;
};

}  // namespace paddock::acp
