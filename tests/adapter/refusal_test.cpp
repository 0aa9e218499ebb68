// Every refusal, word for word: operators search for these sentences.
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <boost/json.hpp>

#include "adapter/describe.hpp"
#include "adapter/loader.hpp"
#include "adapter/served.hpp"

namespace paddock::adapter {
namespace {

using ::testing::HasSubstr;
namespace json = boost::json;
namespace fs = std::filesystem;

struct Golden {
  const char* name;
  const char* code;
  const char* message;  ///< $F is the file
  const char* hint;
};

std::string with_file(std::string text, const std::string& file) {
  if (const std::size_t at = text.find("$F"); at != std::string::npos) text.replace(at, 2, file);
  return text;
}

const Golden goldens[] = {
    {"no_symbol", "symbol", "refused '$F': no symbol 'paddock_adapter_v1'",
     "not an adapter, or its PADDOCK_ADAPTER() line is missing"},
    {"major_2", "symbol", "refused '$F': no symbol 'paddock_adapter_v1' (found 'paddock_adapter_v2')",
     "this host speaks major 1"},
    {"size_24", "size", "refused '$F': adapter table has 24 bytes, ABI 1.0 needs 104", "rebuild against PaddockSdk"},
    {"says_major_2", "abi", "refused '$F': says ABI 2.0, this host speaks 1.0", "rebuild against PaddockSdk"},
    {"needs_1_9", "abi", "refused '$F': needs ABI 1.9, this host speaks 1.0",
     "upgrade paddockd, or build with PDK_NEEDS_MINOR 0"},
    {"no_manifest", "manifest", "refused '$F': manifest: it is a null pointer", ""},
    {"short_manifest", "manifest", "refused '$F': manifest: it has 16 bytes, ABI 1.0 needs 168",
     "rebuild against PaddockSdk"},
    {"bad_id", "manifest", "refused '$F': manifest: id 'Claude!' is not [a-z][a-z0-9-]*", ""},
    {"long_id", "manifest", "refused '$F': manifest: id has 73 bytes, over 64", ""},
    {"empty_version", "manifest", "refused '$F': manifest: version '' is empty", ""},
    {"bad_modes", "manifest", "refused '$F': manifest: modes is not JSON", ""},
    {"lying_text", "manifest",
     "refused '$F': manifest: vendor has 1099511627776 bytes, over 64 KiB; license has 3 bytes at a null pointer", ""},
    {"many_problems", "manifest",
     "refused '$F': manifest: id 'Claude!' is not [a-z][a-z0-9-]*; name '' is empty; version 'one' is not a semantic "
     "version; "
     "vendor is not UTF-8; event schema 7 is not one this host knows (1 to 1); modes has an entry without 'mode'; "
     "mode 'm': transport is not 'pipes' or 'pty'; mode 'm': \"dance\" is not a command; options is not a JSON Schema "
     "object; "
     "programs is not an array of texts; programs names no program; tested is not an array of texts",
     ""},
    {"null_plan", "incomplete", "refused 'null-plan': function 'plan' is missing; function 'exited' is missing", ""},
    {"half_group", "incomplete",
     "refused 'half-group': mode 'tui' declares commands but 'command' is missing; mode 'tui' declares a screen but "
     "'paddock.screen/1' "
     "is missing",
     ""},
};

class Refusals : public ::testing::TestWithParam<Golden> {};

TEST_P(Refusals, SayWhatIsWrongAndWhatToDo) {
  const Golden& golden = GetParam();
  const std::string file = broken(golden.name);
  const auto loaded = load(file);
  ASSERT_FALSE(loaded);
  const Refusal wanted{file, golden.code, with_file(golden.message, file), golden.hint};
  EXPECT_EQ(json::serialize(to_json(loaded.error())), json::serialize(to_json(wanted)));
  EXPECT_EQ(describe(file), to_json(loaded.error()));
}

INSTANTIATE_TEST_SUITE_P(Golden, Refusals, ::testing::ValuesIn(goldens),
                         [](const auto& param) { return std::string(param.param.name); });

/// A copy of a good adapter in a folder of its own.
class FileChecks : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_);
    fs::copy_file(broken("good"), file_, fs::copy_options::overwrite_existing);
    ASSERT_EQ(::chmod(file_.c_str(), 0644), 0);
  }
  void TearDown() override { fs::remove_all(folder_); }

  const fs::path folder_ = fs::path(::testing::TempDir()) / ("paddock-adapter-" + std::to_string(::getpid()));
  const fs::path file_ = folder_ / "good.so";
};

TEST_F(FileChecks, SkipsWhatTheConfigurationDoesNotName) {
  LoadPolicy policy;
  policy.allow = {"other"};
  EXPECT_EQ(load(file_, policy).error(),
            (Refusal{file_.string(), "not-listed", "skipped '" + file_.string() + "': not named in 'adapters.allow'",
                     "add it, or remove the file"}));
  policy.allow = {"good"};
  EXPECT_TRUE(load(file_, policy));
  policy.allow = {"good.so"};
  EXPECT_TRUE(load(file_, policy));
}

TEST_F(FileChecks, RefusesAFileThatOthersMayWrite) {
  for (const auto& [mode, text] : {std::pair{0775, "0775"}, std::pair{0646, "0646"}}) {
    ASSERT_EQ(::chmod(file_.c_str(), static_cast<mode_t>(mode)), 0);
    EXPECT_EQ(
        load(file_).error(),
        (Refusal{file_.string(), "unsafe-file",
                 "refused '" + file_.string() + "': writable by group or others (mode " + text + ")", "chmod go-w"}));
  }
}

TEST_F(FileChecks, RefusesAFileWithAnotherHash) {
  const std::string hash = load(file_).value().description().sha256;
  EXPECT_EQ(hash.size(), 64U);
  LoadPolicy policy;
  policy.sha256["good"] = hash;
  EXPECT_TRUE(load(file_, policy));
  policy.sha256["good"] = std::string(64, '9');
  EXPECT_EQ(load(file_, policy).error().message,
            "refused '" + file_.string() + "': SHA-256 is " + hash + ", config expects " + std::string(64, '9'));
}

TEST_F(FileChecks, LeavesOutTheHashOnlyWhereNobodyAsksForIt) {
  LoadPolicy policy;
  policy.hash = false;
  EXPECT_EQ(load(file_, policy).value().description().sha256, "");
  policy.sha256["good"] = std::string(64, '9');
  EXPECT_EQ(load(file_, policy).error().code, "hash");
}

TEST_F(FileChecks, ChecksTheListBeforeItTouchesTheFile) {
  LoadPolicy policy;
  policy.allow = std::vector<std::string>{};
  EXPECT_EQ(load("/nowhere/at-all.so", policy).error().code, "not-listed");
}

TEST_F(FileChecks, QuotesTheLinkersOwnWords) {
  const auto undefined = load(broken("undefined"));
  ASSERT_FALSE(undefined);
  EXPECT_EQ(undefined.error().code, "load");
  EXPECT_THAT(undefined.error().message,
              HasSubstr("cannot load: " + broken("undefined") + ": undefined symbol: from_nowhere"));
  std::ofstream(file_) << "no library";
  EXPECT_THAT(load(file_).error().message, HasSubstr("file too short"));
}

TEST_F(FileChecks, RefusesWhatIsNoFile) {
  EXPECT_EQ(load(folder_ / "missing.so").error().code, "load");
  EXPECT_THAT(load(folder_ / "missing.so").error().message, HasSubstr("No such file"));
  EXPECT_EQ(load(folder_).error().message, "refused '" + folder_.string() + "': not a regular file");
}

TEST(RefusalTexts, NameBothSidesOfADuplicate) {
  EXPECT_EQ(refuse_duplicate("/b/codex.so", "codex", "/a/codex.so", "0.4.1"),
            (Refusal{"/b/codex.so", "duplicate",
                     "refused '/b/codex.so': id 'codex' already provided by '/a/codex.so' (0.4.1)", "keep one"}));
}

TEST(RefusalTexts, SayHowToLiftAQuarantine) {
  EXPECT_EQ(refuse_quarantined("/a/codex.so", "codex", 3, 10, "SIGSEGV in feed"),
            (Refusal{"/a/codex.so", "quarantined", "refused 'codex': crashed 3 times in 10 min, last SIGSEGV in feed",
                     "adapter-check, then `paddock adapter reset codex`"}));
}

TEST(Describe, ShowsEveryFieldOfAnAcceptedAdapter) {
  const json::object said = describe(PADDOCK_BUILD_DIR "/lib/paddock/adapters/exec.so");
  EXPECT_EQ(said.at("id"), "exec");
  EXPECT_EQ(said.at("abi"), "1.0");
  EXPECT_EQ(said.at("event_schema").to_number<int>(), 1);
  EXPECT_EQ(said.at("programs"), (json::array{"*"}));
  EXPECT_EQ(said.at("modes").at(0).at("mode"), "headless");
  EXPECT_EQ(said.at("options").at("type"), "object");
  EXPECT_EQ(said.at("sha256").as_string().size(), 64U);
  EXPECT_TRUE(said.at("extensions").as_array().empty());
  const auto again = description_from_json(said);
  ASSERT_TRUE(again);
  EXPECT_EQ(to_json(*again), said);
}

TEST(Describe, ReadsNoDescriptionOutOfARefusal) {
  EXPECT_FALSE(description_from_json(describe(broken("bad_id"))));
  EXPECT_FALSE(description_from_json({}));
}

TEST(Describe, AcceptsALongerTableOfALaterMinor) { EXPECT_EQ(describe(broken("newer_1_9")).at("abi"), "1.9"); }

TEST(Describe, AcceptsTheExamples) {
  EXPECT_EQ(describe(PADDOCK_BUILD_DIR "/lib/paddock/examples/echo-c.so").at("id"), "echo-c");
  EXPECT_EQ(describe(PADDOCK_BUILD_DIR "/lib/paddock/examples/echo-cpp.so").at("id"), "echo-cpp");
}

TEST(Describe, FindsTheProbeAndAsksIt) {
  EXPECT_EQ(describe(broken("probing")).at("extensions"), (json::array{"paddock.probe/1"}));
  EXPECT_EQ(probe_plan(broken("probing")).value().at("commands"), (json::array{json::array{"cat", "--version"}}));
  EXPECT_EQ(probe_result(broken("probing"), R"({"commands":[]})").value().at("state"), "healthy");
}

TEST(Describe, SaysWhyAProbeHasNoAnswer) {
  EXPECT_EQ(probe_plan(broken("good")).error(),
            (base::Error{base::Errc::unsupported, "adapter 'good' has no probe", {}}));
  EXPECT_EQ(probe_plan(broken("bad_id")).error().code, base::Errc::adapter_refused);
  const auto failed = probe_result(broken("probing"), "{}");
  EXPECT_EQ(failed.error().code, base::Errc::adapter_failed);
  EXPECT_EQ(failed.error().detail, "the probe of adapter 'probing' failed (-4): probe result: nothing was found");
}

}  // namespace
}  // namespace paddock::adapter
