// A host never takes the socket, or any other file, from somebody who still uses it.
#include "api/socket_path.hpp"

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/unique_fd.hpp"
#include "support/scratch.hpp"

namespace paddock::api {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class SocketPath : public testing::Test {
 protected:
  base::UniqueFd bound() const {
    base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path().c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return fd;
  }
  fs::path path() const { return folder_ / "s"; }

  support::ScratchFolder folder_;
};

TEST_F(SocketPath, ThatIsFreeIsFree) { EXPECT_TRUE(clear_socket_path(path())); }

TEST_F(SocketPath, LeftByAnEndedProgramIsCleared) {
  bound().reset();
  ASSERT_TRUE(fs::exists(path()));
  EXPECT_TRUE(clear_socket_path(path()));
  EXPECT_FALSE(fs::exists(path()));
}

TEST_F(SocketPath, OfALivingProgramIsRefusedWithItsPid) {
  const base::UniqueFd fd = bound();
  ASSERT_EQ(::listen(fd.get(), 1), 0);
  const auto cleared = clear_socket_path(path());
  ASSERT_FALSE(cleared);
  EXPECT_EQ(cleared.error().code, base::Errc::already_exists);
  EXPECT_THAT(cleared.error().detail, HasSubstr("in use by pid " + std::to_string(::getpid())));
  EXPECT_TRUE(fs::exists(path()));
}

TEST_F(SocketPath, OfAProgramTooBusyToAnswerIsRefusedToo) {
  const base::UniqueFd fd = bound();
  ASSERT_EQ(::listen(fd.get(), 0), 0);
  EXPECT_FALSE(clear_socket_path(path()));
  EXPECT_FALSE(clear_socket_path(path())) << "the queue is full now";
  EXPECT_TRUE(fs::exists(path()));
}

TEST_F(SocketPath, ThatIsAnotherFileStaysAsItIs) {
  support::write_file(path(), "precious");
  const auto cleared = clear_socket_path(path());
  ASSERT_FALSE(cleared);
  EXPECT_EQ(cleared.error().code, base::Errc::bad_config);
  EXPECT_THAT(cleared.error().detail, HasSubstr("is no socket"));
  EXPECT_EQ(support::read_file(path()), "precious");
}

TEST_F(SocketPath, ThatIsALinkIsNotFollowed) {
  support::write_file(folder_ / "target", "precious");
  fs::create_symlink(folder_ / "target", path());
  EXPECT_FALSE(clear_socket_path(path()));
  EXPECT_TRUE(fs::is_symlink(path()));
}

}  // namespace
}  // namespace paddock::api
