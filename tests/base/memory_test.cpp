// What starting a process used goes back to the kernel, and nothing else does.
#include "base/memory.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <memory>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace paddock::base {
namespace {

#ifdef PADDOCK_SANITIZED
#define PADDOCK_NEED_PLAIN_MEMORY() GTEST_SKIP() << "a sanitizer keeps its own account of memory"
#else
#define PADDOCK_NEED_PLAIN_MEMORY() (void)0
#endif

constexpr std::size_t kPage = 4096;

/// Fills 128 KiB of stack and returns the address of a page in the middle of it.
[[gnu::noinline]] std::uintptr_t use_stack() {
  std::array<volatile char, 32 * kPage> filled;
  std::ranges::fill(filled, char(1));
  return reinterpret_cast<std::uintptr_t>(filled.data() + filled.size() / 2) / kPage * kPage;
}

bool is_in_memory(std::uintptr_t page) {
  unsigned char state = 0;
  return ::mincore(reinterpret_cast<void*>(page), kPage, &state) == 0 && (state & 1U) != 0;
}

std::size_t resident_pages() {
  std::size_t size = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident;
}

TEST(GiveBackMemory, FreesStackThatOnlyTheStartUsed) {
  PADDOCK_NEED_PLAIN_MEMORY();
  const std::uintptr_t page = use_stack();
  ASSERT_TRUE(is_in_memory(page));

  give_back_memory();

  EXPECT_FALSE(is_in_memory(page));
}

TEST(GiveBackMemory, FreesHeapBelowWhatStillLives) {
  PADDOCK_NEED_PLAIN_MEMORY();
  std::vector<std::unique_ptr<std::array<char, kPage>>> blocks;
  for (int i = 0; i < 2000; ++i) {
    blocks.push_back(std::make_unique<std::array<char, kPage>>());
    blocks.back()->fill('x');
  }
  const auto last = std::move(blocks.back());  // the heap cannot shrink below it
  blocks.clear();
  const std::size_t before = resident_pages();

  give_back_memory();

  EXPECT_LT(resident_pages() + 1500, before);
  EXPECT_EQ(last->front(), 'x');
}

TEST(GiveBackMemory, LeavesWhatLivesOnTheStack) {
  std::array<int, 4096> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = int(i);
  const std::vector<int> copy(numbers.begin(), numbers.end());

  give_back_memory();
  (void)use_stack();
  give_back_memory();

  EXPECT_TRUE(std::ranges::equal(numbers, copy));
}

}  // namespace
}  // namespace paddock::base
