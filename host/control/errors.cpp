// The way back from a code's name.
#include "control/errors.hpp"

#include <cstdint>

namespace paddock::control {

base::Errc errc_of(std::string_view name) noexcept {
  for (auto value = std::uint16_t(base::Errc::internal); value <= std::uint16_t(base::Errc::lost); ++value) {
    if (base::name(base::Errc(value)) == name) return base::Errc(value);
  }
  return base::Errc::internal;
}

}  // namespace paddock::control
