// Maps adapter libraries. Only throw-away and adapter processes do that, never the daemon or a runner.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/manifest.hpp"
#include "adapter/refusal.hpp"
#include "paddock/adapter.h"

namespace paddock::adapter {

/// What the configuration says about libraries. The default accepts every safe file.
struct LoadPolicy {
  std::optional<std::vector<std::string>> allow;  ///< file names or stems; others are `not-listed`
  std::map<std::string, std::string> sha256;      ///< file name or stem -> expected hash
  bool hash = true;  ///< false: Description::sha256 stays empty when `sha256` expects nothing either
};

/// A mapped library. It stays mapped while this lives, and may stay longer.
class Library final {
 public:
  Library(Library&&) noexcept;
  Library& operator=(Library&&) noexcept;
  ~Library();

  const pdk_adapter& table() const noexcept { return *table_; }
  const Description& description() const noexcept { return description_; }

 private:
  friend Accepted<Library> load(const std::filesystem::path& file, const LoadPolicy& policy);
  struct Mapping;
  Library(std::unique_ptr<Mapping> mapping, const pdk_adapter* table, Description description);

  std::unique_ptr<Mapping> mapping_;
  const pdk_adapter* table_;
  Description description_;
};

/// Maps `file` (an absolute path) after checking policy, mode and hash, then checks symbol, size,
/// version, manifest and completeness. Mapping runs the library's static constructors.
Accepted<Library> load(const std::filesystem::path& file, const LoadPolicy& policy = {});

}  // namespace paddock::adapter
