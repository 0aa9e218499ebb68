// The real agents' command lines against model servers on loopback: what the tests of this folder share.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "integration/integration.hpp"

namespace paddock::real {

namespace json = boost::json;
using support::TestHost;

/// A scripted model server, ended with the object.
class FakeModel {
 public:
  /// `script` is a file of tests/support/fake-models.
  explicit FakeModel(const std::string& script);

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  unsigned short port() const noexcept { return port_; }
  /// What it was asked and what it answered.
  json::array requests(const std::string& path) const;

 private:
  support::Program server_;
  unsigned short port_ = 0;
};

/// Tokens as the model server counts them: the truth that a session's usage must equal.
struct Tokens {
  std::uint64_t input = 0, output = 0, cache_read = 0, cache_write = 0, reasoning = 0;
};

/// One agent under test: how to start it and how its scenarios are called.
struct Agent {
  std::string name;         ///< also the adapter's id
  std::string script;       ///< its model server
  std::string plain;        ///< prompt: a short answer
  std::string counted;      ///< prompt: the same answer, with a number of its own for each kind of tokens
  std::string tool;         ///< prompt: a command that needs an approval and leaves the file `proof`
  std::string long_answer;  ///< prompt: many seconds of text
  std::string error_401, error_429, error_500;
  std::function<json::object(const FakeModel&, const std::string& home)> environment;
  std::function<Tokens(const FakeModel&)> truth;
  /// What these tokens cost, in micro-dollars; nothing for an agent that does not know its prices.
  std::function<std::optional<std::int64_t>(const Tokens&)> price;
  /// What the program itself said that it cost, by all that it wrote.
  std::function<std::optional<std::int64_t>(const std::string& output)> told;

  friend void PrintTo(const Agent& agent, std::ostream* out) { *out << agent.name; }
};

const std::vector<Agent>& agents();

/// Where tests/real/install put the programs.
std::string agents_folder();

}  // namespace paddock::real
