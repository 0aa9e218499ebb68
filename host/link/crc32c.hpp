// The check sum of the journal's records: CRC-32C, which processors compute themselves.
#pragma once

#include <cstdint>
#include <string_view>

namespace paddock::link {

/// Goes on with the check sum `so_far` (0 at first) over `bytes`. crc32c(0, "123456789") == 0xE3069283.
std::uint32_t crc32c(std::uint32_t so_far, std::string_view bytes) noexcept;

/// The same without the processor's own instruction; for machines that lack it, and to test against.
std::uint32_t crc32c_portable(std::uint32_t so_far, std::string_view bytes) noexcept;

}  // namespace paddock::link
