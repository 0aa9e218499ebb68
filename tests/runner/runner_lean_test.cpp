// What the processes of a session hold: no more than they need, and the adapter nothing that is not its own.
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/unique_fd.hpp"
#include "daemon_end.hpp"

namespace paddock::runner {
namespace {

/// One line of /proc/<pid>/maps.
struct Mapping {
  std::uint64_t begin = 0, end = 0;
  std::string rights, file;
};

std::vector<Mapping> mappings_of(pid_t pid) {
  std::vector<Mapping> found;
  std::ifstream in("/proc/" + std::to_string(pid) + "/maps");
  for (std::string line; std::getline(in, line);) {
    Mapping mapping;
    char dash = 0;
    std::string offset, device, inode;
    std::istringstream words(line);
    words >> std::hex >> mapping.begin >> dash >> mapping.end >> mapping.rights >> offset >> device >> inode >>
        mapping.file;
    found.push_back(mapping);
  }
  return found;
}

/// Whether `text` stands anywhere in memory that the process may write.
bool holds(pid_t pid, const std::string& text) {
  const std::string path = "/proc/" + std::to_string(pid) + "/mem";
  const base::UniqueFd memory(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  for (const Mapping& mapping : mappings_of(pid)) {
    if (!mapping.rights.starts_with("rw")) continue;
    std::string bytes(mapping.end - mapping.begin, '\0');
    const ssize_t got = ::pread(memory.get(), bytes.data(), bytes.size(), off_t(mapping.begin));
    if (got > 0 && bytes.find(text) != std::string::npos) return true;
  }
  return false;
}

/// Names of the shared libraries a process has mapped.
std::set<std::string> libraries_of(pid_t pid) {
  std::set<std::string> names;
  for (const Mapping& mapping : mappings_of(pid)) {
    const std::string name = mapping.file.substr(mapping.file.rfind('/') + 1);
    if (name.find(".so") != std::string::npos) names.insert(name);
  }
  return names;
}

#ifdef PADDOCK_SANITIZED
#define PADDOCK_NEED_PLAIN_PROCESS() GTEST_SKIP() << "a sanitizer brings libraries and mappings of its own"
#else
#define PADDOCK_NEED_PLAIN_PROCESS() \
  if (::geteuid() != 0) GTEST_SKIP() << "only root may look into an adapter process"
#endif

TEST(RunnerLean, HasNoSharedLibraryButTheCLibrary) {
  PADDOCK_NEED_PLAIN_PROCESS();
  RunnerRig rig;
  (void)rig.start({"wait"});
  EXPECT_THAT(libraries_of(rig.runner_pid()), testing::IsSubsetOf({"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"}));
  EXPECT_THAT(libraries_of(rig.adapter_pid()),
              testing::IsSubsetOf({"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "exec.so"}));
}

TEST(RunnerLean, TheAdapterNeverSeesSecretsOrTheEnvironmentOfTheAgent) {
  PADDOCK_NEED_PLAIN_PROCESS();
  RunnerRig rig;
  auto launch = rig.launch({"wait"});
  launch.secrets["TOKEN"] = "for-the-agent-alone-1";
  launch.environment.emplace_back("CANARY=for-the-agent-alone-2");
  launch.adapter_request["label"] = "for-the-adapter";
  (void)rig.start(std::move(launch));

  EXPECT_TRUE(holds(rig.adapter_pid(), "for-the-adapter")) << "this test does not see the adapter's memory";
  EXPECT_FALSE(holds(rig.adapter_pid(), "for-the-agent-alone"));
}

}  // namespace
}  // namespace paddock::runner
