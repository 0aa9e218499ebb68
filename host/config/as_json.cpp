// See as_json.hpp. The depth is the tree's, which the reader has bounded.
#include "config/as_json.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace paddock::config {
namespace json = boost::json;

namespace {

template <class Number>
bool reads_as(const std::string& text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end;
}

json::value scalar(const Element& node) {
  const std::string& text = node.text;
  if (node.quoted) return json::value(text);
  if (text == "true" || text == "false") return text == "true";
  std::int64_t whole = 0;
  // 010 is eight to some readers and ten to others: it stays text.
  const bool is_odd = text.size() > 1 && text.front() == '0' && text[1] != '.';
  if (!is_odd && reads_as(text, whole)) return whole;
  double real = 0;
  if (!is_odd && text.find_first_of(".eE") != std::string::npos && reads_as(text, real) && std::isfinite(real)) {
    return real;
  }
  return json::value(text);
}

}  // namespace

json::value as_json(const Element& node) {
  if (node.kind == Element::Kind::null) return nullptr;
  if (node.kind == Element::Kind::scalar) return scalar(node);
  if (node.kind == Element::Kind::sequence) {
    json::array items;
    for (const Element& item : node.items) items.push_back(as_json(item));
    return items;
  }
  json::object members;
  for (const Entry& entry : node.entries) members[entry.key.text] = as_json(entry.value);
  return members;
}

}  // namespace paddock::config
