// Modes and models the agent offers, in each of the places where agents offer them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

namespace paddock::acp {

namespace json = boost::json;

/// Knows what can be chosen and how to ask for it.
class Modes final {
 public:
  /// A request and its parameters, the session's id excepted.
  struct Wish {
    std::string method;
    json::object params;
    std::string value;  ///< as the agent names it
  };

  /// Takes in the answer to session/new, load or resume, or an update: `modes`, `models`, `configOptions`.
  void take(const json::object& from);
  void mode_is(std::string_view id) { mode_ = id.substr(0, 1024); }
  void model_is(std::string_view id) { model_ = id.substr(0, 1024); }

  /// How to ask for a mode or a model; nothing when the agent does not offer it.
  std::optional<Wish> mode(std::string_view id) const;
  std::optional<Wish> model(std::string_view id) const;

  /// The current ones; empty when the agent does not say.
  const std::string& mode() const { return mode_; }
  const std::string& model() const { return model_; }

 private:
  /// A configuration option: its id and values.
  struct Option {
    std::string id;
    std::vector<std::string> values;
  };

  void take_options(const json::array& options);
  static std::optional<Wish> of_option(const Option& option, std::string_view value);

  std::vector<std::string> modes_, models_;
  Option mode_option_, model_option_;
  std::string mode_, model_;
};

}  // namespace paddock::acp
