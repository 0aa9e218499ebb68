// Two ends of a link that talk, fall silent and go away.
#include "link/connection.hpp"

#include <gtest/gtest.h>
#include <unistd.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "link/socket.hpp"

namespace paddock::link {
namespace {
namespace asio = boost::asio;
namespace json = boost::json;

struct Ends {
  asio::io_context io;
  std::shared_ptr<Connection> here, there;
  Ends() {
    auto sockets = pair();
    here = Connection::make(io.get_executor(), std::move(sockets->first));
    there = Connection::make(io.get_executor(), std::move(sockets->second));
  }
};

struct Heard {
  std::vector<json::object> messages;
  std::optional<base::Error> end;
};

asio::awaitable<void> listen_to(std::shared_ptr<Connection> link, Heard& heard, std::size_t most) {
  while (heard.messages.size() < most) {
    auto message = co_await link->read();
    if (!message) {
      heard.end = message.error();
      co_return;
    }
    heard.messages.push_back(std::move(*message));
  }
}

void hear(Ends& ends, const std::shared_ptr<Connection>& link, Heard& heard, std::size_t most) {
  asio::co_spawn(ends.io, listen_to(link, heard, most), asio::detached);
}

TEST(Link, CarriesMessagesInOrder) {
  Ends ends;
  Heard heard;
  for (int i = 0; i < 1000; ++i) ends.here->send(*encode_frame({{"n", i}}));
  hear(ends, ends.there, heard, 1000);
  ends.io.run();

  ASSERT_EQ(heard.messages.size(), 1000U);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(heard.messages[std::size_t(i)].at("n").to_number<int>(), i);
}

TEST(Link, CarriesTheLargestMessage) {
  Ends ends;
  Heard heard;
  const std::string text(base::limits::link_frame_bytes - 20, 'x');
  ends.here->send(*encode_frame({{"t", text}}));
  hear(ends, ends.there, heard, 1);
  ends.io.run();

  ASSERT_EQ(heard.messages.size(), 1U);
  EXPECT_EQ(heard.messages.front().at("t").as_string(), text);
}

TEST(Link, SaysWhenEverythingWasTaken) {
  Ends ends;
  Heard heard;
  int drained = 0;
  ends.here->on_drained([&drained] { ++drained; });
  ends.here->send(*encode_frame({{"t", std::string(1U << 20U, 'x')}}));
  EXPECT_GT(ends.here->queued_bytes(), 0U);
  hear(ends, ends.there, heard, 1);
  ends.io.run();

  EXPECT_EQ(drained, 1);
  EXPECT_EQ(ends.here->queued_bytes(), 0U);
}

TEST(Link, DeliversWhatWasSentBeforeTheEnd) {
  Ends ends;
  Heard heard;
  ends.here->send(*encode_frame({{"t", std::string(1U << 20U, 'x')}}));
  ends.here->close_after_sending();
  ends.here->send(*encode_frame({{"late", true}}));
  hear(ends, ends.there, heard, 5);
  ends.io.run();

  EXPECT_EQ(heard.messages.size(), 1U);
  ASSERT_TRUE(heard.end);
  EXPECT_EQ(heard.end->code, base::Errc::lost);
}

TEST(Link, EndsAWaitingReadWhenItIsClosed) {
  Ends ends;
  Heard heard;
  hear(ends, ends.there, heard, 1);
  asio::post(ends.io, [&ends] { ends.there->close(); });
  ends.io.run();

  EXPECT_EQ(heard.end->code, base::Errc::lost);
  EXPECT_FALSE(ends.there->is_open());
}

TEST(Link, IsClosedRatherThanFilledWithoutEnd) {
  Ends ends;
  const std::string frame = *encode_frame({{"t", std::string(3U << 20U, 'x')}});
  for (int i = 0; i < 20; ++i) ends.here->send(frame);
  EXPECT_FALSE(ends.here->is_open());
  ends.io.run();
}

TEST(Link, TellsNonsenseFromSilence) {
  Ends ends;
  Heard heard;
  ends.here->send(std::string("\x02\x00\x00\x00[]", 6));
  hear(ends, ends.there, heard, 1);
  ends.io.run_for(std::chrono::seconds(5));

  ASSERT_TRUE(heard.end);
  EXPECT_EQ(heard.end->code, base::Errc::corrupt);
}

}  // namespace
}  // namespace paddock::link
