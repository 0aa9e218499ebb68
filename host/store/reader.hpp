// Every question that can be asked of the store, over its reading connection.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/connection.hpp"
#include "store/rows.hpp"
#include "store/store.hpp"

namespace paddock::store {

/// Reads. Each call is one short transaction, so the log can be moved into the database between them.
/// Use from one thread. What the functions mean stands at Store.
class Reader {
 public:
  explicit Reader(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

  base::Result<std::vector<session::Record>> sessions();
  base::Result<std::vector<Action>> open_actions();
  base::Result<std::vector<Token>> tokens();
  base::Result<std::optional<Action>> action(const base::ActionId& id);
  base::Result<std::optional<Action>> action_by_ref(std::string_view type, std::string_view request_ref);
  base::Result<std::vector<Action>> actions(const base::SessionId& session, const base::ActionId& before,
                                            std::size_t limit);
  base::Result<std::vector<event::Event>> events(std::uint64_t after, std::size_t limit, const EventFilter& filter);
  base::Result<Range> range();
  base::Result<std::string> adapter_of(const base::SessionId& session);

 private:
  std::vector<Action> read_actions(SQLite::Statement& query);

  std::unique_ptr<Connection> connection_;
};

}  // namespace paddock::store
