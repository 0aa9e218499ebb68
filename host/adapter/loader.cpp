// The one place that maps a library, and the one place that touches Boost.DLL.
#include "adapter/loader.hpp"

#include <exception>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <boost/dll/shared_library.hpp>

#include "adapter/library_file.hpp"

namespace paddock::adapter {

struct Library::Mapping {
  boost::dll::shared_library library;
};

Library::Library(std::unique_ptr<Mapping> mapping, const pdk_adapter* table, Description description)
    : mapping_(std::move(mapping)), table_(table), description_(std::move(description)) {}
Library::Library(Library&&) noexcept = default;
Library& Library::operator=(Library&&) noexcept = default;
Library::~Library() = default;

namespace {

constexpr const char* our_symbol = "paddock_adapter_v1";

/// The linker's own words out of what Boost.DLL wraps around them.
std::string linker_words(std::string_view what) {
  constexpr std::string_view before = "dlerror system message: ";
  if (const std::size_t at = what.find(before); at != std::string_view::npos) what.remove_prefix(at + before.size());
  if (const std::size_t end = what.rfind("): "); end != std::string_view::npos) what = what.substr(0, end);
  return std::string(what);
}

Refusal no_symbol(const boost::dll::shared_library& library, const std::string& file) {
  // Later majors are looked for only to say which program would fit.
  for (unsigned major = 2; major < 10; ++major) {
    const std::string other = fmt::format("paddock_adapter_v{}", major);
    if (!library.has(other)) continue;
    return {file, "symbol", fmt::format("refused '{}': no symbol '{}' (found '{}')", file, our_symbol, other),
            fmt::format("this host speaks major {}", PDK_ABI_MAJOR)};
  }
  return {file, "symbol", fmt::format("refused '{}': no symbol '{}'", file, our_symbol),
          "not an adapter, or its PADDOCK_ADAPTER() line is missing"};
}

}  // namespace

Accepted<Library> load(const std::filesystem::path& file, const LoadPolicy& policy) {
  const std::filesystem::path path = std::filesystem::absolute(file);
  const std::string name = path.string();
  auto hash = check_file(path, policy);
  if (!hash) return hash.error();
  auto mapping = std::make_unique<Library::Mapping>();
  try {
    // The overload with an error_code loses the linker's words.
    mapping->library.load(path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  } catch (const std::exception& error) {
    return Refusal{name, "load", fmt::format("refused '{}': cannot load: {}", name, linker_words(error.what())), ""};
  }
  if (!mapping->library.has(our_symbol)) return no_symbol(mapping->library, name);
  const pdk_adapter& table = mapping->library.get<const pdk_adapter>(our_symbol);
  auto description = read_manifest(table, name);
  if (!description) return description.error();
  description->sha256 = *hash;
  return Library(std::move(mapping), &table, *std::move(description));
}

}  // namespace paddock::adapter
