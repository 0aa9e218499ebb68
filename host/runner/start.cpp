// Launching, one step after the other.
#include "runner/start.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/files.hpp"
#include "base/limits.hpp"
#include "link/frame.hpp"
#include "link/message.hpp"
#include "session/fields.hpp"

namespace paddock::runner {
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

// Under general memory pressure an agent is a better victim than those who look after it.
constexpr int kAgentOomScore = 200;
constexpr int kInputPipeBytes = 4096;

base::Result<> read_exactly(int socket, char* into, std::size_t size, base::MonoTime deadline) {
  while (size > 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - base::mono_now());
    pollfd ready{socket, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&ready, 1, int(left.count())) == 0) {
      return base::fail(base::Errc::timeout, "no launch came over the link");
    }
    const ssize_t got = ::recv(socket, into, size, 0);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return base::fail(base::Errc::lost, "the link ended before a launch came");
    into += got;
    size -= std::size_t(got);
  }
  return {};
}

std::vector<std::string> programs_of(const AdapterProcess& adapter) {
  std::vector<std::string> out;
  const json::value* list = adapter.description().if_contains("programs");
  if (list == nullptr || !list->is_array()) return out;
  for (const json::value& item : list->get_array()) {
    if (item.is_string()) out.emplace_back(item.get_string());
  }
  return out;
}

base::Result<> write_planned(const fs::path& folder, const session::PlannedFile& file) {
  const fs::path path = folder / file.path;
  for (fs::path part = folder; const auto& name : fs::path(file.path).parent_path()) {
    part /= name;
    if (auto made = base::make_private_folder(part); !made) return made;
  }
  const base::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return base::fail_errno(fmt::format("cannot create '{}'", path.string()), errno);
  if (auto put = base::write_all(fd.get(), file.text); !put) return put;
  if (::fchmod(fd.get(), file.mode) != 0) {
    return base::fail_errno(fmt::format("cannot set the mode of '{}'", path.string()), errno);
  }
  return {};
}

base::Result<> write_files(const session::Launch& launch, const session::Plan& plan) {
  if (plan.files.empty()) return {};
  const fs::path folder = fs::path(launch.session_dir) / "files";
  if (auto made = base::make_private_folder(folder); !made) return made;
  for (const session::PlannedFile& file : plan.files) {
    if (auto written = write_planned(folder, file); !written) return written;
  }
  return {};
}

std::string_view path_of(const std::vector<std::string>& environment) {
  constexpr std::string_view kName = "PATH=";
  for (const std::string& entry : environment) {
    if (entry.starts_with(kName)) return std::string_view(entry).substr(kName.size());
  }
  return "/usr/local/bin:/usr/bin:/bin";
}

base::Result<process::Child> start_agent(const session::Launch& launch, const session::Plan& plan,
                                         const cgroup::Group& group) {
  auto environment = session::environment_for(plan, launch.environment, launch.secrets);
  if (!environment) return environment.error();
  auto program = process::resolve_program(plan.argv.front(), path_of(*environment));
  if (!program) return program.error();
  process::Spec spec;
  spec.argv = plan.argv;
  spec.program = std::move(*program);
  spec.environment = std::move(*environment);
  spec.workdir = plan.cwd.empty() ? launch.workdir : plan.cwd;
  spec.transport = plan.pty ? process::Transport::pty : process::Transport::pipes;
  spec.rows = plan.rows;
  spec.cols = plan.cols;
  spec.cgroup_procs_fds = group.procs_fds();
  spec.cgroup_dir_fd = group.dir_fd();
  spec.oom_score_adj = kAgentOomScore;
  auto child = process::start(spec);
  // A pipe of one page is writable again only when all of it was read: so the kernel itself tells when
  // the agent has taken what was sent.
  if (child && child->in) (void)::fcntl(child->in.get(), F_SETPIPE_SZ, kInputPipeBytes);
  return child;
}

}  // namespace

cgroup::GroupPaths group_paths_of(const json::object& object) {
  session::Fields fields(object, "group");
  cgroup::GroupPaths paths;
  paths.session = fields.text("session");
  paths.v1 = fields.text_map("v1");
  paths.v2 = fields.text("v2");
  paths.v2_has_controllers = fields.flag("v2_has_controllers");
  return paths;
}

base::Result<session::Launch> receive_launch(int socket) {
  const auto deadline = base::mono_now() + base::limits::runner_start;
  std::array<char, 4> head{};
  if (auto got = read_exactly(socket, head.data(), head.size(), deadline); !got) return got.error();
  link::FrameReader reader;
  reader.feed({head.data(), head.size()});
  std::uint32_t size = 0;
  for (std::size_t i = head.size(); i-- > 0;) size = (size << 8U) | std::uint8_t(head.at(i));
  std::string body(std::min<std::size_t>(size, base::limits::link_frame_bytes), '\0');
  if (auto got = read_exactly(socket, body.data(), body.size(), deadline); !got) return got.error();
  reader.feed(body);
  auto message = reader.next();
  if (!message) return message.error();
  if (!*message) return base::fail(base::Errc::corrupt, "the launch message is cut off");
  auto known = link::to_runner(**message);
  if (!known) return known.error();
  auto* launch = std::get_if<link::Launch>(&*known);
  if (launch == nullptr) return base::fail(base::Errc::corrupt, "the first message on the link is no launch");
  return std::move(launch->launch);
}

base::Result<Session> start_session(session::Launch launch, std::unique_ptr<AdapterProcess> adapter) {
  if (adapter->library() != launch.adapter_file) {
    return base::fail(base::Errc::internal, fmt::format("this runner was started for the adapter '{}', not for '{}'",
                                                        adapter->library().string(), launch.adapter_file));
  }
  if (auto loaded = adapter->greet(); !loaded) return loaded.error();
  const std::string request = json::serialize(launch.adapter_request);
  auto text = adapter->plan(request);
  if (!text) return text.error();
  auto plan = session::plan_from_json(*text, programs_of(*adapter));
  if (!plan) return plan.error();
  const bool wants_terminal = session::text_or_empty(launch.adapter_request, "mode") == "interactive";
  if (wants_terminal && !plan->pty) {
    return base::fail(base::Errc::adapter_refused,
                      "the adapter's plan has no terminal for an interactive session, nothing is started");
  }
  if (auto opened = adapter->open(request); !opened) return opened.error();
  if (auto written = write_files(launch, *plan); !written) return written.error();

  auto group = cgroup::Group::open(group_paths_of(launch.cgroup));
  if (!group) return group.error();
  auto journal = JournalWriter::create(launch.session_dir);
  if (!journal) return journal.error();
  const json::object first = setup_record(launch, *plan);
  if (auto put =
          journal->append(link::journal::Type::launch, event::Channel::none, stamp_now(), json::serialize(first));
      !put) {
    return put.error();
  }
  auto setup = setup_of(json::serialize(first));
  if (!setup) return setup.error();
  auto agent = start_agent(launch, *plan, *group);
  if (!agent) return agent.error();
  group->set_leader(agent->pid, agent->start_time, {adapter->pid()});
  return Session{std::move(launch),   std::move(setup->setup), std::move(adapter),
                 std::move(*journal), std::move(*group),       std::move(*agent)};
}

}  // namespace paddock::runner
