// A host that answers what a test tells it to: real HTTP on a Unix socket, no sessions behind it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/json/value.hpp>

#include "support/program.hpp"
#include "support/scratch.hpp"

namespace paddock {

/// What the command line asked.
struct Asked {
  std::string method, target, body;
  std::map<std::string, std::string> headers;  ///< names in lower case

  boost::json::value json() const;
};

/// What it is told: a status and a body, and for a stream the pieces that follow.
struct Told {
  unsigned status = 200;
  std::string body = "{}";
  std::vector<std::string> lines{};  ///< of a stream; not empty or `stream` set: sent as chunks
  bool stream = false;
  bool hold = false;  ///< a stream that stays open after its lines until the test is over or says more()
};

class FakeHost {
 public:
  /// Called from the connections' threads, one at a time.
  using Handler = std::function<Told(const Asked&)>;

  explicit FakeHost(Handler handler);
  ~FakeHost();

  std::string address() const { return "unix:" + (folder_ / "s").string(); }
  const support::ScratchFolder& folder() const { return folder_; }

  /// Sends a line on every held stream, or ends them with an empty one.
  void more(const std::string& line);
  /// Everything asked so far.
  std::vector<Asked> asked() const;
  /// Waits until a request with this method whose target begins so came; false when it never did.
  bool wait_for(const std::string& method, const std::string& target) const;

  /// Runs the command line against this host.
  support::Finished paddock(std::vector<std::string> arguments, std::string input = {}) const;
  std::vector<std::string> environment() const;

 private:
  struct Server;
  support::ScratchFolder folder_;
  std::unique_ptr<Server> server_;
};

/// The built command line.
std::string paddock_program();

}  // namespace paddock
