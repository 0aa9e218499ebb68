// Looking for adapters and their agents: children do it, so that a broken library harms nobody.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "control/catalogue.hpp"
#include "control/ground.hpp"

namespace paddock::control {

/// Use on the ground's strand.
class Adapters {
 public:
  explicit Adapters(Ground& ground) : ground_(ground) {}

  const Catalogue& catalogue() const noexcept { return catalogue_; }
  /// The first scan is over.
  bool scanned() const noexcept { return scanned_; }

  /// Describes every library of the adapter folders, all at once, each for at most describe_time. The result
  /// replaces the catalogue; what is refused is logged and counted once.
  boost::asio::awaitable<void> scan();

  /// Asks every adapter with a probe for its agent, all at once, each for at most probe_time.
  boost::asio::awaitable<void> probe();

  static constexpr std::chrono::seconds describe_time{5};  ///< a library whose constructors hang
  static constexpr std::chrono::seconds probe_time{20};    ///< some command lines need 5 s to tell their version

 private:
  boost::asio::awaitable<void> look_into(std::shared_ptr<Found> found, std::shared_ptr<Signal> done);
  boost::asio::awaitable<void> probe_one(std::string id, std::string file, std::shared_ptr<Signal> done);
  void report() const;

  Ground& ground_;
  Catalogue catalogue_;
  bool scanned_ = false;
};

}  // namespace paddock::control
