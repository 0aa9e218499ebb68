// Reading and refusing query parameters.
#include "api/parameters.hpp"

#include <charconv>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/limits.hpp"
#include "base/time.hpp"

namespace paddock::api {
namespace json = boost::json;

base::Error bad_parameter(std::string_view key, std::string_view what) {
  base::Error error = base::fail(base::Errc::invalid_request, fmt::format("query parameter '{}' {}", key, what));
  error.errors.push_back({fmt::format("?{}", key), std::string(what)});
  return error;
}

base::Result<std::uint64_t> number_parameter(const Request& request, std::string_view key, std::uint64_t fallback,
                                             std::uint64_t least, std::uint64_t most) {
  const auto text = request.parameter(key);
  if (!text) return fallback;
  std::uint64_t number = 0;
  const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (ec != std::errc() || end != text->data() + text->size() || number < least || number > most) {
    return bad_parameter(key, fmt::format("must be a whole number from {} to {}", least, most));
  }
  return number;
}

base::Result<std::chrono::milliseconds> duration_parameter(const Request& request, std::string_view key,
                                                           std::chrono::milliseconds fallback,
                                                           std::chrono::milliseconds most) {
  const auto text = request.parameter(key);
  if (!text) return fallback;
  const auto duration = base::parse_duration(*text);
  if (!duration || *duration > most) {
    return bad_parameter(key, fmt::format("must be a duration such as 30s, at most {}", base::format_duration(most)));
  }
  return *duration;
}

base::Result<control::ListQuery> list_query(const Request& request) {
  control::ListQuery query;
  const auto limit =
      number_parameter(request, "limit", base::limits::page_items_default, 1, base::limits::page_items_max);
  if (!limit) return limit.error();
  query.limit = *limit;
  query.page = request.parameter("page").value_or("");
  query.sort = request.parameter("sort").value_or("");
  for (const auto& [key, value] : request.query) {
    if (key != "limit" && key != "page" && key != "sort") query.filters.emplace_back(key, value);
  }
  return query;
}

Response page_response(control::Page page) {
  json::object body;
  json::array& items = body["items"].emplace_array();
  items.reserve(page.items.size());
  for (json::object& item : page.items) items.emplace_back(std::move(item));
  body["next_page"] = page.next_page ? json::value(*page.next_page) : json::value(nullptr);
  if (!page.cursor.empty()) body["cursor"] = page.cursor;
  return json_response(body);
}

}  // namespace paddock::api
