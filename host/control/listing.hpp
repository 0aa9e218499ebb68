// Filters, order and pages of a list answer: pure.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/error.hpp"
#include "control/host.hpp"

namespace paddock::control {

/// One field of a list that may be filtered and sorted by.
struct ListField {
  std::string_view name;
  std::vector<std::string_view> values;  ///< the only ones a filter may name; empty: any
};

/// Rows chosen for one page, as indices in the order to show, and the token of the next page.
struct Selection {
  std::vector<std::size_t> rows;
  std::optional<std::string> next_page;
};

/// Value of a row's field: a string, a number, or null when it has none. Nulls sort last.
using Cell = std::function<boost::json::value(std::size_t row, std::string_view field)>;

/// Chooses from `count` rows. The last of `fields` must be unique for each row: it breaks ties, so that
/// pages neither repeat nor skip a row that stays. A filter takes several values, separated by commas
/// or repeated; names with a dot ("labels.team") match the field before the dot. Fails with
/// `invalid_request` that names the parameter.
base::Result<Selection> select(const ListQuery& query, const std::vector<ListField>& fields,
                               std::string_view default_sort, std::size_t count, const Cell& cell);

}  // namespace paddock::control
