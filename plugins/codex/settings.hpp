// What a launch and later wishes say about how Codex shall run, as parameters of its requests.
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "paddock/launch.hpp"

namespace paddock::codex {

namespace json = boost::json;

/// The settings of one session. Changes hold from the next turn on: Codex takes them with turn/start.
class Settings final {
 public:
  /// Throws Refusal when an option has a value that Codex does not know.
  explicit Settings(const sdk::Launch& launch);

  /// Parameters of thread/start, or of thread/resume when the launch goes on with a thread.
  json::object thread_params() const;
  /// Parameters of turn/start; changes since the last turn go with it and are then done.
  json::object turn_params(std::string_view thread, std::string_view text);
  /// Parameters of turn/steer.
  static json::object steer_params(std::string_view thread, std::string_view turn, std::string_view text);

  /// The body of a SET command; false when it asks for nothing that is known.
  bool set(const json::object& wish);

  /// The thread to go on with; empty for a new one.
  const std::string& resume() const { return resume_; }
  bool keep_open() const { return keep_open_; }
  /// The model the agent says it uses; a plan-mode turn must name it.
  void model_is(std::string_view model) { model_ = model; }
  const std::string& model() const { return model_; }

 private:
  json::object config() const;

  json::object options_;
  std::string resume_, workdir_, model_;
  std::string approval_, sandbox_;
  bool keep_open_ = false;
  json::object changes_;  // fields of the next turn/start
};

}  // namespace paddock::codex
