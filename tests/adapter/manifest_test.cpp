// What a manifest may say, one field at a time, on a table that is otherwise good.
#include "adapter/manifest.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace paddock::adapter {
namespace {

using ::testing::HasSubstr;

pdk_str str(std::string_view text) { return {text.data(), text.size()}; }

pdk_status plan(const pdk_adapter*, const pdk_launch*, const pdk_out*) { return PDK_OK; }
pdk_status open(const pdk_adapter*, const pdk_host*, const pdk_launch*, pdk_session**) { return PDK_OK; }
void close(pdk_session*) {}
pdk_status feed(pdk_session*, const pdk_now*, std::uint32_t, pdk_bytes, const pdk_sink*) { return PDK_OK; }
pdk_status exited(pdk_session*, const pdk_now*, const pdk_exit*, const pdk_sink*) { return PDK_OK; }

/// A good manifest and table to be spoiled by a test.
struct Good {
  pdk_manifest manifest{sizeof(pdk_manifest),
                        PDK_EVENT_SCHEMA,
                        str("good"),
                        str("Good"),
                        str("1.2.3"),
                        str("V"),
                        str("MIT"),
                        str("S"),
                        str(R"([{"mode":"headless","transport":"pipes"}])"),
                        str(""),
                        str(R"(["cat"])"),
                        str("")};
  pdk_adapter table{sizeof(pdk_adapter),
                    1,
                    0,
                    0,
                    {0, 0, 0},
                    nullptr,
                    plan,
                    open,
                    close,
                    nullptr,
                    feed,
                    nullptr,
                    nullptr,
                    nullptr,
                    exited,
                    nullptr};

  /// Why it is refused; empty when it is not.
  std::string refusal() {
    table.manifest = &manifest;
    const auto read = read_manifest(table, "x.so");
    return read ? "" : read.error().message;
  }
};

std::string with_version(std::string_view version) {
  Good good;
  good.manifest.version = str(version);
  return good.refusal();
}

std::string with_id(std::string_view id) {
  Good good;
  good.manifest.id = str(id);
  return good.refusal();
}

std::string with_modes(std::string_view modes) {
  Good good;
  good.manifest.modes = str(modes);
  return good.refusal();
}

TEST(Manifest, AcceptsAGoodOneAndCopiesIt) {
  Good good;
  good.table.manifest = &good.manifest;
  const auto read = read_manifest(good.table, "/a/good.so");
  ASSERT_TRUE(read);
  EXPECT_EQ(
      boost::json::serialize(to_json(*read)),
      R"({"file":"/a/good.so","id":"good","name":"Good","version":"1.2.3","vendor":"V","license":"MIT","summary":"S",)"
      R"("modes":[{"mode":"headless","transport":"pipes"}],"options":{},"programs":["cat"],"tested":[],"abi":"1.0",)"
      R"("event_schema":1,"sha256":"","extensions":[]})");
}

TEST(Manifest, AcceptsSemanticVersions) {
  for (const char* good : {"0.0.1", "1.2.3", "10.20.30", "1.0.0-rc.1", "1.0.0+build.5", "2.1.197-beta-2+x"}) {
    EXPECT_EQ(with_version(good), "") << good;
  }
}

TEST(Manifest, RefusesOtherVersions) {
  for (const char* bad : {"1", "1.2", "v1.2.3", "1.2.x", "1.2.3.4", "1.2.3-", "1.2.3 ", "1.2.3-a b", "-1.2.3"}) {
    EXPECT_EQ(with_version(bad),
              std::string("refused 'x.so': manifest: version '") + bad + "' is not a semantic version");
  }
}

TEST(Manifest, AcceptsIdsThatFitIntoPathsAndLabels) {
  for (const char* good : {"a", "claude", "my-agent-2", "x9"}) EXPECT_EQ(with_id(good), "") << good;
  EXPECT_EQ(with_id(std::string(64, 'a')), "");
}

TEST(Manifest, RefusesOtherIds) {
  for (const char* bad : {"", "9lives", "-x", "Claude", "a b", "a/b", "../x", "a.b", "\xC3\xA9"}) {
    EXPECT_THAT(with_id(bad), HasSubstr("is not [a-z][a-z0-9-]*")) << bad;
  }
}

TEST(Manifest, RefusesModesThatSayNothing) {
  EXPECT_THAT(with_modes(""), HasSubstr("modes is not JSON"));
  EXPECT_THAT(with_modes("[]"), HasSubstr("modes is not a list with an entry"));
  EXPECT_THAT(with_modes("{}"), HasSubstr("modes is not a list with an entry"));
  EXPECT_THAT(with_modes("[1]"), HasSubstr("modes has an entry without 'mode'"));
  EXPECT_THAT(with_modes(R"([{"mode":""}])"), HasSubstr("modes has an entry without 'mode'"));
  EXPECT_THAT(with_modes(R"([{"mode":"m","transport":"pty","commands":"prompt"}])"),
              HasSubstr("mode 'm': commands is not an array"));
}

TEST(Manifest, IgnoresFieldsOfModesThatItDoesNotKnow) {
  EXPECT_EQ(with_modes(R"([{"mode":"m","transport":"pty","colour":"blue"}])"), "");
}

TEST(Manifest, WantsAProgramToStart) {
  for (const char* none : {"", "[]"}) {
    Good good;
    good.manifest.programs = str(none);
    EXPECT_EQ(good.refusal(), "refused 'x.so': manifest: programs names no program");
  }
}

TEST(Manifest, RefusesAnEventSchemaItDoesNotKnow) {
  Good good;
  good.manifest.event_schema = 2;
  EXPECT_THAT(good.refusal(), HasSubstr("event schema 2"));
  good.manifest.event_schema = 0;
  EXPECT_THAT(good.refusal(), HasSubstr("event schema 0"));
}

TEST(Manifest, NamesEachMandatoryFunctionThatIsMissing) {
  Good good;
  good.table.plan = nullptr;
  good.table.open = nullptr;
  good.table.close = nullptr;
  good.table.feed = nullptr;
  good.table.exited = nullptr;
  EXPECT_EQ(good.refusal(),
            "refused 'good': function 'plan' is missing; function 'open' is missing; function 'close' is missing; "
            "function 'feed' is "
            "missing; function 'exited' is missing");
}

TEST(Manifest, LooksAtTheSizeBeforeAnythingElse) {
  Good good;
  good.table.size = 103;
  good.table.abi_major = 9;
  good.manifest.id = str("BAD");
  EXPECT_EQ(good.refusal(), "refused 'x.so': adapter table has 103 bytes, ABI 1.0 needs 104");
}

TEST(Manifest, TakesAMissingFieldOfADescriptionForNoDescription) {
  Good good;
  good.table.manifest = &good.manifest;
  const boost::json::object whole = to_json(read_manifest(good.table, "x.so").value());
  ASSERT_TRUE(description_from_json(whole));
  for (const auto& member : whole) {
    boost::json::object part = whole;
    part.erase(member.key());
    EXPECT_FALSE(description_from_json(part)) << member.key();
    part[member.key()] = nullptr;
    EXPECT_FALSE(description_from_json(part)) << member.key();
  }
}

}  // namespace
}  // namespace paddock::adapter
