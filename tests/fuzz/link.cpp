// Frames and messages between daemon and runner: pieces change nothing, and a message that was read
// can be written and read again.
#include "link/frame.hpp"
#include "link/message.hpp"

#include <boost/json/serialize.hpp>

#include "fuzz/fuzz.hpp"

namespace {

using namespace paddock::fuzz;
namespace json = boost::json;
namespace link = paddock::link;

struct Heard {
  std::vector<json::object> messages;
  bool broken = false;

  void drain(link::FrameReader& reader) {
    for (;;) {
      auto next = reader.next();
      broken = !next;
      if (!next || !*next) return;
      messages.push_back(std::move(**next));
    }
  }
};

Heard hear(std::string_view bytes, bool cut) {
  Heard heard;
  link::FrameReader reader;
  const auto feed = [&](std::string_view piece) {
    reader.feed(piece);
    heard.drain(reader);
  };
  if (cut) {
    in_pieces(bytes, feed);
  } else {
    feed(bytes);
  }
  return heard;
}

/// Writes the message, reads that, and writes it again: nothing may be left to be lost.
template <class Message, class Read>
void there_and_back(const paddock::base::Result<Message>& message, Read read) {
  if (!message) return must(!message.error().detail.empty(), "a refusal says why");
  const auto frame = link::encode(*message);
  if (!frame) return;  // escapes made it too large
  link::FrameReader reader;
  reader.feed(*frame);
  const auto again = reader.next();
  must(again && *again, "what was written can be cut out again");
  const auto second = read(**again);
  if (!second) finding("what was written can be read again: " + second.error().detail);
  const auto rewritten = link::encode(*second);
  must(rewritten && *rewritten == *frame, "what was read twice is the same");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = view(data, size);
  const Heard whole = hear(bytes, false);
  const Heard pieces = hear(bytes, true);
  must(whole.broken == pieces.broken && whole.messages == pieces.messages, "pieces change nothing");
  for (const json::object& message : whole.messages) {
    there_and_back(link::to_runner(message), link::to_runner);
    there_and_back(link::from_runner(message), link::from_runner);
  }
  return 0;
}
