// The floors hold: every #include under host/ goes down, third-party headers stay in their folder, and
// programs have no logic. The table is cmake/floors.txt, the same that CMake links by.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;
const fs::path kRoot = PADDOCK_SOURCE_DIR;

struct Table {
  std::map<std::string, std::set<std::string>> floors;                // folder -> may include
  std::vector<std::pair<std::string, std::set<std::string>>> hidden;  // header prefix -> folders
};

std::set<std::string> words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

Table read_table(std::istream& in) {
  Table table;
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':');
    if (line.empty() || line.front() == '#' || colon == std::string::npos) continue;
    const std::string name = line.substr(line.find(' ') + 1, colon - line.find(' ') - 1);
    if (line.starts_with("hide ")) {
      table.hidden.emplace_back(name, words(line.substr(colon + 1)));
    } else {
      table.floors[name] = words(line.substr(colon + 1));
    }
  }
  return table;
}

const Table& the_table() {
  static const Table table = [] {
    std::ifstream in(kRoot / "cmake/floors.txt");
    return read_table(in);
  }();
  return table;
}

/// The header names of all #include lines of a source.
std::vector<std::string> includes_of(std::istream& in) {
  std::vector<std::string> names;
  for (std::string line; std::getline(in, line);) {
    const std::size_t open = line.find_first_of("<\"", line.find("#include"));
    if (!line.starts_with("#include") || open == std::string::npos) continue;
    names.push_back(line.substr(open + 1, line.find_first_of(">\"", open + 1) - open - 1));
  }
  return names;
}

/// What is wrong with a file of `folder` that includes `header`; empty when nothing is.
std::string complaint(const Table& table, const std::string& folder, const std::string& header) {
  for (const auto& [prefix, folders] : table.hidden) {
    if (header.starts_with(prefix) && !folders.contains(folder)) return "hidden from this folder: " + header;
  }
  const std::string target = header.substr(0, header.find('/'));
  if (target == folder || !table.floors.contains(target) || header.find('/') == std::string::npos) return {};
  return table.floors.at(folder).contains(target) ? std::string() : "not below this floor: " + header;
}

std::vector<fs::path> sources_below(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string kind = entry.path().extension();
    if (kind == ".cpp" || kind == ".hpp" || kind == ".h") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

TEST(Floors, EveryFolderOfHostIsInTheTable) {
  for (const auto& entry : fs::directory_iterator(kRoot / "host")) {
    if (!entry.is_directory() || entry.path().filename() == "web") continue;
    EXPECT_TRUE(the_table().floors.contains(entry.path().filename())) << entry.path();
  }
}

TEST(Floors, EveryIncludeGoesDown) {
  for (const auto& [folder, below] : the_table().floors) {
    if (!fs::exists(kRoot / "host" / folder)) continue;
    for (const fs::path& file : sources_below(kRoot / "host" / folder)) {
      std::ifstream in(file);
      for (const std::string& header : includes_of(in)) {
        EXPECT_EQ(complaint(the_table(), folder, header), "") << fs::relative(file, kRoot);
      }
    }
  }
}

TEST(Floors, AFloorListsOnlyLowerFloors) {
  for (const auto& [folder, below] : the_table().floors) {
    for (const std::string& other : below) {
      ASSERT_TRUE(the_table().floors.contains(other)) << folder << " lists " << other;
      EXPECT_FALSE(the_table().floors.at(other).contains(folder)) << folder << " and " << other;
    }
  }
}

TEST(Floors, ProgramsHaveNoLogic) {
  for (const auto& entry : fs::directory_iterator(kRoot / "host/main")) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream in(entry.path());
    const auto lines = std::count(std::istreambuf_iterator<char>(in), {}, '\n');
    EXPECT_LT(lines, 120) << entry.path();
  }
}

TEST(Floors, EveryFileSaysFirstWhyItExists) {
  for (const char* folder : {"host", "sdk", "plugins"}) {
    for (const fs::path& file : sources_below(kRoot / folder)) {
      std::ifstream in(file);
      std::string first;
      std::getline(in, first);
      EXPECT_TRUE(first.starts_with("//") || first.starts_with("/*")) << fs::relative(file, kRoot);
    }
  }
}

TEST(Floors, NoFileIsLongerThan600Lines) {
  for (const char* folder : {"host", "sdk", "plugins", "tests", "benchmarks"}) {
    for (const fs::path& file : sources_below(kRoot / folder)) {
      std::ifstream in(file);
      EXPECT_LE(std::count(std::istreambuf_iterator<char>(in), {}, '\n'), 600) << fs::relative(file, kRoot);
    }
  }
}

TEST(FloorsCheck, SeesAnIncludeThatGoesUp) {
  std::istringstream text("0 base:\n1 event: base\nhide sqlite3.h: store\n");
  const Table table = read_table(text);
  EXPECT_EQ(complaint(table, "event", "base/ids.hpp"), "");
  EXPECT_EQ(complaint(table, "event", "vector"), "");
  EXPECT_THAT(complaint(table, "base", "event/event.hpp"), testing::HasSubstr("not below"));
  EXPECT_THAT(complaint(table, "event", "sqlite3.h"), testing::HasSubstr("hidden"));
}

TEST(FloorsCheck, ReadsIncludeLinesOfBothKinds) {
  std::istringstream text("#include <vector>\n#include \"base/ids.hpp\"  // why\n// #include <no>\n");
  EXPECT_THAT(includes_of(text), testing::ElementsAre("vector", "base/ids.hpp"));
}

}  // namespace
