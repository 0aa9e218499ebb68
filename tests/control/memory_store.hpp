// A store in memory: the same promises as the real one, plus failures on demand.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/store.hpp"

namespace paddock::control::testing {

/// Commits at once (the handler is called before commit() returns) unless told otherwise.
class MemoryStore final : public store::Store {
 public:
  const base::StreamId& stream() const noexcept override { return stream_; }
  void commit(store::Batch batch, Done done) override;
  void close() override {}
  base::Result<std::vector<session::Record>> sessions() override;
  base::Result<std::vector<store::Action>> open_actions() override;
  base::Result<std::vector<store::Token>> tokens() override { return tokens_; }
  base::Result<std::optional<store::Action>> action(const base::ActionId& id) override;
  base::Result<std::optional<store::Action>> action_by_ref(std::string_view type, std::string_view ref) override;
  base::Result<std::vector<store::Action>> actions(const base::SessionId& session, const base::ActionId& before,
                                                   std::size_t limit) override;
  base::Result<std::vector<event::Event>> events(std::uint64_t after, std::size_t limit,
                                                 const store::EventFilter& filter) override;
  base::Result<store::Range> range() override;
  base::Result<std::string> adapter_of(const base::SessionId& session) override;
  std::uint64_t size_bytes() override { return 0; }

  /// The next commits fail with `io`.
  void fail_next(int commits) { failing_ = commits; }
  /// Commits wait until release(), as on a slow disk.
  void hold() { holding_ = true; }
  void release();
  /// What waits is lost, as in a power cut.
  void drop_held();

  std::size_t commits() const noexcept { return commits_; }
  const std::vector<event::Event>& all_events() const noexcept { return events_; }
  const std::map<base::SessionId, session::Record>& records() const noexcept { return records_; }
  const std::map<base::ActionId, store::Action>& all_actions() const noexcept { return actions_; }

 private:
  void apply(store::Batch batch, const Done& done);

  base::StreamId stream_ = base::StreamId::make();
  std::map<base::SessionId, session::Record> records_;
  std::map<base::ActionId, store::Action> actions_;
  std::vector<store::Token> tokens_;
  std::vector<event::Event> events_;
  std::set<std::pair<base::RuntimeId, std::uint64_t>> known_;
  std::deque<std::pair<store::Batch, Done>> held_;
  std::uint64_t next_seq_ = 1;
  std::size_t commits_ = 0;
  int failing_ = 0;
  bool holding_ = false;
};

}  // namespace paddock::control::testing
