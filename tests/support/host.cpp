// Starting and ending a real host, with readiness told by the daemon itself (sd_notify).
#include "support/host.hpp"

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace paddock::support {
namespace json = boost::json;
namespace {

constexpr std::string_view kAllowAll =
    "apiVersion: paddock/v1\nkind: Policy\nmetadata: {name: default}\nenforce: best-effort\n"
    "launch: {yolo: allow}\napprovals: {default: ask}\n";

/// The datagram socket a daemon tells its readiness to.
class NotifySocket {
 public:
  explicit NotifySocket(const std::filesystem::path& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.native().copy(address.sun_path, sizeof address.sun_path - 1);
    (void)::unlink(path.c_str());
    if (::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot bind " + path.string());
    }
  }

  bool wait_ready(std::chrono::milliseconds patience) {
    pollfd waiting{fd_.get(), POLLIN, 0};
    while (::poll(&waiting, 1, int(patience.count())) > 0) {
      char text[512];
      const ssize_t got = ::recv(fd_.get(), text, sizeof text, 0);
      if (got > 0 && std::string_view(text, std::size_t(got)).find("READY=1") != std::string_view::npos) return true;
    }
    return false;
  }

 private:
  base::UniqueFd fd_;
};

/// Adds "K=V", or replaces the entry of that name.
void set_entry(std::vector<std::string>& environment, const std::string& entry) {
  const std::string name = entry.substr(0, entry.find('=') + 1);
  std::erase_if(environment, [&](const std::string& old) { return old.starts_with(name); });
  environment.push_back(entry);
}

json::object checked(const Reply& reply, std::string_view what) {
  if (reply.status >= 300) {
    throw std::runtime_error(std::string(what) + ": " + std::to_string(reply.status) + " " + reply.body);
  }
  return reply.json().as_object();
}

}  // namespace

std::string built_program(std::string_view name) {
  return std::string(PADDOCK_BUILD_DIR) + "/bin/" + std::string(name);
}

TestHost::TestHost(Options options) : options_(std::move(options)), socket_(folder_ / "run/paddock.sock") {
  std::filesystem::create_directories(folder_ / "home");
  environment_ = clean_environment((folder_ / "home").string());
  for (const std::string& entry : options_.environment) set_entry(environment_, entry);
  const auto is_default = [](const auto& policy) { return policy.first == "default.yaml"; };
  if (std::ranges::none_of(options_.policies, is_default)) options_.policies.emplace_back("default.yaml", kAllowAll);
  for (const auto& [name, text] : options_.policies) write_file(folder_ / "policies" / name, text);
  if (options_.start) start();
}

void TestHost::start() {
  NotifySocket ready(folder_ / "notify");
  std::vector<std::string> argv{built_program("paddockd"), "--state-dir",  state_dir().string(),           "--socket",
                                socket_.string(),          "--policy-dir", (folder_ / "policies").string()};
  argv.insert(argv.end(), options_.arguments.begin(), options_.arguments.end());
  std::vector<std::string> environment = environment_;
  environment.push_back("NOTIFY_SOCKET=" + (folder_ / "notify").string());
  daemon_ = std::make_unique<Program>(argv, environment);
  if (!ready.wait_ready(kPatience)) {
    daemon_->signal(SIGKILL);
    const Finished end = daemon_->wait();
    throw std::runtime_error("paddockd did not become ready: " + end.err);
  }
}

void TestHost::kill() {
  daemon_->signal(SIGKILL);
  (void)daemon_->wait();
}

Finished TestHost::stop() {
  daemon_->signal(SIGTERM);
  Finished end = daemon_->wait();
  daemon_.reset();
  return end;
}

TestHost::~TestHost() {
  try {
    if (!daemon_) return;
    const json::value all = api().get("/v1/sessions?limit=1000").json();
    for (const json::value& item : all.at("items").as_array()) {
      if (item.at("state") == "exited") continue;
      const std::string id(item.at("id").as_string());
      (void)api().post("/v1/sessions/" + id + "/actions", {{"type", "kill"}});
      (void)api().get("/v1/sessions/" + id + "/wait?state=exited&timeout=30s");
    }
    (void)stop();
  } catch (const std::exception&) {
    daemon_.reset();  // a test that broke its host has already failed
  }
}

Finished TestHost::paddock(std::vector<std::string> arguments, std::string input) const {
  arguments.insert(arguments.begin(), {built_program("paddock"), "--host", "unix:" + socket_.string()});
  return Program::run(std::move(arguments), environment_, std::move(input));
}

std::unique_ptr<Program> TestHost::start_paddock(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {built_program("paddock"), "--host", "unix:" + socket_.string()});
  return std::make_unique<Program>(std::move(arguments), environment_);
}

std::string TestHost::run(const json::object& request) const {
  return std::string(checked(api().post("/v1/sessions", request), "start").at("id").as_string());
}

json::object TestHost::wait(const std::string& session, const std::string& states) const {
  return checked(api().get("/v1/sessions/" + session + "/wait?timeout=60s&state=" + states), "wait for " + states);
}

json::object TestHost::session(const std::string& session) const {
  return checked(api().get("/v1/sessions/" + session), "session");
}

std::vector<json::object> TestHost::events(const std::string& session) const {
  std::vector<json::object> all;
  std::uint64_t after = 0;
  for (;;) {
    const json::object page =
        checked(api().get("/v1/sessions/" + session + "/events?limit=1000&after=" + std::to_string(after)), "events");
    const json::array& items = page.at("items").as_array();
    if (items.empty()) return all;
    for (const json::value& item : items) all.push_back(item.as_object());
    after = items.back().at("seq").to_number<std::uint64_t>();
  }
}

std::string TestHost::approval(const std::string& session) const {
  const json::object blocked = wait(session, "blocked,exited");
  const json::array& open = blocked.at("pending_approvals").as_array();
  if (open.empty()) throw std::runtime_error("nothing waits for a person: " + json::serialize(blocked));
  return std::string(open.front().at("ref").as_string());
}

json::object TestHost::act(const std::string& session, const json::object& action) const {
  return checked(api().post("/v1/sessions/" + session + "/actions", action), "action");
}

std::vector<json::object> of_kind(const std::vector<json::object>& events, std::string_view kind) {
  std::vector<json::object> found;
  for (const json::object& event : events) {
    if (event.at("kind").as_string() == kind) found.push_back(event);
  }
  return found;
}

}  // namespace paddock::support
