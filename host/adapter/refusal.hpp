// Why an adapter library was not loaded, in words that tell an operator what to do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

namespace paddock::adapter {

/// One refused library. `code` is one of the stable words of sdk/README.md (not-listed, unsafe-file,
/// hash, load, symbol, size, abi, manifest, incomplete, duplicate, quarantined).
struct Refusal {
  std::string file;
  std::string code;
  std::string message;  ///< names the file or id in 'quotes'
  std::string hint;     ///< what to do, may be empty

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// `{file, code, message, hint}`, as `GET /v1/adapters` shows it.
boost::json::object to_json(const Refusal& refusal);

/// The value, or why the adapter is refused.
template <class T>
using Accepted = boost::system::result<T, Refusal>;

/// Called by Boost when the value of a refused one is taken: a bug, so it throws.
[[noreturn]] void throw_exception_from_error(const Refusal& refusal, const boost::source_location& where);

/// The id is taken by a library that was accepted before.
Refusal refuse_duplicate(const std::filesystem::path& file, std::string_view id, const std::filesystem::path& other,
                         std::string_view other_version);

/// The adapter crashed too often; `last` says how and where, e.g. "SIGSEGV in feed".
Refusal refuse_quarantined(const std::filesystem::path& file, std::string_view id, unsigned crashes, unsigned minutes,
                           std::string_view last);

}  // namespace paddock::adapter
