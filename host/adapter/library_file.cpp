// The list of the allowed, the mode and the hash of a library's file.
#include "adapter/library_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/sha.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "base/unique_fd.hpp"

namespace paddock::adapter {

namespace {

Refusal unreadable(const std::string& name, int errno_value) {
  return {name, "load",
          fmt::format("refused '{}': cannot load: {}", name, base::fail_errno("open", errno_value).detail), ""};
}

/// True when the configuration means this file: by its whole name or without the ".so".
bool means(std::string_view entry, const std::filesystem::path& file) {
  return entry == file.filename().string() || entry == file.stem().string();
}

Accepted<std::string> sha256_of(int fd, const std::string& name) {
  SHA256_CTX context;
  (void)SHA256_Init(&context);
  std::array<unsigned char, 16384> chunk;
  for (;;) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(name, errno);
    if (got == 0) break;
    (void)SHA256_Update(&context, chunk.data(), static_cast<std::size_t>(got));
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  (void)SHA256_Final(digest.data(), &context);
  std::string text;
  for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
  // Spelled out: a Refusal could be made of a text as well.
  return {boost::system::in_place_value, text};
}

}  // namespace

Accepted<std::string> check_file(const std::filesystem::path& file, const LoadPolicy& policy) {
  const std::string name = file.string();
  if (policy.allow &&
      std::none_of(policy.allow->begin(), policy.allow->end(), [&](const auto& e) { return means(e, file); })) {
    return Refusal{name, "not-listed", fmt::format("skipped '{}': not named in 'adapters.allow'", name),
                   "add it, or remove the file"};
  }
  const base::UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!fd || ::fstat(fd.get(), &info) != 0) return unreadable(name, errno);
  if (!S_ISREG(info.st_mode)) {
    return Refusal{name, "unsafe-file", fmt::format("refused '{}': not a regular file", name), ""};
  }
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Refusal{name, "unsafe-file",
                   fmt::format("refused '{}': writable by group or others (mode {:04o})", name, info.st_mode & 07777U),
                   "chmod go-w"};
  }
  if (!policy.hash && policy.sha256.empty()) return {boost::system::in_place_value, std::string()};
  auto hash = sha256_of(fd.get(), name);
  if (!hash) return hash;
  for (const auto& [entry, wanted] : policy.sha256) {
    if (means(entry, file) && wanted != *hash) {
      return Refusal{name, "hash", fmt::format("refused '{}': SHA-256 is {}, config expects {}", name, *hash, wanted),
                     "reinstall or update the config"};
    }
  }
  return hash;
}

}  // namespace paddock::adapter
