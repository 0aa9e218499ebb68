// An adapter library loaded for a test.
#pragma once

#include <stdexcept>
#include <string>

#include <dlfcn.h>

#include "paddock/adapter.h"

namespace paddock::sdk::testing {

/// Holds a library. It stays mapped until the process ends, as adapters may do anyway.
class Library final {
 public:
  /// Loads `path` (absolute, or with a slash); throws std::runtime_error with the linker's words.
  explicit Library(const std::string& path) {
    void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* symbol = handle != nullptr ? ::dlsym(handle, "paddock_adapter_v1") : nullptr;
    if (symbol == nullptr) {
      const char* why = ::dlerror();  // NOLINT(concurrency-mt-unsafe): glibc keeps it per thread
      throw std::runtime_error(why != nullptr ? why : path + ": no adapter");
    }
    adapter_ = static_cast<const pdk_adapter*>(symbol);
  }

  const pdk_adapter& adapter() const noexcept { return *adapter_; }

 private:
  const pdk_adapter* adapter_;
};

}  // namespace paddock::sdk::testing
