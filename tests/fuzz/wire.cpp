// The answers of an adapter process, which may lie: what is read is exactly what stood there, however it
// was cut, and the first broken frame is the end.
#include "adapter/wire.hpp"

#include "fuzz/fuzz.hpp"

namespace {

using namespace paddock::fuzz;
namespace wire = paddock::adapter::wire;

/// Everything that was read, encoded again.
struct Heard {
  std::string frames;
  bool whole = true;  ///< no error so far
};

Heard hear(std::string_view bytes, bool cut) {
  Heard heard;
  wire::ResponseReader reader;
  reader.begin();
  const auto take = [&](const wire::Response& response) {
    heard.frames += wire::encode(response);
    if (std::holds_alternative<wire::Done>(response)) reader.begin();
  };
  const auto feed = [&](std::string_view piece) {
    const bool accepted = bool(reader.feed(piece, take));
    must(heard.whole || !accepted, "after an error every call fails");
    heard.whole = accepted;
  };
  if (cut) {
    in_pieces(bytes, feed);
  } else {
    feed(bytes);
  }
  return heard;
}

void ask(std::string_view bytes) {
  wire::RequestReader reader;
  std::string frames;
  const bool whole = bool(reader.feed(bytes, [&](const wire::Request& request) { frames += wire::encode(request); }));
  must(bytes.starts_with(frames), "a request that was read is the one that was written");
  must(!whole || bytes.size() - frames.size() < 4 || frames.size() < bytes.size(), "nothing is invented");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(view(data, size));
  const Heard whole = hear(bytes, false);
  const Heard pieces = hear(bytes, true);
  must(bytes.starts_with(whole.frames), "a response that was read is the one that was written");
  must(whole.frames == pieces.frames && whole.whole == pieces.whole, "pieces change nothing");
  ask(bytes);
  return 0;
}
