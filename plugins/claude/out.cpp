// See out.hpp.
#include "out.hpp"

#include "fields.hpp"

namespace paddock::claude {

namespace {

// Above it a piece is told at once: a reader should not wait for a whole page.
constexpr std::size_t kLargestPiece = std::size_t{16} << 10U;
constexpr std::size_t kLargestNotice = std::size_t{8} << 10U;

}  // namespace

void Out::event(sdk::Kind kind, json::object body, std::string_view ref, std::uint32_t flags) {
  flush();
  sink_.event({.kind = kind,
               .body = std::move(body),
               .ref = std::string(clip(ref, sdk::Sink::max_ref_bytes)),
               .flags = flags,
               .source = source_});
}

void Out::notice(std::string_view code, std::string_view text) {
  event(sdk::Kind::notice, {{"code", clip(code, 64)}, {"text", clip(text, kLargestNotice)}});
}

void Out::piece(sdk::Kind kind, std::string_view ref, std::string_view parent, std::string_view text) {
  if (text.empty()) return;
  const bool same = !pending_.text.empty() && pending_.kind == kind && pending_.ref == ref &&
                    pending_.parent == parent && pending_.source.channel == source_.channel;
  if (same) {
    pending_.text += text;
    pending_.source.end = source_.end;
  } else {
    flush();
    pending_.kind = kind;
    pending_.ref = clip(ref, sdk::Sink::max_ref_bytes);
    pending_.parent = parent;
    pending_.text = text;
    pending_.source = source_;
  }
  if (pending_.text.size() > kLargestPiece) flush();
}

void Out::flush() {
  if (pending_.text.empty()) return;
  json::object body(memory_);
  if (pending_.kind == sdk::Kind::message) body["role"] = "assistant";
  body["text"] = pending_.text;
  if (!pending_.parent.empty()) body["parent"] = pending_.parent;
  pending_.text.clear();
  sink_.event({.kind = pending_.kind,
               .body = std::move(body),
               .ref = pending_.ref,
               .flags = PDK_EVF_PARTIAL,
               .source = pending_.source});
}

}  // namespace paddock::claude
