// A WebSocket client for tests, with blocking calls.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace paddock::support {

/// Throws when the host cannot be reached, refuses the upgrade, or nothing comes in time.
class WebSocket {
 public:
  WebSocket(const std::filesystem::path& socket, const std::string& target);
  ~WebSocket();
  WebSocket(WebSocket&&) noexcept;

  struct Message {
    bool binary = false;
    std::string bytes;
  };
  /// Nothing when the host has closed it.
  std::optional<Message> next();
  /// Reads until a text message of that type; binary ones on the way go to shown().
  boost::json::object note(std::string_view type);
  /// Reads until `text` was in what binary messages brought since the last call.
  void until_shown(std::string_view text);
  const std::string& shown() const { return shown_; }

  void send(std::string_view bytes);
  void say(const boost::json::object& note);

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
  std::string shown_;
  std::size_t seen_ = 0;
};

}  // namespace paddock::support
