// What the agent says: pieces while it streams, and the whole when a block is finished. The CLI sends the
// pieces by block index and the finished blocks one by one without an index; this ties them together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "out.hpp"

namespace paddock::claude {

/// The messages that stream now: one lane for the main conversation, one for each sub-agent.
class Messages final {
 public:
  /// The `event` of a stream_event line. `parent` names the call of a sub-agent, empty for none.
  void stream(Out& out, const json::object& event, std::string_view parent);

  /// A finished text or thinking block of message `id`: MESSAGE or REASONING with the whole text.
  void finished(Out& out, sdk::Kind kind, std::string_view id, std::string_view text, std::string_view parent);

  /// A finished block of message `id` that is no text (a tool call): only keeps the order of blocks.
  void skipped(Out& out, std::string_view id, std::string_view parent);

  /// An assistant line of message `id` came: pieces of another message in that lane will never be
  /// finished, and a final event without text takes them back.
  void superseded_by(Out& out, std::string_view id, std::string_view parent);

  /// A turn ended: nothing in the main lane goes on.
  void end_turn(Out& out);

  /// The process is gone: what had arrived of unfinished messages is all there will be; it is told with
  /// `incomplete: true`.
  void end_all(Out& out);

 private:
  struct Block {
    std::int64_t index = 0;
    sdk::Kind kind = sdk::Kind::unknown;  // unknown: no text
    std::string text;                     // what arrived, bounded
    bool pieces = false;
    bool done = false;
  };
  struct Lane {
    std::string parent;
    std::string id;             // of the message
    std::vector<Block> blocks;  // that were announced by the stream
    std::int64_t next = 0;      // index of the next finished block that was not announced
  };

  Lane& lane(Out& out, std::string_view parent);
  void begin(Out& out, Lane& lane, std::string_view id);
  void drop(Out& out, Lane& lane);
  void announce(Lane& lane, const json::object& event);
  void delta(Out& out, Lane& lane, const json::object& event);
  Block* block(Lane& lane, std::int64_t index, sdk::Kind kind);

  std::vector<Lane> lanes_;
};

}  // namespace paddock::claude
