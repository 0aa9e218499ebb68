// What every command has at hand: the global flags, the terminal, the host.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "config/host_config.hpp"
#include "main/cli/client.hpp"
#include "main/cli/outcome.hpp"

namespace paddock::cli {

/// The global flags.
struct Globals {
  std::string host;
  std::string token_file;
  bool json = false;
  bool no_color = false;
};

/// Which of the three standard streams are terminals, and how they look.
struct Terminal {
  bool in = false, out = false, err = false;
  bool color = false;  ///< of standard output
  std::size_t columns = 80;

  static Terminal look(const config::Environment& environment, bool no_color);
};

enum class Style { plain, dim, bold, red, green, yellow, cyan };

/// `text` in a style; as it is when `color` is off.
std::string styled(Style style, std::string_view text, bool color);

/// Writes to standard output. A reader that went away ends the program as a pipe does.
void print(std::string_view text);
void print_error(std::string_view text);

class Context {
 public:
  Context(Globals globals, config::Environment environment);

  bool json() const noexcept { return globals_.json; }
  const Terminal& terminal() const noexcept { return terminal_; }
  const config::Environment& environment() const noexcept { return environment_; }
  const Globals& globals() const noexcept { return globals_; }
  std::string paint(Style style, std::string_view text) const { return styled(style, text, terminal_.color); }

  /// The client for the chosen host; fails when the address or the token file is wrong.
  Outcome<Client> client() const;

  Outcome<boost::json::value> get(std::string target) const;
  Outcome<boost::json::value> post(std::string target, boost::json::value body) const;
  Outcome<boost::json::value> del(std::string target) const;

  /// Follows `next_page` of a list up to `most` items; the first page's other fields are kept.
  Outcome<boost::json::object> list(const std::string& target, std::size_t most) const;

  /// One JSON document (or one JSON line) on standard output.
  void print_json(const boost::json::value& value) const;

 private:
  Globals globals_;
  config::Environment environment_;
  Terminal terminal_;
};

/// The target of a session, from an id, a prefix of one, or a name.
std::string session_target(std::string_view key, std::string_view rest = {});

/// A prompt from standard input, at most limits::prompt_bytes.
Outcome<std::string> read_standard_input();

/// "?a=b&c=d" of what is not empty.
std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace paddock::cli
