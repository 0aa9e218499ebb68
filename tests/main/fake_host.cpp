// One thread per connection, each answers one request.
#include "fake_host.hpp"

#include <algorithm>
#include <list>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>

namespace paddock {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using Socket = asio::local::stream_protocol::socket;

boost::json::value Asked::json() const { return boost::json::parse(body); }

struct FakeHost::Server {
  Server(const std::string& path, Handler handle)
      : handler(std::move(handle)), acceptor(context, asio::local::stream_protocol::endpoint(path)) {
    thread = std::thread([this] { accept(); });
  }

  ~Server() {
    {
      const std::scoped_lock lock(mutex);
      over = true;
    }
    changed.notify_all();
    boost::system::error_code ec;
    Socket wake(context);
    wake.connect(acceptor.local_endpoint(), ec);
    thread.join();
    for (std::thread& connection : connections) connection.join();
  }

  void accept() {
    for (;;) {
      boost::system::error_code ec;
      Socket socket(context);
      acceptor.accept(socket, ec);
      const std::scoped_lock lock(mutex);
      if (over) return;
      if (!ec) connections.emplace_back(&Server::serve, this, std::move(socket));
    }
  }

  void serve(Socket socket) {
    boost::system::error_code ec;
    boost::beast::flat_buffer buffer;
    http::request<http::string_body> request;
    http::read(socket, buffer, request, ec);
    if (ec) return;
    Asked one{std::string(request.method_string()), std::string(request.target()), request.body(), {}};
    for (const auto& field : request) {
      std::string name(field.name_string());
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return char(std::tolower(c)); });
      one.headers[name] = std::string(field.value());
    }
    Told told;
    {
      const std::scoped_lock lock(mutex);
      told = handler(one);
      asked.push_back(one);
    }
    changed.notify_all();
    told.stream || told.hold || !told.lines.empty() ? answer_stream(socket, told) : answer(socket, told);
  }

  static void answer(Socket& socket, const Told& told) {
    boost::system::error_code ec;
    http::response<http::string_body> response(http::status(told.status), 11);
    response.set(http::field::content_type, told.status < 300 ? "application/json" : "application/problem+json");
    response.keep_alive(false);
    response.body() = told.status == 204 ? "" : told.body;
    response.prepare_payload();
    http::write(socket, response, ec);
  }

  static bool chunk(Socket& socket, const std::string& text) {
    boost::system::error_code ec;
    asio::write(socket, http::make_chunk(asio::buffer(text)), ec);
    return !ec;
  }

  void answer_stream(Socket& socket, const Told& told) {
    boost::system::error_code ec;
    http::response<http::empty_body> response(http::status(told.status), 11);
    response.chunked(true);
    http::response_serializer<http::empty_body> serializer(response);
    http::write_header(socket, serializer, ec);
    for (const std::string& line : told.lines) chunk(socket, line + "\n");
    std::unique_lock lock(mutex);
    for (std::size_t sent = 0; told.hold;) {
      changed.wait(lock, [&] { return over || said.size() > sent; });
      if (over || said.size() <= sent || said[sent].empty()) break;
      const std::string line = said[sent++];
      lock.unlock();
      const bool written = chunk(socket, line + "\n");
      lock.lock();
      if (!written) break;
    }
    lock.unlock();
    asio::write(socket, http::make_chunk_last(), ec);
  }

  Handler handler;
  asio::io_context context;
  asio::local::stream_protocol::acceptor acceptor;
  std::thread thread;
  std::list<std::thread> connections;
  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  std::vector<Asked> asked;
  std::vector<std::string> said;
  bool over = false;
};

FakeHost::FakeHost(Handler handler) : server_(std::make_unique<Server>((folder_ / "s").string(), std::move(handler))) {}
FakeHost::~FakeHost() = default;

void FakeHost::more(const std::string& line) {
  {
    const std::scoped_lock lock(server_->mutex);
    server_->said.push_back(line);
  }
  server_->changed.notify_all();
}

std::vector<Asked> FakeHost::asked() const {
  const std::scoped_lock lock(server_->mutex);
  return server_->asked;
}

bool FakeHost::wait_for(const std::string& method, const std::string& target) const {
  std::unique_lock lock(server_->mutex);
  return server_->changed.wait_for(lock, support::kPatience, [&] {
    return std::ranges::any_of(
        server_->asked, [&](const Asked& asked) { return asked.method == method && asked.target.starts_with(target); });
  });
}

std::string paddock_program() { return std::string(PADDOCK_BUILD_DIR) + "/bin/paddock"; }

std::vector<std::string> FakeHost::environment() const {
  auto environment = support::clean_environment((folder_ / "home").string());
  std::erase_if(environment, [](const std::string& entry) { return entry.starts_with("TERM="); });
  environment.push_back("PADDOCK_HOST=" + address());
  environment.push_back("TERM=xterm");
  return environment;
}

support::Finished FakeHost::paddock(std::vector<std::string> arguments, std::string input) const {
  arguments.insert(arguments.begin(), paddock_program());
  return support::Program::run(std::move(arguments), environment(), std::move(input), folder_.path().string());
}

}  // namespace paddock
