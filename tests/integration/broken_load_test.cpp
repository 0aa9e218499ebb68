// A folder full of libraries that cannot be adapters: each is refused by name and reason, the others load,
// and the host starts as if they were not there.
#include "integration/broken_folder.hpp"

namespace paddock::integration {
namespace {

/// A library and the code of its refusal.
struct Refused {
  const char* file;
  const char* code;
  const char* why;  ///< part of the message
  bool only_jailed = false;

  friend void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.file; }
};

const Refused kRefused[] = {
    {"no-symbol", "symbol", "no symbol 'paddock_adapter_v1'"},
    {"major-2", "symbol", "found 'paddock_adapter_v2'"},
    {"undefined", "load", "from_nowhere"},
    {"size-24", "size", "adapter table has 24 bytes"},
    {"says-major-2", "abi", "says ABI 2.0"},
    {"needs-1-9", "abi", "needs ABI 1.9"},
    {"no-manifest", "manifest", "null pointer"},
    {"short-manifest", "manifest", "it has 16 bytes"},
    {"bad-id", "manifest", "id 'Claude!'"},
    {"long-id", "manifest", "id has 73 bytes"},
    {"empty-version", "manifest", "version '' is empty"},
    {"bad-modes", "manifest", "modes is not JSON"},
    {"lying-text", "manifest", "over 64 KiB"},
    {"many-problems", "manifest", "event schema 7"},
    {"null-plan", "incomplete", "function 'plan' is missing"},
    {"half-group", "incomplete", "'command' is missing"},
    {"crashes-at-load", "load", "looking into it failed"},
    {"throws-at-load", "load", "looking into it failed"},
    {"connects-at-load", "load", "looking into it failed", true},
    {"writes-at-load", "load", "looking into it failed", true},
};

bool is_jailed() {
#ifdef PADDOCK_SANITIZED
  return false;
#else
  return true;
#endif
}

class BrokenLoad : public testing::Test {
 protected:
  BrokenLoad() : host(adapters.options()) {}

  json::object adapter(const std::string& id) {
    const auto reply = host.api().get("/v1/adapters/" + id);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.json().as_object();
  }
  BrokenFolder adapters;
  TestHost host;
};

TEST_F(BrokenLoad, EveryLibraryThatCannotBeLoadedSaysWhy) {
  for (const Refused& refused : kRefused) {
    if (refused.only_jailed && !is_jailed()) continue;
    const json::object shown = adapter(refused.file);
    EXPECT_EQ(text_of(shown, "status"), "refused") << refused.file;
    EXPECT_EQ(text_of(shown, "code"), refused.code) << refused.file;
    EXPECT_THAT(text_of(shown, "message"), testing::HasSubstr(refused.why)) << refused.file;
    EXPECT_THAT(text_of(shown, "file"), testing::EndsWith("/" + std::string(refused.file) + ".so"));
  }
}

TEST_F(BrokenLoad, ARefusedAdapterStartsNoSessionAndNamesItsReason) {
  for (const Refused& refused : kRefused) {
    if (refused.only_jailed && !is_jailed()) continue;
    const auto reply = host.api().post("/v1/sessions", {{"adapter", refused.file}, {"prompt", "hello"}});
    EXPECT_EQ(reply.status, 422) << refused.file << reply.body;
    EXPECT_EQ(reply.code(), "adapter_refused") << refused.file;
    EXPECT_THAT(reply.body, testing::HasSubstr(refused.why)) << refused.file;
  }
  EXPECT_TRUE(host.api().get("/v1/sessions").json().at("items").as_array().empty());
}

TEST_F(BrokenLoad, LookingIntoALibraryLetsItLeaveNothingBehind) {
  if (!is_jailed()) GTEST_SKIP() << "sanitizers need what the jail takes away";
  std::filesystem::remove(test_program("was-here"));
  const TestHost another(adapters.options());
  EXPECT_FALSE(std::filesystem::exists(test_program("was-here"))) << "its constructor wrote a file during the scan";
}

TEST_F(BrokenLoad, TheGoodOnesBesideThemWorkAndTheHostIsReady) {
  for (const char* id : {"exec", "good", "newer-1-9", "probing"}) EXPECT_EQ(text_of(adapter(id), "status"), "loaded");
  const auto ready = host.api().get("/readyz");
  EXPECT_EQ(ready.status, 200) << ready.body;
  Neighbour(host).expect_undisturbed();
}

TEST_F(BrokenLoad, RefusalsAreCountedByTheirCode) {
  const std::string page = host.api().get("/metrics").body;
  for (const char* code : {"symbol", "size", "abi", "manifest", "incomplete", "load"}) {
    EXPECT_THAT(page, testing::HasSubstr("paddock_adapter_load_failures_total{code=\"" + std::string(code) + "\"}"));
  }
}

TEST_F(BrokenLoad, TheCommandLineListsThemWithTheirReasons) {
  const auto list = host.paddock({"adapter", "list"});
  EXPECT_EQ(list.code, 0) << list.err;
  EXPECT_THAT(list.out, testing::HasSubstr("exec"));
  EXPECT_THAT(list.out, testing::HasSubstr("no symbol 'paddock_adapter_v1'"));
}

TEST_F(BrokenLoad, AConfiguredOneThatIsRefusedMakesTheHostNotReady) {
  support::ScratchFolder config;
  support::write_file(config / "paddock.yaml", "apiVersion: paddock/v1\nkind: Host\nadapters: {required: [bad-id]}\n");
  TestHost::Options options = adapters.options();
  options.arguments.insert(options.arguments.end(), {"--config", (config / "paddock.yaml").string()});
  TestHost strict(options);
  const auto ready = strict.api().get("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, testing::HasSubstr("adapter 'bad-id' is not loaded"));
  EXPECT_EQ(strict.api().get("/healthz").status, 200) << "not ready is not dead";
}

}  // namespace
}  // namespace paddock::integration
