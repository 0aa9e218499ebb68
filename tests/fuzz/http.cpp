// What arrives at the API before any handler: target, headers and body of any bytes. Only the parts
// beyond Beast's own parser, which brings a fuzzer of its own.
#include "api/http.hpp"

#include <boost/json/serialize.hpp>

#include "fuzz/fuzz.hpp"

namespace {

using namespace paddock::fuzz;
namespace api = paddock::api;
namespace http = boost::beast::http;
namespace json = boost::json;

std::string_view take_line(std::string_view& rest) {
  const std::string_view line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  return line;
}

void set(api::HttpRequest& request, const char* field, std::string_view value) {
  if (value.find('\r') == std::string_view::npos)
    request.set(field, boost::beast::string_view(value.data(), value.size()));
}

void look(const api::HttpRequest& request) {
  const auto read = api::request_of(request);
  if (!read) must(!read.error().detail.empty(), "a refusal says why");
  if (read) must(read->path.starts_with('/'), "a path begins with a slash");
  api::Visitor visitor = api::visitor_of(request);
  const api::Access access{1000, {1001}, {"localhost", "127.0.0.1:7300"}};
  for (const bool local : {true, false}) {
    visitor.local = local;
    if (const auto refusal = api::refuse_shape(visitor, access))
      must(!refusal->reason.empty(), "a refusal has a label");
  }
  if (const auto token = api::bearer(visitor.authorization)) must(!token->empty(), "a token is not empty");
}

void parse(std::string_view body) {
  const auto value = api::parse_body(body);
  if (!value) return must(!value.error().detail.empty(), "a refusal says why");
  const auto again = api::parse_body(json::serialize(*value));
  must(again.has_value(), "JSON that was read can be written and read again");
}

}  // namespace

/// Lines: target, Host, Origin, Sec-Fetch-Site, Authorization, Content-Type, then the body.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = view(data, size);
  api::HttpRequest request;
  request.method(http::verb::post);
  const std::string_view target = take_line(rest);
  request.target(boost::beast::string_view(target.data(), target.size()));
  for (const char* field : {"Host", "Origin", "Sec-Fetch-Site", "Authorization", "Content-Type"}) {
    set(request, field, take_line(rest));
  }
  request.body() = rest;
  look(request);
  parse(rest);
  return 0;
}
