// Bounds of HTTP and SQLite.
#include <thread>

#include <sqlite3.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "bounds.hpp"

namespace paddock::bench {
namespace {

using Local = boost::asio::local::stream_protocol;
namespace http = boost::beast::http;

/// Answers everything with 1 KiB until the client leaves.
void serve_one(Local::socket socket) {
  boost::beast::flat_buffer buffer;
  for (;;) {
    http::request<http::string_body> request;
    boost::system::error_code ec;
    http::read(socket, buffer, request, ec);
    if (ec) return;
    http::response<http::string_body> response(http::status::ok, 11, std::string(1024, 'x'));
    response.prepare_payload();
    http::write(socket, response, ec);
    if (ec) return;
  }
}

void must(int code) {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) throw std::runtime_error("sqlite");
}

}  // namespace

Samples bare_http(int rounds, const std::string& folder) {
  boost::asio::io_context io;
  const Local::endpoint endpoint(folder + "/bare.sock");
  Local::acceptor acceptor(io, endpoint);
  std::thread server([&] { serve_one(acceptor.accept()); });
  Samples samples;
  {
    Local::socket socket(io);
    socket.connect(endpoint);
    boost::beast::flat_buffer buffer;
    for (int i = 0; i < rounds; ++i) {
      http::request<http::string_body> request(http::verb::get, "/v1/sessions/x", 11);
      request.set(http::field::host, "localhost");
      samples.add(timed([&] {
        http::write(socket, request);
        http::response<http::string_body> response;
        http::read(socket, buffer, response);
      }));
    }
  }
  server.join();
  return samples;
}

double bare_store(int rows, int batch, std::size_t bytes, const std::string& folder) {
  sqlite3* db = nullptr;
  must(sqlite3_open((folder + "/bare.db").c_str(), &db));
  must(sqlite3_exec(db,
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                    "CREATE TABLE e(seq INTEGER PRIMARY KEY, session TEXT, number INTEGER, data TEXT,"
                    " UNIQUE(session, number))",
                    nullptr, nullptr, nullptr));
  sqlite3_stmt* insert = nullptr;
  must(sqlite3_prepare_v2(db, "INSERT INTO e(session, number, data) VALUES('s', ?, ?)", -1, &insert, nullptr));
  const std::string payload(bytes, 'x');
  const Micros took = timed([&] {
    for (int i = 0; i < rows; ++i) {
      if (i % batch == 0) must(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr));
      must(sqlite3_bind_int(insert, 1, i));
      must(sqlite3_bind_text(insert, 2, payload.data(), int(payload.size()), SQLITE_STATIC));
      must(sqlite3_step(insert));
      must(sqlite3_reset(insert));
      if (i % batch == batch - 1 || i == rows - 1) must(sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr));
    }
  });
  must(sqlite3_finalize(insert));
  must(sqlite3_close(db));
  return double(rows) / took.count() * 1e6;
}

}  // namespace paddock::bench
