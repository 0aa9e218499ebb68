// See messages.hpp.
#include "messages.hpp"

#include <algorithm>
#include <utility>

#include "fields.hpp"

namespace paddock::claude {

namespace {

constexpr std::size_t kMostLanes = 32;
constexpr std::size_t kMostBlocks = 256;
constexpr std::size_t kLargestKept = std::size_t{192} << 10U;
constexpr std::size_t kLargestId = 200;

std::string block_ref(std::string_view id, std::int64_t index) {
  std::string ref(clip(id, kLargestId));
  ref += ':';
  ref += std::to_string(index);
  return ref;
}

sdk::Kind kind_of(std::string_view block_type) {
  if (block_type == "text") return sdk::Kind::message;
  if (block_type == "thinking" || block_type == "redacted_thinking") return sdk::Kind::reasoning;
  return sdk::Kind::unknown;
}

json::object whole(Out& out, sdk::Kind kind, std::string_view text, std::string_view parent) {
  json::object body = out.body();
  if (kind == sdk::Kind::message) body["role"] = "assistant";
  body["text"] = text;
  if (!parent.empty()) body["parent"] = parent;
  return body;
}

}  // namespace

void Messages::stream(Out& out, const json::object& event, std::string_view parent) {
  const std::string_view type = text(event, "type");
  if (type == "content_block_delta") {
    delta(out, lane(out, parent), event);
  } else if (type == "message_start") {
    const json::object* message = child(event, "message");
    begin(out, lane(out, parent), message == nullptr ? std::string_view{} : text(*message, "id"));
  } else if (type == "content_block_start") {
    announce(lane(out, parent), event);
  }
}

Messages::Lane& Messages::lane(Out& out, std::string_view parent) {
  const auto found = std::find_if(lanes_.begin(), lanes_.end(), [&](const Lane& one) { return one.parent == parent; });
  if (found != lanes_.end()) return *found;
  if (lanes_.size() >= kMostLanes) {
    drop(out, lanes_.front());
    lanes_.erase(lanes_.begin());
  }
  lanes_.emplace_back();
  lanes_.back().parent = parent;
  return lanes_.back();
}

void Messages::begin(Out& out, Lane& lane, std::string_view id) {
  drop(out, lane);
  lane.id = clip(id, kLargestId);
  lane.next = 0;
}

void Messages::drop(Out& out, Lane& lane) {
  for (const Block& block : lane.blocks) {
    if (!block.pieces || block.done) continue;
    json::object body = whole(out, block.kind, {}, lane.parent);
    body["superseded"] = true;
    out.event(block.kind, std::move(body), block_ref(lane.id, block.index), PDK_EVF_REPLACES_PARTIAL);
  }
  lane.blocks.clear();
}

void Messages::announce(Lane& lane, const json::object& event) {
  const json::object* content = child(event, "content_block");
  const std::string_view type = content == nullptr ? std::string_view{} : text(*content, "type");
  block(lane, count(event, "index").value_or(0), kind_of(type));
}

Messages::Block* Messages::block(Lane& lane, std::int64_t index, sdk::Kind kind) {
  const auto found =
      std::find_if(lane.blocks.begin(), lane.blocks.end(), [&](const Block& one) { return one.index == index; });
  if (found != lane.blocks.end()) return &*found;
  if (lane.blocks.size() >= kMostBlocks) return nullptr;
  Block& added = lane.blocks.emplace_back();
  added.index = index;
  added.kind = kind;
  return &added;
}

void Messages::delta(Out& out, Lane& lane, const json::object& event) {
  const json::object* delta = child(event, "delta");
  if (delta == nullptr) return;
  const std::string_view type = text(*delta, "type");
  const bool thinking = type == "thinking_delta";
  if (!thinking && type != "text_delta") return;
  const sdk::Kind kind = thinking ? sdk::Kind::reasoning : sdk::Kind::message;
  const std::string_view piece = text(*delta, thinking ? "thinking" : "text");
  Block* const found = block(lane, count(event, "index").value_or(0), kind);
  if (found == nullptr || found->done || found->kind != kind || piece.empty()) return;
  found->pieces = true;
  if (found->text.size() < kLargestKept) found->text += clip(piece, kLargestKept - found->text.size());
  out.piece(kind, block_ref(lane.id, found->index), lane.parent, piece);
}

void Messages::superseded_by(Out& out, std::string_view id, std::string_view parent) {
  Lane& found = lane(out, parent);
  if (found.id != clip(id, kLargestId)) begin(out, found, id);
}

void Messages::finished(Out& out, sdk::Kind kind, std::string_view id, std::string_view text, std::string_view parent) {
  superseded_by(out, id, parent);
  Lane& found = lane(out, parent);
  const auto open = std::find_if(found.blocks.begin(), found.blocks.end(),
                                 [&](const Block& one) { return !one.done && one.kind == kind; });
  std::int64_t index = found.next;
  std::uint32_t flags = 0;
  if (open != found.blocks.end()) {
    index = open->index;
    if (open->pieces) flags = PDK_EVF_REPLACES_PARTIAL;
    open->done = true;
    std::string().swap(open->text);
  }
  found.next = std::max(found.next, index + 1);
  out.event(kind, whole(out, kind, text, parent), block_ref(id, index), flags);
}

void Messages::skipped(Out& out, std::string_view id, std::string_view parent) {
  superseded_by(out, id, parent);
  Lane& found = lane(out, parent);
  const auto open = std::find_if(found.blocks.begin(), found.blocks.end(),
                                 [&](const Block& one) { return !one.done && one.kind == sdk::Kind::unknown; });
  std::int64_t index = found.next;
  if (open != found.blocks.end()) {
    index = open->index;
    open->done = true;
  }
  found.next = std::max(found.next, index + 1);
}

void Messages::end_turn(Out& out) {
  for (Lane& one : lanes_) {
    if (one.parent.empty()) begin(out, one, {});
  }
}

void Messages::end_all(Out& out) {
  for (const Lane& one : lanes_) {
    for (const Block& block : one.blocks) {
      if (!block.pieces || block.done) continue;
      json::object body = whole(out, block.kind, block.text, one.parent);
      body["incomplete"] = true;
      out.event(block.kind, std::move(body), block_ref(one.id, block.index), PDK_EVF_REPLACES_PARTIAL);
    }
  }
  lanes_.clear();
}

}  // namespace paddock::claude
