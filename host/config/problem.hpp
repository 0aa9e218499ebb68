// What is wrong in a configuration file, and where: everything at once, so that one look repairs it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "base/error.hpp"

namespace paddock::config {

/// One mistake in one file.
struct Problem {
  std::string file;
  unsigned line = 0;    ///< from 1; 0: the file as a whole
  unsigned column = 0;  ///< from 1, in bytes
  std::string path;     ///< of the key, e.g. "resources.memory.max"; empty: the document
  std::string detail;   ///< a sentence

  friend bool operator==(const Problem&, const Problem&) = default;
};

/// "file:line:column: path: sentence", as compilers write it, so editors jump there.
std::string to_string(const Problem& problem);

/// All mistakes of one load, by file and position. Never empty when it is a result's error.
struct Problems {
  std::vector<Problem> items;

  friend bool operator==(const Problems&, const Problems&) = default;
};

/// One line for each problem, each ended by '\n'.
std::string to_string(const Problems& problems);

/// The problems as one `bad_config` error: the first as the sentence (and how many more), every one in
/// `errors` with "file:line:column: path" as pointer.
base::Error to_error(const Problems& problems);

/// Called by Boost when the value of a failed Checked is taken: a bug, so it throws.
[[noreturn]] void throw_exception_from_error(const Problems& problems, const boost::source_location& where);

/// The value of a file without a mistake, or all its mistakes. A caller that has an old value keeps it.
template <class T>
using Checked = boost::system::result<T, Problems>;

}  // namespace paddock::config
