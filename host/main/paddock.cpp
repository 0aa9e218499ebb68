// The command line of Paddock: everything the API does, for people and scripts.
#include <clocale>
#include <string>
#include <vector>

#include "main/cli/commands.hpp"

int main(int argc, char** argv) {
  // Only widths of characters depend on it; numbers and messages stay as they are.
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing else runs yet.
  (void)std::setlocale(LC_CTYPE, "C.UTF-8");
  return paddock::cli::run_commands(std::vector<std::string>(argv + 1, argv + argc));
}
