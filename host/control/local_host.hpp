// The host on this machine: binds the use cases together.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "control/actions.hpp"
#include "control/adapters.hpp"
#include "control/ground.hpp"
#include "control/host.hpp"
#include "control/journal_output.hpp"
#include "control/launches.hpp"
#include "control/ledger.hpp"
#include "control/reactions.hpp"
#include "control/recovery.hpp"
#include "control/terminal_room.hpp"
#include "control/tokens.hpp"

namespace paddock::control {

/// See Host. The machine is given, so that tests can bring their own.
class LocalHost final : public Host {
 public:
  LocalHost(boost::asio::any_io_executor executor, Settings settings, store::Store& store, watch::Hub& hub,
            metrics::Registry& metrics, std::unique_ptr<Machine> machine);

  /// Ends every connection without a word and does nothing more: what a crash looks like from outside.
  void go_dark() noexcept;

  Task<void> start() override;
  boost::asio::awaitable<void> stop() override;
  std::vector<Check> ready() const override;
  boost::json::object host() const override;
  void listens_on(std::string_view address) override { listen_ = address; }

  std::vector<boost::json::object> adapters() const override;
  base::Result<boost::json::object> adapter(std::string_view id) const override;
  Task<std::vector<boost::json::object>> probe_adapters() override;

  Task<Answer> start_session(session::Request request, std::string idempotency_key) override;
  base::Result<Page> sessions(const ListQuery& query) const override;
  base::Result<session::Record> find(std::string_view key) const override;
  base::Result<boost::json::object> session(std::string_view key) const override;
  Task<void> remove_session(std::string_view key) override;
  base::Result<Page> events(std::string_view key, std::uint64_t after, std::size_t limit) const override;
  base::Result<Output> output(std::string_view key, std::uint64_t offset, std::size_t limit) const override;
  Task<Output> next_output(std::string key, std::uint64_t offset, std::size_t limit) override;
  Task<boost::json::object> screen(std::string key, std::size_t scrollback) override;
  Task<std::unique_ptr<Attachment>> attach(std::string key, AttachWish wish) override;
  base::Result<boost::json::object> explain(std::string_view key) const override;
  boost::asio::awaitable<boost::json::object> explain_screen(std::string key) override;
  Task<boost::json::object> wait(std::string key, std::vector<session::State> states,
                                 std::optional<std::uint64_t> after_version,
                                 std::chrono::milliseconds timeout) override;

  Task<Answer> act(std::string key, boost::json::value body, std::string idempotency_key) override;
  base::Result<Page> actions(const ListQuery& query) const override;
  base::Result<boost::json::object> action(std::string_view id) const override;
  base::Result<Page> approvals(const ListQuery& query) const override;

  boost::json::value policies() const override;
  base::Result<boost::json::object> policy(std::string_view name) const override;
  void replace_policies(policy::Set policies) override;

  Task<boost::json::object> create_token(std::string name, Role role) override;
  std::vector<boost::json::object> tokens() const override;
  Task<void> revoke_token(std::string id) override;
  std::optional<Role> role_of(std::string_view bearer) const override;

 private:
  std::string cursor() const;
  base::Result<std::shared_ptr<Live>> on_terminal(std::string_view key) const;
  void tell_terminal(const boost::json::object& action, const boost::json::value& asked);
  std::vector<metrics::SessionSample> samples() const;
  boost::json::object shown(const session::Record& record) const;
  Task<void> remove(base::SessionId id, base::Result<> found);
  void set_ceiling();
  boost::asio::awaitable<void> look_for_adapters(std::shared_ptr<Signal> scanned);

  mutable Ground ground_;  // book and gauges are read through it in const functions
  Ledger ledger_;
  Actions actions_;
  mutable Reactions reactions_;  // evidence is read from the store when it is first asked for
  Recovery recovery_;
  Adapters adapters_;
  Launches launches_;
  Tokens tokens_;
  mutable OutputStreams output_;                                    // where its readers are
  std::map<base::SessionId, std::shared_ptr<TerminalRoom>> rooms_;  ///< of terminals that somebody is at
  std::string listen_;
  base::WallTime started_at_ = base::wall_now();
};

}  // namespace paddock::control
