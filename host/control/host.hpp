// The use cases: everything people and programs can ask of this host, each written once. HTTP, command
// line and tests all come through here.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "config/host_config.hpp"
#include "event/event.hpp"
#include "metrics/registry.hpp"
#include "policy/policy.hpp"
#include "session/launch.hpp"
#include "session/record.hpp"
#include "store/store.hpp"
#include "watch/hub.hpp"

namespace paddock::control {

template <class T>
using Task = boost::asio::awaitable<base::Result<T>>;

/// What a caller may do: a viewer reads, an operator also acts on sessions, an admin does everything.
enum class Role : std::uint8_t { viewer, operate, admin };

/// Where things are and how the host behaves; made by `main` from flags, environment and file.
struct Settings {
  std::filesystem::path state_dir;       ///< absolute; holds paddock.db, lock, sessions/
  std::filesystem::path runner_program;  ///< absolute path of paddock-runner
  std::vector<std::filesystem::path> adapter_dirs;
  std::vector<std::string> adapters_allow;     ///< ids; empty: all that are found
  std::vector<std::string> adapters_required;  ///< missing ones make /readyz degraded
  std::vector<config::AdapterEntry> adapter_entries;
  std::string cgroup_base = "paddock";  ///< group below which every session has its own
  policy::Set policies;
  std::string version;
};

/// A list answer of the API.
struct Page {
  std::vector<boost::json::object> items;
  std::optional<std::string> next_page;
  std::string cursor;
};

/// `?limit=&page=&sort=` and one filter per field, unparsed; list functions check them and fail with
/// `invalid_request` naming the parameter.
struct ListQuery {
  std::size_t limit = 100;
  std::string page;
  std::string sort;
  std::vector<std::pair<std::string, std::string>> filters;
};

/// The answer to an action or a start, and whether it is the stored answer of an earlier one.
struct Answer {
  boost::json::object body;
  bool replayed = false;
};

/// Result of one check of /readyz.
struct Check {
  std::string name;
  bool ok = false;
  std::string detail;
};

/// Somebody at the terminal of a session, from Host::attach() until it is destroyed. One strand; next() must have
/// returned before the end, which leave() brings about.
class Attachment {
 public:
  struct Shown {
    std::vector<boost::json::object> notes;  ///< {type: writer|resize|sync, ...}; they come before the bytes
    std::string bytes;                       ///< for the terminal
    bool ended = false;                      ///< nothing more will come
  };
  virtual ~Attachment() = default;

  virtual std::uint16_t rows() const = 0;
  virtual std::uint16_t cols() const = 0;
  virtual bool is_writer() const = 0;

  /// What is to be shown next; waits until there is something. First of all the whole screen, and again for who was
  /// more than limits::terminal_behind late: what was written meanwhile is left out, and a note says `sync`.
  virtual Task<Shown> next() = 0;
  /// Typed bytes, at most limits::terminal_input. False when somebody else is the writer: nothing is done.
  virtual bool type(std::string bytes) = 0;
  /// False when somebody else is the writer, or the size is impossible.
  virtual bool resize(std::uint64_t rows, std::uint64_t cols) = 0;
  /// Becomes the writer; the one before is told. False when this one may not write.
  virtual bool take() = 0;
  /// Makes next() return soon, with nothing if there is nothing.
  virtual void wake() = 0;
  virtual void leave() = 0;
};

/// How somebody comes to a terminal.
struct AttachWish {
  bool write = true;  ///< to be the writer when there is none
  bool take = false;  ///< to be the writer in any case
};

/// The host. Lives on one strand (the daemon's main executor); call everything from there.
/// `store`, `hub` and `metrics` must outlive it.
class Host {
 public:
  static std::unique_ptr<Host> make(boost::asio::any_io_executor executor, Settings settings, store::Store& store,
                                    watch::Hub& hub, metrics::Registry& metrics);
  virtual ~Host() = default;

  /// Reads the store, reconnects to the runners of living sessions, scans the adapters. The API may
  /// listen before this returns; /readyz says when it is done. Fails only when the store cannot be read.
  virtual Task<void> start() = 0;

  /// Refuses new work and finishes writes; agents go on under their runners.
  virtual boost::asio::awaitable<void> stop() = 0;

  virtual std::vector<Check> ready() const = 0;
  virtual boost::json::object host() const = 0;  ///< GET /v1/host

  /// Where TCP is served ("127.0.0.1:7070"), told by `main` once it is known; host() shows it as `listen`.
  virtual void listens_on(std::string_view /*address*/) {}

  virtual std::vector<boost::json::object> adapters() const = 0;
  virtual base::Result<boost::json::object> adapter(std::string_view id) const = 0;
  /// Runs the probes of all adapters again (bounded time) and answers adapters().
  virtual Task<std::vector<boost::json::object>> probe_adapters() = 0;

  /// Starts a session: checks, policy, cgroup, runner. Answers the session (state `starting`) when the
  /// agent has been told to start; a refusal is a problem at once and leaves nothing behind. The same
  /// non-empty `idempotency_key` with the same body again returns the first answer.
  virtual Task<Answer> start_session(session::Request request, std::string idempotency_key) = 0;

  virtual base::Result<Page> sessions(const ListQuery& query) const = 0;
  /// `key`: an id, an unambiguous prefix of one, or a name. Fails with `not_found` or `ambiguous`.
  virtual base::Result<session::Record> find(std::string_view key) const = 0;
  /// The session as the API shows it, with fresh `resources` from the kernel.
  virtual base::Result<boost::json::object> session(std::string_view key) const = 0;
  /// Forgets an ended session: store, journal, folder. Fails with `wrong_state` while it lives.
  virtual Task<void> remove_session(std::string_view key) = 0;

  /// Its events after `after`, oldest first.
  virtual base::Result<Page> events(std::string_view key, std::uint64_t after, std::size_t limit) const = 0;

  /// Raw bytes it wrote (stdout and stderr together in arrival order), from the journal.
  struct Output {
    std::string bytes;
    std::uint64_t next_offset = 0;
    bool ended = false;  ///< no more will come
  };
  virtual base::Result<Output> output(std::string_view key, std::uint64_t offset, std::size_t limit) const = 0;

  /// As output(), but waits until there is at least one byte at `offset` or no more will come.
  virtual Task<Output> next_output(std::string key, std::uint64_t offset, std::size_t limit) = 0;

  /// What an interactive session's screen shows: {rows, cols, cursor, title, alternate, lines[]}, with `scrollback[]`
  /// when lines above it are wanted. Fails with `unsupported` without a terminal, `wrong_state` after the end.
  virtual Task<boost::json::object> screen(std::string key, std::size_t scrollback) = 0;

  /// Comes to the terminal of an interactive session. Fails as screen(), and with `too_many`.
  virtual Task<std::unique_ptr<Attachment>> attach(std::string key, AttachWish wish) = 0;

  virtual base::Result<boost::json::object> explain(std::string_view key) const = 0;
  /// What the rules make of its screen now, with every rule that was tried; empty where there are none to try.
  virtual boost::asio::awaitable<boost::json::object> explain_screen(std::string key) = 0;

  /// Answers when the session is in one of `states` (checked at once; with `after_version` only a
  /// state_version above it counts). Fails with `timeout`.
  virtual Task<boost::json::object> wait(std::string key, std::vector<session::State> states,
                                         std::optional<std::uint64_t> after_version,
                                         std::chrono::milliseconds timeout) = 0;

  /// The body of POST /v1/sessions/{id}/actions; `idempotency_key` is the header's, used when the body
  /// has no request_ref.
  virtual Task<Answer> act(std::string key, boost::json::value body, std::string idempotency_key) = 0;
  virtual base::Result<Page> actions(const ListQuery& query) const = 0;
  virtual base::Result<boost::json::object> action(std::string_view id) const = 0;

  virtual base::Result<Page> approvals(const ListQuery& query) const = 0;

  virtual boost::json::value policies() const = 0;
  virtual base::Result<boost::json::object> policy(std::string_view name) const = 0;
  /// Puts new policies in force for new sessions and open decisions.
  virtual void replace_policies(policy::Set policies) = 0;

  /// Access tokens. create answers the secret once: {"id", "name", "role", "token"}.
  virtual Task<boost::json::object> create_token(std::string name, Role role) = 0;
  virtual std::vector<boost::json::object> tokens() const = 0;
  virtual Task<void> revoke_token(std::string id) = 0;
  /// The role of a bearer token, compared in constant time; nothing when it is not known.
  virtual std::optional<Role> role_of(std::string_view bearer) const = 0;
};

}  // namespace paddock::control
