// The adapters of this host: which were found, which are refused and why, what their agents look like.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "adapter/manifest.hpp"
#include "adapter/refusal.hpp"
#include "base/error.hpp"
#include "config/host_config.hpp"
#include "metrics/registry.hpp"
#include "session/record.hpp"

namespace paddock::control {

/// One library as `paddock-runner --describe` told of it.
struct Found {
  std::filesystem::path file;
  boost::json::object said;  ///< a description or a refusal; empty: the child that looked died
  std::string problem;       ///< then: how
};

/// The adapters in force and the refused libraries. A value; a scan makes a new one. Pure.
class Catalogue {
 public:
  /// Sorts what was found: the first of an id wins, later ones are `duplicate`. `found` in the order of the
  /// search folders.
  static Catalogue make(const std::vector<Found>& found);

  /// Adds a library that was not looked into because `adapters.allow` does not name it.
  void skip(const std::filesystem::path& file);

  /// Adds the adapters that the configuration makes of those in force. One whose library is missing, whose id
  /// is taken or whose options do not fit is refused. A session cannot change what an entry says.
  void configure(const std::vector<config::AdapterEntry>& entries);

  /// Nothing when there is none of that id in force.
  const adapter::Description* find(std::string_view id) const;
  /// Why the library of that id or file stem is refused, if it is.
  const adapter::Refusal* refusal_of(std::string_view id) const;

  const std::map<std::string, adapter::Description, std::less<>>& accepted() const noexcept { return accepted_; }
  const std::vector<adapter::Refusal>& refused() const noexcept { return refused_; }

  /// Takes the verdict of a probe: {state, version?, login, detail}.
  void set_probe(std::string_view id, boost::json::object verdict);

  /// As GET /v1/adapters shows them: accepted ones by id, then refused ones by file.
  std::vector<boost::json::object> to_json() const;
  base::Result<boost::json::object> to_json(std::string_view id) const;
  std::vector<metrics::AdapterSample> samples() const;

 private:
  boost::json::object entry(const adapter::Description& description) const;

  std::map<std::string, adapter::Description, std::less<>> accepted_;
  std::map<std::string, boost::json::object, std::less<>> probes_;
  std::vector<adapter::Refusal> refused_;
};

/// Whether an adapter can start a session of that mode, and resume when `resume` is asked. Fails with `unsupported`.
base::Result<> supports(const adapter::Description& adapter, session::Mode mode, bool resume);

/// The libraries (*.so) of the folders, in the order of the folders and of names; folders that do not exist
/// are skipped.
std::vector<std::filesystem::path> find_libraries(const std::vector<std::filesystem::path>& folders);

}  // namespace paddock::control
