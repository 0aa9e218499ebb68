// An HTTP client for tests: one blocking connection to a host's Unix socket or TCP port.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

namespace paddock::support {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Reply {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;

  /// The body as JSON; throws when it is none.
  boost::json::value json() const;
  /// `code` of a problem document, else empty.
  std::string code() const;
};

/// Opens a connection for each call; throws when the host cannot be reached or does not answer in time.
class Client {
 public:
  explicit Client(std::filesystem::path socket) : socket_(std::move(socket)) {}
  explicit Client(unsigned short port) : port_(port) {}

  Reply get(std::string_view target, const Headers& headers = {}) const;
  Reply post(std::string_view target, const boost::json::value& body, const Headers& headers = {}) const;
  Reply del(std::string_view target, const Headers& headers = {}) const;
  Reply request(std::string_view method, std::string_view target, std::string_view body,
                const Headers& headers = {}) const;
  /// Sends `bytes` as they are and returns all that comes back until the host closes.
  std::string raw(std::string_view bytes) const;

  /// A streamed answer, read line by line.
  class Lines {
   public:
    struct Connection;
    explicit Lines(std::unique_ptr<Connection> connection);
    Lines(Lines&&) noexcept;
    ~Lines();
    int status() const noexcept;
    /// The next line, without its newline; nothing when the stream ended or nothing came in time.
    std::optional<std::string> next(std::chrono::milliseconds patience = std::chrono::seconds(60));

   private:
    std::unique_ptr<Connection> connection_;
  };
  Lines stream(std::string_view target, const Headers& headers = {{"Accept", "application/x-ndjson"}}) const;

 private:
  std::filesystem::path socket_;
  unsigned short port_ = 0;
};

}  // namespace paddock::support
