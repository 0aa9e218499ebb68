// The steps of a start, and how each is undone.
#include "control/launches.hpp"

#include <algorithm>
#include <utility>

#include <fcntl.h>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "config/screen_rules.hpp"
#include "control/digest.hpp"
#include "control/figures.hpp"
#include "control/folders.hpp"

namespace paddock::control {
namespace asio = boost::asio;
namespace json = boost::json;
namespace limits = base::limits;
namespace log = base::log;
using base::Errc;
using base::fail;

namespace {

constexpr std::string_view kStart = "start";  // the type of the action that remembers a start's key

store::Action remembered_start(const session::Record& record, const std::string& key, const std::string& hash) {
  store::Action action;
  action.id = base::ActionId::make();
  action.session = record.id;
  action.type = kStart;
  action.request_ref = key;
  action.body_hash = hash;
  action.body["answer"] = session::to_json(record);
  action.state = store::Action::State::applied;
  action.created_at = action.updated_at = base::wall_now();
  return action;
}

/// The rules beside the adapter's library; none when there is no such file. Read at each launch, so that a new file
/// needs no restart.
base::Result<json::object> read_screen_rules(const std::string& library) {
  const auto file = std::filesystem::path(library).replace_extension(".screens.yaml");
  std::error_code ec;
  if (!std::filesystem::exists(file, ec)) return json::object();
  auto text = base::read_file(file, base::ByteSize(limits::yaml_file_bytes));
  if (!text) return text.error();
  const auto rules = config::parse_screen_rules(*text, file.string());
  if (!rules) return config::to_error(rules.error());
  return screen::to_json(*rules);
}

}  // namespace

/// Holds a place among the starting sessions, and its name, while it lives.
class Launches::Reservation {
 public:
  Reservation(std::shared_ptr<Starting> starting, std::string name)
      : starting_(std::move(starting)), name_(std::move(name)) {
    ++starting_->count;
    if (!name_.empty()) starting_->names.insert(name_);
  }
  ~Reservation() {
    --starting_->count;
    starting_->names.erase(name_);
  }
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;

 private:
  std::shared_ptr<Starting> starting_;
  std::string name_;
};

Task<Answer> Launches::start(session::Request request, std::string key) {
  if (ground_.stopping) co_return fail(Errc::unavailable, "the host is stopping; nothing was started");
  std::string hash = sha256_hex(canonical_json(canonical_request(request)));
  if (key.empty()) co_return co_await start_new(std::move(request), "", "");
  for (auto at = starting_->keys.find(key); at != starting_->keys.end(); at = starting_->keys.find(key)) {
    co_await Signal::wait(std::shared_ptr(at->second));
  }
  auto earlier = ground_.store.action_by_ref(kStart, key);
  if (!earlier) co_return earlier.error();
  if (*earlier) {
    const store::Action& first = **earlier;
    if (first.body_hash != hash) {
      co_return fail(Errc::idempotency_mismatch,
                     fmt::format("'{}' started another session before; nothing was started", key));
    }
    Answer answer;
    answer.body = first.body.at("answer").as_object();
    answer.replayed = true;
    co_return answer;
  }
  const auto signal = starting_->keys.emplace(key, std::make_shared<Signal>()).first->second;
  auto answer = co_await start_new(std::move(request), key, std::move(hash));
  starting_->keys.erase(key);
  signal->set({});
  co_return answer;
}

base::Result<> Launches::room_for(const session::Request& request) const {
  const std::size_t most = std::min<std::size_t>(ground_.settings.policies.fleet.sessions_max, limits::sessions_alive);
  if (ground_.book.living() + starting_->count >= most) {
    return fail(Errc::too_many, fmt::format("'{}' sessions live already, the most this host takes; end one first",
                                            ground_.book.living() + starting_->count));
  }
  if (request.name.empty()) return {};
  if (starting_->names.contains(request.name) || ground_.book.living_by_name(request.name) != nullptr) {
    return fail(Errc::already_exists, fmt::format("a living session is named '{}' already", request.name));
  }
  return {};
}

base::Result<LaunchDraft> Launches::draft(const session::Request& request) const {
  LaunchContext context;
  context.adapter = adapters_.catalogue().find(request.adapter);
  if (context.adapter == nullptr) {
    const adapter::Refusal* refusal = adapters_.catalogue().refusal_of(request.adapter);
    if (refusal != nullptr) return fail(Errc::adapter_refused, refusal->message);
    const std::string_view why = adapters_.scanned() ? "" : " yet: the host is still looking for them";
    return fail(adapters_.scanned() ? Errc::not_found : Errc::unavailable,
                fmt::format("there is no adapter '{}'{}", request.adapter, why));
  }
  context.policy = ground_.find_policy(request.policy);
  if (context.policy == nullptr) return fail(Errc::not_found, fmt::format("there is no policy '{}'", request.policy));
  auto secrets = read_secrets(context.policy->environment);
  if (!secrets) return secrets.error();
  context.secrets = std::move(*secrets);
  context.features = ground_.machine->features();
  context.sessions_dir = ground_.settings.state_dir / "sessions";
  context.host_environment = own_environment();
  if (request.mode == session::Mode::interactive) {
    auto rules = read_screen_rules(context.adapter->file);
    if (!rules) return rules.error();
    context.screen_rules = std::move(*rules);
  }
  return draft_launch(request, context, base::wall_now());
}

Task<Answer> Launches::start_new(session::Request request, std::string key, std::string hash) {
  const auto began = base::mono_now();
  if (auto room = room_for(request); !room) co_return room.error();
  auto drafted = draft(request);
  if (!drafted) co_return drafted.error();
  const Reservation reserved(starting_, request.name);
  auto live = co_await bring_up(std::move(*drafted));
  if (!live) co_return live.error();
  const session::Record record = *ground_.book.get((*live)->id());
  const std::chrono::duration<double> took = base::mono_now() - began;
  ground_.metrics.session_started(record, took.count());
  log::info("session started", {{"session", record.id.str()}, {"adapter", record.adapter}});
  if (!key.empty()) {
    store::Batch batch;
    batch.actions.push_back(remembered_start(record, key, hash));
    if (auto saved = co_await ledger_.save(std::move(batch)); !saved) {
      log::error("a start cannot be remembered; the same key would start a second session",
                 {{"session", record.id.str()}, {"problem", saved.error().detail}});
    }
  }
  co_return Answer{session::to_json(record), false};
}

asio::awaitable<base::Result<std::shared_ptr<Live>>> Launches::bring_up(LaunchDraft draft) {
  if (auto made = base::make_private_folder(draft.launch.session_dir); !made) co_return made.error();
  if (draft.makes_workdir) {
    if (auto made = base::make_private_folder(draft.launch.workdir); !made) co_return made.error();
  }
  auto group = ground_.machine->create_group(draft.record.id.str(), draft.limits);
  if (!group) {
    co_await undo(std::move(draft), nullptr);
    co_return group.error();
  }
  draft.record.cgroup = draft.launch.cgroup = to_json(*group);
  const auto live = std::make_shared<Live>(ground_, ledger_, draft.record);
  if (auto gauge = ground_.machine->open_gauge(*group)) live->set_gauge(std::move(*gauge));
  ground_.lives.emplace(live->id(), live);
  if (auto ran = co_await run(live, draft); !ran) {
    co_await undo(std::move(draft), live);
    co_return ran.error();
  }
  // Events may have come and be on their way to disk: only the row is surely there.
  if (ground_.book.get(live->id()) == nullptr) ledger_.show(draft.record);
  co_return live;
}

asio::awaitable<base::Result<>> Launches::run(std::shared_ptr<Live> live, LaunchDraft& draft) {
  // The row goes to disk while the runner comes up; the agent starts only when the row is there.
  auto row = std::make_shared<OneShot<base::Result<>>>();
  store::Batch batch;
  batch.sessions.push_back(draft.record);
  auto on_disk = [row](const base::Result<Ledger::Stored>& stored) {
    row->set(stored ? base::Result<>() : base::Result<>(stored.error()));
  };
  ledger_.commit(std::move(batch), std::move(on_disk), Sight::hidden);
  auto runner = ground_.machine->start_runner(draft.launch.session_dir, draft.launch.adapter_file);
  auto stored = co_await OneShot<base::Result<>>::wait(row);
  if (!runner) co_return runner.error();
  const base::UniqueFd process(::fcntl(runner->pidfd.get(), F_DUPFD_CLOEXEC, 3));
  spawn(ground_, reap_when_ended(std::move(runner->pidfd)));
  if (!stored || !*stored) {
    ground_.machine->kill_runner(process.get());
    co_return stored ? stored->error() : fail(Errc::internal, "the store gave no answer");
  }
  live->attach(std::move(runner->link), lost_);
  live->send(link::Launch{std::move(draft.launch)});
  auto started = co_await live->started(base::mono_now() + limits::runner_start);
  if (!started) ground_.machine->kill_runner(process.get());
  co_return started;
}

asio::awaitable<void> Launches::undo(LaunchDraft draft, std::shared_ptr<Live> live) {
  const base::SessionId id = draft.record.id;
  if (live) {
    live->drop();
    co_await Live::settle(live);
    ground_.lives.erase(id);
    store::Batch batch;
    batch.forget.push_back(id);
    (void)co_await ledger_.save(std::move(batch));  // else the next start of the host finds and ends it
  }
  auto cleared = co_await ground_.machine->clear_group(group_paths_from_json(draft.record.cgroup));
  if (!cleared) log::warn("a group was left behind", {{"session", id.str()}, {"problem", cleared.error().detail}});
  if (auto removed = remove_folder(ground_.settings.state_dir / "sessions", id.str()); !removed) {
    log::warn("a session's folder was left behind", {{"session", id.str()}, {"problem", removed.error().detail}});
  }
}

}  // namespace paddock::control
