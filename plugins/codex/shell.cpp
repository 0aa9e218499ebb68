// Splits a command line into words, as far as a quoted `sh -c` line needs it.
#include "codex/shell.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace paddock::codex {

namespace {

/// Reads shell words. Anything but words and quotes makes it give up: then the line is no plain wrapper.
class Words {
 public:
  explicit Words(std::string_view line) : line_(line) {}

  /// The next word; nothing at the end or when broken() became true.
  std::optional<std::string> next() {
    while (at_ < line_.size() && line_[at_] == ' ') ++at_;
    if (at_ == line_.size()) return std::nullopt;
    std::string word;
    while (at_ < line_.size() && line_[at_] != ' ' && !broken_) take(word);
    if (broken_) return std::nullopt;
    return word;
  }

  bool broken() const { return broken_; }

 private:
  void take(std::string& word) {
    const char c = line_[at_++];
    if (c == '\'') {
      single(word);
    } else if (c == '"') {
      doubled(word);
    } else if (c == '\\') {
      broken_ = at_ == line_.size();
      if (!broken_) word += line_[at_++];
    } else if (std::string_view("|&;<>()$`\n\t*?[]#~{}!").find(c) != std::string_view::npos) {
      broken_ = true;
    } else {
      word += c;
    }
  }

  void single(std::string& word) {
    const std::size_t end = line_.find('\'', at_);
    broken_ = end == std::string_view::npos;
    if (broken_) return;
    word.append(line_.substr(at_, end - at_));
    at_ = end + 1;
  }

  void doubled(std::string& word) {
    while (at_ < line_.size() && line_[at_] != '"') {
      // Inside of double quotes a backslash keeps its meaning before these four only.
      if (line_[at_] == '\\' && at_ + 1 < line_.size() &&
          std::string_view("\"\\$`").find(line_[at_ + 1]) != std::string_view::npos) {
        ++at_;
      } else if (line_[at_] == '$' || line_[at_] == '`') {
        broken_ = true;
        return;
      }
      word += line_[at_++];
    }
    broken_ = at_ == line_.size();
    ++at_;
  }

  std::string_view line_;
  std::size_t at_ = 0;
  bool broken_ = false;
};

bool is_shell(std::string_view program) {
  static constexpr std::array<std::string_view, 5> kShells{"bash", "sh", "zsh", "dash", "ksh"};
  const std::string_view name = program.substr(program.rfind('/') + 1);
  return std::find(kShells.begin(), kShells.end(), name) != kShells.end();
}

}  // namespace

std::string script_of(std::string_view command) {
  Words words(command);
  const auto shell = words.next();
  if (!shell || !is_shell(*shell)) return std::string(command);
  const auto option = words.next();
  if (!option || (*option != "-lc" && *option != "-c")) return std::string(command);
  auto script = words.next();
  if (!script || words.next() || words.broken()) return std::string(command);
  return std::move(*script);
}

}  // namespace paddock::codex
