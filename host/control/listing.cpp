// Choosing rows. A page token is the hex of JSON {s: sort, f: filters, k: [key of the last row]}: it
// says where the next page begins, whatever came or went before that.
#include "control/listing.hpp"

#include <algorithm>
#include <compare>
#include <map>
#include <set>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "control/digest.hpp"

namespace paddock::control {
namespace json = boost::json;
namespace limits = base::limits;
namespace {

struct Order {
  std::string field;
  bool descending = false;
};

struct Filters {
  std::map<std::string, std::set<std::string, std::less<>>> wanted;

  std::string text() const {
    std::string out;
    for (const auto& [name, values] : wanted) out += fmt::format("{}={};", name, fmt::join(values, ","));
    return out;
  }
};

base::Error wrong(std::string_view parameter, std::string detail) {
  base::Error error =
      base::fail(base::Errc::invalid_request, fmt::format("query parameter '{}' {}", parameter, detail));
  error.errors.push_back({fmt::format("?{}", parameter), std::move(detail)});
  return error;
}

const ListField* find_field(const std::vector<ListField>& fields, std::string_view name) {
  const std::string_view stem = name.substr(0, name.find('.'));
  for (const ListField& field : fields) {
    if (field.name == name || (stem != name && field.name == fmt::format("{}.", stem))) return &field;
  }
  return nullptr;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto comma = text.find(',');
    if (comma != 0) parts.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return parts;
}

base::Result<Filters> read_filters(const ListQuery& query, const std::vector<ListField>& fields) {
  Filters filters;
  for (const auto& [name, values] : query.filters) {
    const ListField* field = find_field(fields, name);
    if (field == nullptr) return wrong(name, "is not a field of this list");
    for (const std::string_view value : split(values)) {
      if (!field->values.empty() && std::ranges::find(field->values, value) == field->values.end()) {
        return wrong(name, fmt::format("cannot be '{}', only one of {}", value, fmt::join(field->values, ", ")));
      }
      filters.wanted[name].emplace(value);
    }
  }
  return filters;
}

base::Result<std::vector<Order>> read_sort(std::string_view sort, const std::vector<ListField>& fields) {
  std::vector<Order> orders;
  for (std::string_view part : split(sort)) {
    const bool descending = part.starts_with('-');
    if (descending) part.remove_prefix(1);
    if (find_field(fields, part) == nullptr) return wrong("sort", fmt::format("names '{}', which is no field", part));
    orders.push_back({std::string(part), descending});
  }
  const bool reversed = !orders.empty() && orders.front().descending;
  orders.push_back({std::string(fields.back().name), reversed});
  return orders;
}

std::string as_text(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

bool fits(const Filters& filters, std::size_t row, const Cell& cell) {
  return std::ranges::all_of(filters.wanted, [&](const auto& filter) {
    const json::value value = cell(row, filter.first);
    return !value.is_null() && filter.second.contains(as_text(value));
  });
}

std::weak_ordering compare(const json::value& a, const json::value& b) {
  if (a.is_null() || b.is_null()) return a.is_null() <=> b.is_null();
  if (a.is_number() && b.is_number()) {
    const auto x = a.to_number<double>();
    const auto y = b.to_number<double>();
    if (x == y) return std::weak_ordering::equivalent;
    return x < y ? std::weak_ordering::less : std::weak_ordering::greater;
  }
  return as_text(a) <=> as_text(b);
}

/// Nulls are last in both directions.
std::weak_ordering compare(const json::array& a, const json::array& b, const std::vector<Order>& orders) {
  for (std::size_t i = 0; i < orders.size() && i < a.size() && i < b.size(); ++i) {
    const auto order = compare(a[i], b[i]);
    if (order == std::weak_ordering::equivalent) continue;
    const bool turned = orders[i].descending && !a[i].is_null() && !b[i].is_null();
    return turned ? compare(b[i], a[i]) : order;
  }
  return std::weak_ordering::equivalent;
}

std::string make_token(const std::string& sort, const Filters& filters, const json::array& key) {
  json::object token;
  token["s"] = sort;
  token["f"] = filters.text();
  token["k"] = key;
  return to_hex(json::serialize(token));
}

base::Result<json::array> read_token(const ListQuery& query, const std::string& sort, const Filters& filters) {
  boost::system::error_code ec;
  const json::value token = json::parse(from_hex(query.page), ec);
  const json::object* object = ec ? nullptr : token.if_object();
  const json::value* key = object == nullptr ? nullptr : object->if_contains("k");
  if (key == nullptr || !key->is_array()) return wrong("page", "is not a token that this list gave");
  const json::value* old_sort = object->if_contains("s");
  const json::value* old_filters = object->if_contains("f");
  if (old_sort == nullptr || as_text(*old_sort) != sort || old_filters == nullptr ||
      as_text(*old_filters) != filters.text()) {
    return wrong("page", "belongs to another sort or filter");
  }
  return key->get_array();
}

struct Row {
  std::size_t index = 0;
  json::array key;
};

std::vector<Row> matching(const Filters& filters, const std::vector<Order>& orders, std::size_t count,
                          const Cell& cell) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    if (!fits(filters, i, cell)) continue;
    Row row{i, {}};
    for (const Order& order : orders) row.key.push_back(cell(i, order.field));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

base::Result<Selection> select(const ListQuery& query, const std::vector<ListField>& fields,
                               std::string_view default_sort, std::size_t count, const Cell& cell) {
  if (query.limit < 1 || query.limit > limits::page_items_max) {
    return wrong("limit", fmt::format("must be 1 to {}", limits::page_items_max));
  }
  auto filters = read_filters(query, fields);
  if (!filters) return filters.error();
  const std::string sort = query.sort.empty() ? std::string(default_sort) : query.sort;
  auto orders = read_sort(sort, fields);
  if (!orders) return orders.error();
  std::vector<Row> rows = matching(*filters, *orders, count, cell);
  if (!query.page.empty()) {
    auto after = read_token(query, sort, *filters);
    if (!after) return after.error();
    std::erase_if(rows, [&](const Row& row) { return std::is_lteq(compare(row.key, *after, *orders)); });
  }
  const auto before = [&](const Row& a, const Row& b) { return std::is_lt(compare(a.key, b.key, *orders)); };
  const std::size_t shown = std::min(rows.size(), query.limit);
  std::ranges::partial_sort(rows, rows.begin() + std::ptrdiff_t(shown), before);
  Selection selection;
  for (std::size_t i = 0; i < shown; ++i) selection.rows.push_back(rows[i].index);
  if (shown < rows.size()) selection.next_page = make_token(sort, *filters, rows[shown - 1].key);
  return selection;
}

}  // namespace paddock::control
