// One SQLite connection as this floor uses it: opened with our settings, statements prepared once,
// SQLite's errors turned into ours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

#include "base/error.hpp"

namespace paddock::store {

/// A stored value that does not fit its own rules; becomes an Error `corrupt`.
class Unreadable final : public std::exception {
 public:
  explicit Unreadable(std::string detail) : detail_(std::move(detail)) {}
  const char* what() const noexcept override { return detail_.c_str(); }

 private:
  std::string detail_;
};

/// An open database. Inside the floor SQLite's exceptions are used; guarded() turns them into values at
/// its edge. Use from one thread at a time.
class Connection {
 public:
  enum class Use : std::uint8_t { write, read };

  /// Opens the file and applies the settings. Throws SQLite::Exception.
  Connection(const std::filesystem::path& file, Use use);

  SQLite::Database& db() noexcept { return db_; }
  const std::filesystem::path& file() const noexcept { return file_; }

  /// The statement of that text, prepared at its first use and kept (at most 64), reset and without
  /// bindings. Valid until the next call.
  SQLite::Statement& statement(const std::string& sql);

  void exec(const char* sql) { db_.exec(sql); }
  std::int64_t number(const char* sql);

 private:
  std::filesystem::path file_;
  SQLite::Database db_;
  std::unordered_map<std::string, SQLite::Statement> statements_;
};

/// What SQLite's `code` means to a caller of this floor.
base::Errc errc_of(int sqlite_code) noexcept;

/// "cannot <doing> '<file>': <why>; <next>".
base::Error failure(std::string_view doing, const std::filesystem::path& file, const SQLite::Exception& why,
                    std::string_view next);

/// Runs `body` and turns what it throws into an error. `doing` and `next` complete its sentence.
template <class Body>
auto guarded(std::string_view doing, const std::filesystem::path& file, std::string_view next, Body&& body)
    -> base::Result<std::invoke_result_t<Body>> {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Body>>) {
      std::forward<Body>(body)();
      return {};
    } else {
      return std::forward<Body>(body)();
    }
  } catch (const SQLite::Exception& why) {
    return failure(doing, file, why, next);
  } catch (const Unreadable& why) {
    return base::fail(base::Errc::corrupt, std::string("cannot ") + std::string(doing) + " '" + file.string() +
                                               "': " + why.what() + "; " + std::string(next));
  }
}

}  // namespace paddock::store
