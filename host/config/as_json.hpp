// A part of a file whose form somebody else knows: an adapter's options.
#pragma once

#include <boost/json/value.hpp>

#include "config/yaml.hpp"

namespace paddock::config {

/// `node` as JSON by YAML's core rules: true and false, whole numbers and decimal ones that are not in quotes;
/// every other scalar is text.
boost::json::value as_json(const Element& node);

}  // namespace paddock::config
