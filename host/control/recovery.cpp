// Reconnect, replay, or last words.
#include "control/recovery.hpp"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/parse.hpp>

#include "base/log.hpp"
#include "control/figures.hpp"
#include "control/folders.hpp"
#include "link/socket.hpp"

namespace paddock::control {
namespace asio = boost::asio;
namespace json = boost::json;
namespace log = base::log;
using base::Errc;
using base::fail;

namespace {

constexpr std::chrono::seconds kReplayTime{300};  // a journal may have gigabytes
constexpr std::chrono::seconds kAfterFailure{1};  // the disk was full: do not ask at once again

}  // namespace

base::Result<std::vector<event::Event>> events_from_lines(std::string_view text) {
  std::vector<event::Event> events;
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    boost::system::error_code ec;
    const std::string_view line = text.substr(0, end);
    const json::value value = json::parse(line, ec);
    if (ec || !value.is_object()) return fail(Errc::corrupt, "a line of a replayed journal is no JSON object");
    auto event = event::from_json(value.get_object());
    if (!event) return event.error();
    events.push_back(std::move(*event));
    text.remove_prefix(end + 1);
  }
  return events;
}

asio::awaitable<base::Result<>> Recovery::start() {
  auto records = ground_.store.sessions();
  if (!records) co_return records.error();
  std::vector<std::shared_ptr<Live>> found;
  for (session::Record& record : *records) {
    const bool lives = record.state != session::State::exited;
    const bool never_answered = lives && record.last_number == 0;
    const base::SessionId id = record.id;
    if (lives) ground_.metrics.session_known(record);
    if (lives || still_listens(id)) found.push_back(std::make_shared<Live>(ground_, ledger_, record));
    if (!never_answered) ground_.book.show(std::move(record));
  }
  std::vector<std::shared_ptr<Signal>> waits;
  for (const auto& live : found) {
    ground_.lives.emplace(live->id(), live);
    waits.push_back(std::make_shared<Signal>());
    spawn(ground_, adopt(live, waits.back()));
  }
  for (const auto& wait : waits) co_await Signal::wait(wait);
  co_await actions_.restore();
  co_await clear_leftovers();
  if (!found.empty()) log::info("sessions found again", {{"count", std::to_string(found.size())}});
  done_ = true;
  co_return base::Result<>();
}

bool Recovery::still_listens(const base::SessionId& id) const {
  std::error_code ec;
  return std::filesystem::exists(ground_.folder_of(id) / "link", ec);
}

asio::awaitable<void> Recovery::adopt(std::shared_ptr<Live> live, std::shared_ptr<Signal> done) {
  const cgroup::GroupPaths paths = group_paths_from_json(live->staged().cgroup);
  if (auto gauge = ground_.machine->open_gauge(paths)) live->set_gauge(std::move(*gauge));
  const bool connected = co_await connect(live);
  if (!connected) co_await bury(live);
  done->set({});
}

asio::awaitable<bool> Recovery::connect(std::shared_ptr<Live> live) {
  auto socket = ground_.machine->connect_runner(ground_.folder_of(live->id()));
  if (!socket) co_return false;
  const session::Record on_disk = live->staged();
  live->attach(std::move(*socket), [this](const std::shared_ptr<Live>& ended) { lost(ended); });
  live->send(link::Hello{link::version, live->id(), live->staged().last_number});
  const auto ready = co_await live->ready(base::mono_now() + ready_time);
  if (!ready || ready->session != live->id()) {
    live->drop();
    co_return false;
  }
  if (ground_.book.get(live->id()) == nullptr) ledger_.show(on_disk);
  reactions_.look_again(live->id());
  co_return true;
}

void Recovery::lost(const std::shared_ptr<Live>& live) {
  if (!ground_.stopping) spawn(ground_, follow_up(live));
}

asio::awaitable<void> Recovery::follow_up(std::shared_ptr<Live> live) {
  co_await Live::settle(live);
  const auto held = ground_.lives.find(live->id());
  if (ground_.stopping || held == ground_.lives.end() || held->second != live) co_return;
  if (live->ended()) co_return co_await finish(live);
  live->finish_commands();
  if (live->out_of_step()) {
    asio::steady_timer pause(ground_.executor, kAfterFailure);
    co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  const bool connected = co_await connect(live);
  if (!connected && !ground_.stopping) co_await bury(live);
}

asio::awaitable<void> Recovery::replay(std::shared_ptr<Live> live) {
  // The output of one run is bounded; as long as each brings something new, there may be more.
  for (;;) {
    const std::uint64_t after = live->staged().last_number;
    std::vector<std::string> arguments{"--replay", ground_.folder_of(live->id()).string(), "--after",
                                       std::to_string(after)};
    auto output = co_await ground_.machine->run_tool(std::move(arguments), kReplayTime);
    auto events = events_from_lines(output.out);
    auto taken = events ? co_await live->take_over(std::move(*events)) : base::Result<>(events.error());
    if (!taken) {
      log::error("a journal cannot be replayed; what it holds beyond the stored events is not shown",
                 {{"session", live->id().str()}, {"problem", taken.error().detail}});
      co_return;
    }
    if (output.complete || live->staged().last_number == after) co_return;
  }
}

asio::awaitable<void> Recovery::bury(std::shared_ptr<Live> live) {
  live->drop();
  const cgroup::GroupPaths paths = group_paths_from_json(live->staged().cgroup);
  const bool had_ended = live->ended();
  link::retire(ground_.folder_of(live->id()));  // its runner is gone: later starts need not look for it
  json::object figures;
  if (live->gauge() != nullptr) figures = resources_json(live->gauge()->usage(), {});
  if (auto cleared = co_await ground_.machine->clear_group(paths); !cleared) {
    log::error("a session's processes do not end; their group is left",
               {{"session", live->id().str()}, {"problem", cleared.error().detail}});
  }
  if (!had_ended) co_await replay(live);
  if (!live->ended() && live->staged().last_number == 0) {  // its start was never answered: it never was
    ground_.lives.erase(live->id());
    store::Batch batch;
    batch.forget.push_back(live->id());
    (void)co_await ledger_.save(std::move(batch));
    (void)remove_folder(ground_.settings.state_dir / "sessions", live->id().str());
    co_return;
  }
  if (!live->ended()) {
    auto words = last_words(live->staged(), session::ExitReason::lost, "its runner is gone", base::wall_now());
    if (!words.empty() && !figures.empty()) words.back().data["resources"] = figures;
    if (auto told = co_await live->take_over(std::move(words)); !told) {
      log::error("the end of a session cannot be stored; the next start of the host tries again",
                 {{"session", live->id().str()}, {"problem", told.error().detail}});
    }
    log::warn("a session's runner is gone; the session was ended", {{"session", live->id().str()}});
  }
  co_await finish(live);
}

asio::awaitable<void> Recovery::finish(std::shared_ptr<Live> live) {
  live->finish_commands();
  live->drop();
  live->set_gauge(nullptr);
  const session::Record& record = live->staged();
  if (auto cleared = co_await ground_.machine->clear_group(group_paths_from_json(record.cgroup)); !cleared) {
    log::warn("a group was left behind", {{"session", live->id().str()}, {"problem", cleared.error().detail}});
  }
  const auto held = ground_.lives.find(live->id());
  if (held != ground_.lives.end() && held->second == live) ground_.lives.erase(held);
  actions_.look_at_queue(live->id());
  ground_.metrics.session_ended(live->id());
  const std::string reason = record.exit ? std::string(session::name(record.exit->reason)) : "unknown";
  log::info("session ended", {{"session", live->id().str()}, {"reason", reason}});
}

asio::awaitable<void> Recovery::leave() {
  for (const std::string& name : ground_.machine->groups()) {
    const auto id = base::SessionId::parse(name);
    const session::Record* record = id ? ground_.book.get(*id) : nullptr;
    if (record == nullptr || record->state != session::State::exited) continue;
    auto paths = ground_.machine->find_group(name);
    (void)co_await ground_.machine->clear_group(std::move(paths));  // else the next start tries again, and tells
  }
  const auto removed = ground_.machine->remove_base();
  if (removed || removed.error().code == Errc::busy) co_return;  // sessions live on under their runners
  log::warn("the group of this host was left behind", {{"problem", removed.error().detail}});
}

asio::awaitable<void> Recovery::clear_leftovers() {
  for (const std::string& name : ground_.machine->groups()) {
    const auto id = base::SessionId::parse(name);
    if (!id || ground_.lives.contains(*id)) continue;
    log::info("removing a group that no living session owns", {{"group", name}});
    auto paths = ground_.machine->find_group(name);
    if (auto cleared = co_await ground_.machine->clear_group(std::move(paths)); !cleared) {
      log::warn("a group was left behind", {{"group", name}, {"problem", cleared.error().detail}});
    }
  }
}

}  // namespace paddock::control
