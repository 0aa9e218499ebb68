// Builds the tree from yaml-cpp's parse events, with our own limits.
#include "config/yaml.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "base/limits.hpp"
#include "base/utf8.hpp"

namespace paddock::config {
namespace {

namespace limits = base::limits;

/// Leaves the parser at once: the document is too large or too deep to go on. Never leaves this file.
struct TooMuch {
  YAML::Mark mark;
  std::string detail;
};

std::size_t count(const Element& node) {
  std::size_t sum = 1;
  for (const Element& item : node.items) sum += count(item);
  for (const Entry& entry : node.entries) sum += 1 + count(entry.value);
  return sum;
}

/// Turns events into nodes. A frame is a list or map that has not ended yet.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(Findings& findings) : findings_(findings) {}

  std::optional<Element>& root() { return root_; }
  const std::optional<YAML::Mark>& second_document() const { return second_document_; }
  const std::optional<YAML::Mark>& last_quoted() const { return last_quoted_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 2) second_document_ = mark;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    finish(make(mark, Element::Kind::null), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Element copy = make(mark, Element::Kind::null);
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) {
      findings_.add(copy, "", "an alias stands inside the value it refers to");
    } else {
      spend(mark, count(known->second));
      const Element& meant = known->second;
      copy.kind = meant.kind;
      copy.quoted = meant.quoted;
      copy.text = meant.text;
      copy.items = meant.items;
      copy.entries = meant.entries;
    }
    finish(std::move(copy), YAML::NullAnchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Element node = make(mark, Element::Kind::scalar);
    node.quoted = tag == "!";
    if (node.quoted) last_quoted_ = mark;
    node.text = value;
    if (tag != "!") refuse_tag(node, tag);
    finish(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Element::Kind::sequence);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Element::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Element node;
    YAML::anchor_t anchor = YAML::NullAnchor;
    std::optional<Element> key;    ///< of a map: read, its value not yet
    std::set<std::string> keys{};  ///< of a map: all so far
  };

  void spend(const YAML::Mark& mark, std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > limits::yaml_nodes) {
      throw TooMuch{mark,
                    fmt::format("more than {} values, aliases counted as what they stand for", limits::yaml_nodes)};
    }
  }

  Element make(const YAML::Mark& mark, Element::Kind kind) {
    spend(mark, 1);
    Element node;
    node.kind = kind;
    node.line = unsigned(mark.line + 1);
    node.column = unsigned(mark.column + 1);
    return node;
  }

  void refuse_tag(const Element& node, const std::string& tag) {
    if (!tag.empty() && tag != "?") findings_.add(node, "", fmt::format("the tag '{}' is not supported", tag));
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Element::Kind kind) {
    if (frames_.size() >= limits::yaml_depth) {
      throw TooMuch{mark, fmt::format("nested more than {} levels deep", limits::yaml_depth)};
    }
    Element node = make(mark, kind);
    refuse_tag(node, tag);
    frames_.push_back(Frame{std::move(node), anchor, std::nullopt, {}});
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    finish(std::move(frame.node), frame.anchor);
  }

  void finish(Element node, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      spend_copy(node);
      anchors_[anchor] = node;
    }
    if (documents_ > 1) return;
    if (frames_.empty()) {
      root_ = std::move(node);
    } else if (frames_.back().node.kind == Element::Kind::sequence) {
      frames_.back().node.items.push_back(std::move(node));
    } else {
      add_to_map(frames_.back(), std::move(node));
    }
  }

  void spend_copy(const Element& node) {
    YAML::Mark mark;
    mark.line = int(node.line) - 1;
    mark.column = int(node.column) - 1;
    spend(mark, count(node));
  }

  void add_to_map(Frame& frame, Element node) {
    if (!frame.key) {
      if (node.kind != Element::Kind::scalar) findings_.add(node, "", "a key must be a word");
      frame.key = std::move(node);
      return;
    }
    Element key = std::move(*frame.key);
    frame.key.reset();
    if (key.kind != Element::Kind::scalar) return;
    if (!frame.keys.insert(key.text).second) {
      const auto first = std::ranges::find(frame.node.entries, key.text, [](const Entry& e) { return e.key.text; });
      findings_.add(key, "",
                    fmt::format("the key '{}' stands here twice, first in line {}", key.text, first->key.line));
      return;
    }
    frame.node.entries.push_back({std::move(key), std::move(node)});
  }

  Findings& findings_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Element> anchors_;
  std::optional<Element> root_;
  std::optional<YAML::Mark> second_document_;
  std::optional<YAML::Mark> last_quoted_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

/// True when every character may stand in a YAML file. Told by position, because yaml-cpp would
/// silently replace what it cannot read.
bool check_characters(std::string_view text, Findings& findings) {
  unsigned line = 1;
  unsigned column = 1;
  while (!text.empty()) {
    const std::size_t length = base::utf8_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    if (length == 0) {
      findings.add(line, column, "", fmt::format("the byte 0x{:02x} is not UTF-8", first));
      return false;
    }
    if ((first < 0x20 && first != '\t' && first != '\n' && first != '\r') || first == 0x7F) {
      findings.add(line, column, "", fmt::format("a control character (0x{:02x}) may not stand here", first));
      return false;
    }
    column = first == '\n' ? 1 : column + unsigned(length);
    if (first == '\n') ++line;
    text.remove_prefix(length);
  }
  return true;
}

void add_at(const YAML::Mark& mark, Findings& findings, std::string detail) {
  findings.add(unsigned(std::max(mark.line, 0) + 1), unsigned(std::max(mark.column, 0) + 1), "", std::move(detail));
}

/// The text from `mark` on; yaml-cpp counts columns in bytes.
std::string_view text_from(std::string_view text, const YAML::Mark& mark) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  for (int line = 0; line < mark.line; ++line) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text.substr(std::min(text.size(), std::size_t(mark.column)));
}

/// yaml-cpp takes the end of the file for the end of a quoted text. Only the last one can be cut.
void check_last_quote(std::string_view text, const YAML::Mark& mark, Findings& findings) {
  const std::string_view quoted = text_from(text, mark);
  if (quoted.empty() || (quoted.front() != '"' && quoted.front() != '\'')) return;
  const char quote = quoted.front();
  for (std::size_t i = 1; i < quoted.size(); ++i) {
    if (quote == '"' && quoted[i] == '\\') {
      ++i;
    } else if (quoted[i] == quote) {
      const bool doubled = quote == '\'' && i + 1 < quoted.size() && quoted[i + 1] == quote;
      if (!doubled) return;
      ++i;
    }
  }
  add_at(mark, findings, "this quote is never closed");
}

bool run_parser(std::string_view text, Builder& builder, Findings& findings) {
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    while (!builder.second_document() && parser.HandleNextDocument(builder)) {
    }
    return true;
  } catch (const TooMuch& stop) {
    add_at(stop.mark, findings, stop.detail);
  } catch (const YAML::Exception& error) {
    add_at(error.mark, findings, error.msg);
  } catch (const std::exception& error) {
    findings.add(0, 0, "", fmt::format("cannot be read as YAML: {}", error.what()));
  }
  return false;
}

}  // namespace

void Findings::add(unsigned line, unsigned column, std::string path, std::string detail) {
  if (problems_.items.size() < limits::yaml_problems) {
    problems_.items.push_back({file_, line, column, std::move(path), std::move(detail)});
  }
}

Problems Findings::take() {
  std::ranges::stable_sort(problems_.items, {}, [](const Problem& p) { return std::pair(p.line, p.column); });
  return std::move(problems_);
}

std::optional<Element> parse_yaml(std::string_view text, Findings& findings) {
  if (text.size() > limits::yaml_file_bytes) {
    findings.add(0, 0, "", fmt::format("larger than {} bytes", limits::yaml_file_bytes));
    return std::nullopt;
  }
  if (!check_characters(text, findings)) return std::nullopt;
  Builder builder(findings);
  if (!run_parser(text, builder, findings)) return std::nullopt;
  if (const auto& quoted = builder.last_quoted()) check_last_quote(text, *quoted, findings);
  if (const auto& second = builder.second_document()) {
    add_at(*second, findings, "a second document begins; a file holds one");
  }
  if (!builder.root() || builder.root()->kind == Element::Kind::null) {
    findings.add(0, 0, "", "the file is empty");
    return std::nullopt;
  }
  return std::move(builder.root());
}

}  // namespace paddock::config
