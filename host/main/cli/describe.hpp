// Events, sessions and approvals in a few words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace paddock::cli {

/// What an event says, in one safe line without its kind.
std::string summary_of(const boost::json::object& event);

/// What an approval or question asks: "Bash: rm x (because)".
std::string request_text(std::string_view kind, const boost::json::object& data);

/// "blocked: approval", "exited: completed", "working".
std::string state_text(const boost::json::object& session);

/// Lower comes first: what needs a person, then what works, then what is over.
int attention(const boost::json::object& session);

/// How long ago the time under `key` was: "3m", or "-" when there is none.
std::string age_at(const boost::json::object& object, std::string_view key);

/// The size under `key`: "64.0 MiB", or "-" when there is none.
std::string bytes_at(const boost::json::object& object, std::string_view key);

/// All tokens of a usage object.
std::int64_t tokens_of(const boost::json::object& usage);

}  // namespace paddock::cli
