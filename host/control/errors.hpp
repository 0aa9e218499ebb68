// Codes of errors that came as text: from a runner, or from the store.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace paddock::control {

/// The code of that stable name; `internal` when there is none.
base::Errc errc_of(std::string_view name) noexcept;

}  // namespace paddock::control
