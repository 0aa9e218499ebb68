// Questions about a screen's text.
#include "screen/picture.hpp"

#include <algorithm>

#include <boost/json/array.hpp>

namespace paddock::screen {
namespace json = boost::json;

namespace {

void append_without_blanks(std::string& out, std::string_view text) {
  constexpr std::string_view kBorder = "\xe2\x94\x82";  // U+2502, of a box that a line is wrapped in
  while (!text.empty()) {
    const bool border = text.starts_with(kBorder);
    if (!border && std::string_view(" \n\r\t").find(text.front()) == std::string_view::npos) out += text.front();
    text.remove_prefix(border ? kBorder.size() : 1);
  }
}

}  // namespace

json::object to_json(const Picture& picture) {
  json::object out{{"rows", picture.rows}, {"cols", picture.cols}};
  out["cursor"] = {{"row", picture.cursor.row}, {"col", picture.cursor.col}, {"visible", picture.cursor.visible}};
  out["title"] = picture.title;
  out["alternate"] = picture.alternate;
  json::array& lines = out["lines"].emplace_array();
  for (const std::string& line : picture.lines) lines.push_back(json::string(line));
  return out;
}

std::string last_lines(const Picture& picture, std::size_t most) {
  std::vector<std::string_view> kept;
  for (auto line = picture.lines.rbegin(); line != picture.lines.rend() && kept.size() < most; ++line) {
    const std::size_t begin = line->find_first_not_of(' ');
    if (begin != std::string::npos) kept.push_back(std::string_view(*line).substr(begin));
  }
  std::string out;
  for (auto line = kept.rbegin(); line != kept.rend(); ++line) {
    if (!out.empty()) out += " | ";
    out += *line;
  }
  return out;
}

bool shows(const Picture& picture, std::string_view text) {
  std::string wanted;
  append_without_blanks(wanted, text);
  std::string all;
  for (const std::string& line : picture.lines) append_without_blanks(all, line);
  return all.find(wanted) != std::string::npos;
}

}  // namespace paddock::screen
