// paddock-bench [NAME...]: measures the built host beside its bounds and prints rows of the table in
// README.md. Without names everything is measured.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "figures.hpp"
#include "scenarios.hpp"

int main(int argc, char** argv) {
  using namespace paddock::bench;
  const std::vector<std::pair<std::string, std::function<void()>>> all{
      {"ready", measure_ready},     {"start", measure_start},   {"failure", measure_failure},
      {"latency", measure_latency}, {"api", measure_api},       {"events", measure_events},
      {"capture", measure_capture}, {"memory", measure_memory}, {"scrape", measure_scrape}};
  const std::vector<std::string> wanted(argv + 1, argv + argc);
  print_header();
  int failed = 0;
  for (const auto& [name, measure] : all) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), name) == wanted.end()) continue;
    try {
      measure();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "paddock-bench: '%s' failed: %s\n", name.c_str(), error.what());
      ++failed;
    }
  }
  return failed == 0 ? 0 : 1;
}
