// A session that is one of several kinds, chosen by the launch.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "paddock/session.hpp"

namespace paddock::acp {

/// Hands every call to the session it was made with.
class Either : public sdk::Session {
 public:
  explicit Either(std::unique_ptr<sdk::Session> chosen) : chosen_(std::move(chosen)) {}

  void started(sdk::Now now, sdk::Sink& sink) override { chosen_->started(now, sink); }
  void feed(sdk::Now now, std::uint32_t channel, std::string_view bytes, sdk::Sink& sink) override {
    chosen_->feed(now, channel, bytes, sink);
  }
  void eof(sdk::Now now, std::uint32_t channel, sdk::Sink& sink) override { chosen_->eof(now, channel, sink); }
  sdk::Status command(sdk::Now now, const sdk::Command& command, sdk::Sink& sink) override {
    return chosen_->command(now, command, sink);
  }
  void tick(sdk::Now now, sdk::Sink& sink) override { chosen_->tick(now, sink); }
  void exited(sdk::Now now, const sdk::Exit& exit, sdk::Sink& sink) override { chosen_->exited(now, exit, sink); }

 private:
  std::unique_ptr<sdk::Session> chosen_;
};

}  // namespace paddock::acp
