// Terminals, output, and requests with the chosen host.
#include "main/cli/context.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/files.hpp"
#include "main/cli/fields.hpp"

namespace paddock::cli {
namespace json = boost::json;
namespace {

constexpr base::ByteSize kTokenBytes = base::kib(4);

void write_or_leave(int fd, std::string_view text) {
  if (!base::write_all(fd, text)) std::_Exit(int(ExitCode::failed));  // nobody is left to tell
}

Outcome<std::string> read_token(const std::string& file) {
  auto text = base::read_file(file, kTokenBytes);
  if (!text) return failure(text.error());
  const std::size_t end = text->find_last_not_of(" \r\n\t");
  text->resize(end == std::string::npos ? 0 : end + 1);
  if (text->empty() || text->find_first_of(" \r\n\t") != std::string::npos) {
    return failure(ExitCode::usage, "invalid_request", fmt::format("'{}' does not hold one token", file));
  }
  return std::move(*text);
}

}  // namespace

Terminal Terminal::look(const config::Environment& environment, bool no_color) {
  Terminal terminal;
  terminal.in = ::isatty(STDIN_FILENO) == 1;
  terminal.out = ::isatty(STDOUT_FILENO) == 1;
  terminal.err = ::isatty(STDERR_FILENO) == 1;
  const bool is_dumb = environment("TERM").value_or("dumb") == "dumb";
  terminal.color = terminal.out && !no_color && !environment("NO_COLOR") && !is_dumb;
  winsize size{};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the kernel's interface.
  if (terminal.out && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) terminal.columns = size.ws_col;
  return terminal;
}

std::string styled(Style style, std::string_view text, bool color) {
  constexpr std::string_view kCodes[] = {"", "2", "1", "31", "32", "33", "36"};
  if (!color || style == Style::plain || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", kCodes[std::size_t(style)], text);
}

void print(std::string_view text) { write_or_leave(STDOUT_FILENO, text); }
void print_error(std::string_view text) { write_or_leave(STDERR_FILENO, text); }

Context::Context(Globals globals, config::Environment environment)
    : globals_(std::move(globals)),
      environment_(std::move(environment)),
      terminal_(Terminal::look(environment_, globals_.no_color)) {}

Outcome<Client> Context::client() const {
  auto address = choose_address(globals_.host, environment_);
  if (!address) return address.error();
  std::string token = environment_("PADDOCK_TOKEN").value_or("");
  if (!globals_.token_file.empty()) {
    auto read = read_token(globals_.token_file);
    if (!read) return read.error();
    token = std::move(*read);
  }
  return Client(std::move(*address), std::move(token));
}

Outcome<json::value> Context::get(std::string target) const {
  const auto host = client();
  if (!host) return host.error();
  Request request;
  request.target = std::move(target);
  return host->call_now(std::move(request));
}

Outcome<json::value> Context::post(std::string target, json::value body) const {
  const auto host = client();
  if (!host) return host.error();
  Request request;
  request.method = "POST";
  request.target = std::move(target);
  request.body = std::move(body);
  return host->call_now(std::move(request));
}

Outcome<json::value> Context::del(std::string target) const {
  const auto host = client();
  if (!host) return host.error();
  Request request;
  request.method = "DELETE";
  request.target = std::move(target);
  return host->call_now(std::move(request));
}

Outcome<json::object> Context::list(const std::string& target, std::size_t most) const {
  const std::string joint = target.find('?') == std::string::npos ? "?" : "&";
  std::string page = target + joint + "limit=1000";
  json::object all;
  json::array items;
  for (;;) {
    auto answer = get(page);
    if (!answer) return answer.error();
    const json::object& object = as_object(*answer);
    if (all.empty()) all = object;
    for (const json::object* item : objects_at(object, "items")) items.push_back(*item);
    const std::string_view next = text_at(object, "next_page");
    if (next.empty() || items.size() >= most) break;
    page = fmt::format("{}{}limit=1000&page={}", target, joint, encoded(next));
  }
  all["items"] = std::move(items);
  return all;
}

void Context::print_json(const json::value& value) const { print(json::serialize(value) + "\n"); }

std::string session_target(std::string_view key, std::string_view rest) {
  return fmt::format("/v1/sessions/{}{}", encoded(key), rest);
}

std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string query;
  for (const auto& [name, value] : parameters) {
    if (!value.empty()) query += fmt::format("{}{}={}", query.empty() ? "?" : "&", name, encoded(value));
  }
  return query;
}

}  // namespace paddock::cli
