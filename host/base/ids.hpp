// Names of objects: a prefix that says the kind, and a ULID that sorts by time of birth.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"

namespace paddock::base {

/// A fresh ULID: 26 characters of Crockford's base 32, 48 bits of wall time and 80 random bits.
/// Two made in one process sort in the order they were made. Thread-safe.
std::string make_ulid();

/// True when `text` could be a whole ULID.
bool is_ulid(std::string_view text) noexcept;

/// The id of one kind of object, e.g. Id<SessionTag> is "ses_01J...". Empty means "none".
template <class Tag>
class Id {
 public:
  Id() = default;
  static Id make() { return Id(std::string(Tag::prefix) + make_ulid()); }

  /// Accepts exactly a whole id of this kind; fails with `invalid_request`.
  static Result<Id> parse(std::string_view text) {
    if (!text.starts_with(Tag::prefix) || !is_ulid(text.substr(Tag::prefix.size()))) {
      return fail(Errc::invalid_request,
                  "'" + std::string(text) + "' is not an id of the form " + std::string(Tag::prefix) + "<ULID>");
    }
    return Id(std::string(text));
  }

  const std::string& str() const noexcept { return text_; }
  bool empty() const noexcept { return text_.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;  // NOLINT(modernize-use-nullptr): false alarm

 private:
  explicit Id(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

struct SessionTag {
  static constexpr std::string_view prefix = "ses_";
};
struct RuntimeTag {
  static constexpr std::string_view prefix = "run_";
};
struct ActionTag {
  static constexpr std::string_view prefix = "act_";
};
struct TokenTag {
  static constexpr std::string_view prefix = "tok_";
};
struct StreamTag {
  static constexpr std::string_view prefix = "str_";
};

using SessionId = Id<SessionTag>;  ///< one session, across restarts of its agent
using RuntimeId = Id<RuntimeTag>;  ///< one life of one agent process
using ActionId = Id<ActionTag>;    ///< one thing a person asked for
using TokenId = Id<TokenTag>;      ///< one access token
using StreamId = Id<StreamTag>;    ///< one event stream: changes when a database is made anew

}  // namespace paddock::base

template <class Tag>
struct std::hash<paddock::base::Id<Tag>> {
  std::size_t operator()(const paddock::base::Id<Tag>& id) const noexcept { return std::hash<std::string>()(id.str()); }
};
