// What an adapter says about itself, checked and copied out of its library.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "adapter/refusal.hpp"
#include "paddock/adapter.h"

namespace paddock::adapter {

/// An accepted adapter as a value; nothing in it points into the library.
struct Description {
  std::string file;
  std::string id, name, version, vendor, license, summary;
  boost::json::array modes;     ///< [{mode, transport, resume, commands}]
  boost::json::object options;  ///< JSON Schema of the adapter's own settings, may be empty
  boost::json::array programs;  ///< what a plan may start; ["*"] means any
  boost::json::array tested;    ///< versions of the agent
  std::string abi;              ///< "1.0", of the header it was compiled with
  std::uint32_t event_schema = 0;
  std::string sha256;                   ///< of the file, lower-case hexadecimal
  std::vector<std::string> extensions;  ///< those of ours that it offers, e.g. "paddock.probe/1"
  std::string library;                  ///< of one that the configuration makes: whose library it is
  boost::json::object preset;           ///< then: its options. Neither is part of to_json()
};

/// The fields by their names, as `paddock-runner --describe` prints them.
boost::json::object to_json(const Description& description);

/// Reads to_json()'s form; nothing when a field is missing or of another type.
std::optional<Description> description_from_json(const boost::json::object& object);

/// Checks the function table and the manifest of a mapped library, in the order size, version,
/// manifest, completeness, and copies what it says. Every problem of the manifest, and every gap, is
/// collected before it is refused. Runs no code of the adapter except `extension`. `sha256` stays empty.
Accepted<Description> read_manifest(const pdk_adapter& table, const std::string& file);

}  // namespace paddock::adapter
