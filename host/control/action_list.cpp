// Actions as a list: newest first, in pages, by session.
#include <fmt/format.h>

#include "base/limits.hpp"
#include "control/actions.hpp"

namespace paddock::control {
using base::Errc;
using base::fail;

namespace {

base::Error wrong(std::string_view parameter, std::string detail) {
  base::Error error = fail(Errc::invalid_request, fmt::format("'{}' {}", parameter, detail));
  error.errors.push_back({std::string(parameter), std::move(detail)});
  return error;
}

}  // namespace

base::Result<Page> Actions::list(const ListQuery& query) const {
  if (query.limit < 1 || query.limit > base::limits::page_items_max) {
    return wrong("limit", fmt::format("must be 1 to {}", base::limits::page_items_max));
  }
  if (!query.sort.empty() && query.sort != "-created_at") return wrong("sort", "can only be '-created_at'");
  base::SessionId session;
  for (const auto& [field, value] : query.filters) {
    if (field != "session") return wrong(field, "is not a field of this list");
    auto record = ground_.book.find(value);
    if (!record) return record.error();
    session = (*record)->id;
  }
  base::ActionId before;
  if (!query.page.empty()) {
    auto parsed = base::ActionId::parse(query.page);
    if (!parsed) return wrong("page", "is not a token that this list gave");
    before = *parsed;
  }
  auto actions = ground_.store.actions(session, before, query.limit + 1);
  if (!actions) return actions.error();
  Page page;
  if (actions->size() > query.limit) {
    actions->resize(query.limit);
    page.next_page = actions->back().id.str();
  }
  for (const store::Action& action : *actions) page.items.push_back(to_json(action));
  return page;
}

}  // namespace paddock::control
