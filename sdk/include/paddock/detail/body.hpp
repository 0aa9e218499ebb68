// Event bodies as JSON text that fits the ABI: at most 256 KiB and always UTF-8.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "paddock/detail/json_repair.hpp"
#include "paddock/text.hpp"

namespace paddock::sdk::detail {

/// The ABI's limit of one event body.
inline constexpr std::size_t max_body_bytes = 256U << 10U;

/// Appends `value` as JSON text.
template <class Value>
void append_json(const Value& value, std::string& out) {
  boost::json::serializer serializer;
  serializer.reset(&value);
  char chunk[4096];
  while (!serializer.done()) out.append(serializer.read(chunk));
  replace_non_finite(out);
}

/// Finds the longest text anywhere in `value`.
inline void find_longest(boost::json::value& value, boost::json::string*& longest) {
  if (auto* text = value.if_string()) {
    if (longest == nullptr || text->size() > longest->size()) longest = text;
  } else if (auto* object = value.if_object()) {
    for (auto& member : *object) find_longest(member.value(), longest);
  } else if (auto* array = value.if_array()) {
    for (auto& item : *array) find_longest(item, longest);
  }
}

/// Removes the member with the longest JSON text, for bodies that are large without any long text.
inline void drop_largest(boost::json::object& object) {
  std::size_t most = 0;
  auto victim = object.end();
  for (auto it = object.begin(); it != object.end(); ++it) {
    const std::size_t size = boost::json::serialize(it->value()).size();
    if (size >= most) {
      most = size;
      victim = it;
    }
  }
  if (victim != object.end()) object.erase(victim);
}

/// Makes an over-long body fit. Slow and rare, so clarity wins.
inline void shrink_body(const boost::json::object& body, std::string& out) {
  // Below this a text says too little to be kept for its own sake.
  constexpr std::size_t shortest_cut = 256;
  boost::json::value whole(body);
  boost::json::object& object = whole.get_object();
  while (out.size() > max_body_bytes) {
    boost::json::string* longest = nullptr;
    for (auto& member : object) find_longest(member.value(), longest);
    if (longest != nullptr && longest->size() > shortest_cut) {
      // The quarter makes sure this ends even when every byte is escaped to six.
      const std::size_t excess = out.size() - max_body_bytes + 32;
      const std::size_t least = longest->size() / 4;
      const std::size_t keep = longest->size() > excess + least ? longest->size() - excess : least;
      longest->resize(cut_utf8({longest->data(), longest->size()}, std::max(keep, shortest_cut / 2)).size());
    } else {
      object.erase("truncated");
      drop_largest(object);
    }
    object["truncated"] = true;
    out.clear();
    append_json(object, out);
  }
}

/// `body` as JSON text in `out` (its content is replaced), cut to the ABI's limit, always UTF-8.
inline void serialize_body(const boost::json::object& body, std::string& out) {
  out.clear();
  append_json(body, out);
  if (!is_utf8(out)) out = to_utf8(out);
  if (out.size() <= max_body_bytes) return;
  // Replacing bytes by U+FFFD lengthens text: shrink what will really be sent.
  shrink_body(boost::json::parse(out, {}, {.max_depth = 1024}).as_object(), out);
}

}  // namespace paddock::sdk::detail
