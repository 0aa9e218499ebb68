// Environment, digests, folders, evidence, budgets: the small parts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "control/catalogue.hpp"
#include "control/digest.hpp"
#include "control/environment.hpp"
#include "control/errors.hpp"
#include "control/evidence.hpp"
#include "control/figures.hpp"
#include "control/folders.hpp"
#include "control/recovery.hpp"
#include "support/scratch.hpp"

namespace paddock::control {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using base::Errc;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(BuiltEnvironment, TakesOnlyTheNamedVariablesOfTheHost) {
  const auto built =
      build_environment({{"PATH", "/bin"}, {"LC_ALL", "C"}, {"AWS_KEY", "x"}, {"LANG", "C"}}, {}, {}, {});

  EXPECT_THAT(*built, ElementsAre("LANG=C", "LC_ALL=C", "PATH=/bin"));
}

TEST(BuiltEnvironment, PassesAndSetsWhatThePolicySays) {
  policy::Environment policy;
  policy.pass = {"AWS_REGION", "NOT_THERE"};
  policy.set = {{"CI", "1"}};

  EXPECT_THAT(*build_environment({{"AWS_REGION", "eu"}}, policy, {}, {}), ElementsAre("AWS_REGION=eu", "CI=1"));
}

TEST(BuiltEnvironment, LetsTheSessionHaveTheLastWord) {
  policy::Environment policy;
  policy.set = {{"A", "policy"}, {"B", "policy"}};

  EXPECT_THAT(*build_environment({}, policy, {{"B", "secret"}, {"C", "secret"}}, {{"C", "session"}}),
              ElementsAre("A=policy", "B=secret", "C=session"));
}

TEST(BuiltEnvironment, RefusesNamesAndValuesNoProgramCanHave) {
  EXPECT_EQ(build_environment({}, {}, {}, {{"", "x"}}).error().code, Errc::invalid_request);
  EXPECT_EQ(build_environment({}, {}, {}, {{"A=B", "x"}}).error().code, Errc::invalid_request);
  EXPECT_EQ(build_environment({}, {}, {}, {{"A", std::string("x\0y", 3)}}).error().code, Errc::invalid_request);
}

TEST(Secrets, AreReadFromFilesWithoutTheLastNewline) {
  const support::ScratchFolder scratch;
  support::write_file(scratch / "key", "hunter2\n");
  policy::Environment policy;
  policy.secrets["KEY"] = "file:" + (scratch / "key").string();

  EXPECT_EQ(read_secrets(policy)->at("KEY"), "hunter2");
}

TEST(Secrets, ThatCannotBeReadNameVariableAndFile) {
  policy::Environment policy;
  policy.secrets["KEY"] = "file:/no/such/file";
  EXPECT_THAT(read_secrets(policy).error().detail, HasSubstr("'KEY'"));
  policy.secrets["KEY"] = "env:OTHER";
  EXPECT_EQ(read_secrets(policy).error().code, Errc::start_failed);
}

TEST(Digest, IsSha256) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, OfEqualJsonIsEqualWhateverTheOrder) {
  const auto a = json::parse(R"({"b": [1, {"d": 2, "c": "x"}], "a": null})");
  const auto b = json::parse(R"({"a": null, "b": [1, {"c": "x", "d": 2}]})");

  EXPECT_EQ(canonical_json(a), R"({"a":null,"b":[1,{"c":"x","d":2}]})");
  EXPECT_EQ(canonical_json(a), canonical_json(b));
}

TEST(Digest, SecretsAreLongAndDiffer) {
  EXPECT_EQ(make_secret("pdk_").size(), 4U + 64U);
  EXPECT_NE(make_secret("pdk_"), make_secret("pdk_"));
}

TEST(Digest, ReadsBackItsHex) {
  EXPECT_EQ(from_hex(to_hex("a\0z\xff")), "a\0z\xff");
  EXPECT_EQ(from_hex("abc"), "");
  EXPECT_EQ(from_hex("zz"), "");
}

TEST(ErrorNames, LeadBackToTheirCode) {
  EXPECT_EQ(errc_of("busy"), Errc::busy);
  EXPECT_EQ(errc_of("lost"), Errc::lost);
  EXPECT_EQ(errc_of("no such thing"), Errc::internal);
}

TEST(RemoveFolder, TakesEverythingInIt) {
  const support::ScratchFolder scratch;
  support::write_file(scratch / "ses/a/b/c", "x");
  support::write_file(scratch / "ses/d", "x");

  ASSERT_TRUE(remove_folder(scratch.path(), "ses"));
  EXPECT_FALSE(fs::exists(scratch / "ses"));
}

TEST(RemoveFolder, NeverFollowsALink) {
  const support::ScratchFolder scratch;
  support::write_file(scratch / "precious/file", "x");
  support::write_file(scratch / "ses/d", "x");
  fs::create_directory_symlink(scratch / "precious", scratch / "ses/link");

  ASSERT_TRUE(remove_folder(scratch.path(), "ses"));
  EXPECT_TRUE(fs::exists(scratch / "precious/file"));
}

TEST(RemoveFolder, DeletesALinkInItsPlaceOnly) {
  const support::ScratchFolder scratch;
  support::write_file(scratch / "precious/file", "x");
  fs::create_directory_symlink(scratch / "precious", scratch / "ses");

  ASSERT_TRUE(remove_folder(scratch.path(), "ses"));
  EXPECT_TRUE(fs::exists(scratch / "precious/file"));
}

TEST(RemoveFolder, IsContentWhenThereIsNone) {
  const support::ScratchFolder scratch;
  EXPECT_TRUE(remove_folder(scratch.path(), "ses"));
}

TEST(RemoveFolder, RefusesNamesThatLeadElsewhere) {
  const support::ScratchFolder scratch;
  for (const char* name : {"", ".", "..", "../x", "a/b"}) {
    EXPECT_EQ(remove_folder(scratch.path(), name).error().code, Errc::invalid_request) << name;
  }
}

json::object described(const std::string& id, const std::string& file) {
  adapter::Description description;
  description.id = id;
  description.file = file;
  description.version = "1.0.0";
  description.modes = json::array{json::object{{"mode", "headless"}, {"resume", false}}};
  return adapter::to_json(description);
}

TEST(Catalogue, KeepsTheFirstOfAnId) {
  const Catalogue catalogue = Catalogue::make({{"/a/x.so", described("x", "/a/x.so"), ""},  //
                                               {"/b/x.so", described("x", "/b/x.so"), ""}});

  EXPECT_EQ(catalogue.find("x")->file, "/a/x.so");
  ASSERT_THAT(catalogue.refused(), SizeIs(1));
  EXPECT_EQ(catalogue.refused().front().code, "duplicate");
}

/// An adapter that needs a command.
Catalogue with_library() {
  json::object library = described("acp", "/a/acp.so");
  library["options"] = json::parse(R"({"type":"object","additionalProperties":false,"required":["command","color"],
    "properties":{"command":{"type":"string"},"color":{"type":"string"}}})");
  return Catalogue::make({{"/a/acp.so", library, ""}});
}

TEST(Catalogue, MakesAnAdapterOfALibraryAndOptions) {
  Catalogue catalogue = with_library();
  catalogue.configure({{"goose", "acp", {{"command", "goose"}}}});

  ASSERT_NE(catalogue.find("goose"), nullptr);
  EXPECT_EQ(catalogue.find("goose")->file, "/a/acp.so");
  EXPECT_EQ(json::serialize(catalogue.find("goose")->preset), R"({"command":"goose"})");
  const json::object shown = catalogue.to_json("goose").value();
  EXPECT_EQ(shown.at("library"), "acp");
  EXPECT_EQ(shown.at("status"), "loaded");
  EXPECT_EQ(json::serialize(shown.at("options").at("properties")), R"({"color":{"type":"string"}})")
      << "a session could change what the configuration says";
  EXPECT_EQ(json::serialize(shown.at("options").at("required")), R"(["color"])");
  EXPECT_FALSE(shown.contains("preset")) << "options may hold secrets";
  EXPECT_TRUE(catalogue.find("acp")->preset.empty());
}

TEST(Catalogue, RefusesAnEntryThatCannotBe) {
  Catalogue catalogue = with_library();
  catalogue.configure({{"acp", "acp", {}}, {"swan", "nothing", {}}, {"duck", "acp", {{"command", 7}}}});

  ASSERT_THAT(catalogue.refused(), SizeIs(3));
  EXPECT_EQ(catalogue.refusal_of("swan")->code, "library");
  EXPECT_EQ(catalogue.refusal_of("duck")->code, "options");
  EXPECT_EQ(catalogue.refused().front().code, "duplicate");
  EXPECT_EQ(catalogue.find("duck"), nullptr);
}

TEST(Catalogue, ShowsWhyALibraryIsRefused) {
  const Catalogue catalogue = Catalogue::make({{"/a/x.so", json::object{{"code", "abi"}, {"message", "too new"}}, ""}});

  EXPECT_EQ(catalogue.to_json("x")->at("status"), "refused");
  EXPECT_EQ(catalogue.to_json("x")->at("message"), "too new");
}

TEST(Catalogue, SurvivesALibraryThatKillsItsReader) {
  const Catalogue catalogue = Catalogue::make({{"/a/x.so", {}, "it was ended by signal 11"}});

  EXPECT_EQ(catalogue.refused().front().code, "load");
  EXPECT_THAT(catalogue.refused().front().message, HasSubstr("signal 11"));
}

TEST(Catalogue, ShowsSkippedLibraries) {
  Catalogue catalogue;
  catalogue.skip("/a/x.so");

  EXPECT_EQ(catalogue.to_json().at(0).at("status"), "skipped");
  EXPECT_EQ(catalogue.to_json().at(0).at("code"), "not-listed");
}

TEST(Catalogue, ShowsWhatAProbeFound) {
  Catalogue catalogue = Catalogue::make({{"/a/x.so", described("x", "/a/x.so"), ""}});
  catalogue.set_probe("x", {{"state", "undetected"}, {"login", "unknown"}});

  EXPECT_EQ(catalogue.to_json("x")->at("probe").at("state"), "undetected");
  EXPECT_FALSE(catalogue.samples().at(0).up);
}

TEST(Catalogue, KnowsModesAndResume) {
  const Catalogue catalogue = Catalogue::make({{"/a/x.so", described("x", "/a/x.so"), ""}});

  EXPECT_TRUE(supports(*catalogue.find("x"), session::Mode::headless, false));
  EXPECT_EQ(supports(*catalogue.find("x"), session::Mode::headless, true).error().code, Errc::unsupported);
  EXPECT_EQ(supports(*catalogue.find("x"), session::Mode::interactive, false).error().code, Errc::unsupported);
}

TEST(Catalogue, LooksForLibrariesInTheOrderOfTheFolders) {
  const support::ScratchFolder scratch;
  support::write_file(scratch / "b/z.so", "");
  support::write_file(scratch / "b/a.so", "");
  support::write_file(scratch / "b/readme.txt", "");
  support::write_file(scratch / "a/q.so", "");

  EXPECT_THAT(find_libraries({scratch / "b", scratch / "none", scratch / "a"}),
              ElementsAre(scratch / "b/a.so", scratch / "b/z.so", scratch / "a/q.so"));
}

event::Event evidence(event::Kind kind, json::object data, std::string ref = {}) {
  event::Event event;
  event.kind = kind;
  event.data = std::move(data);
  event.ref = std::move(ref);
  event.source = {event::Channel::out, 10, 20};
  return event;
}

TEST(Explain, ShowsEvidenceNewestFirstWithItsAge) {
  Evidence seen;
  seen.look(evidence(event::Kind::state, {{"state", "idle"}}));
  seen.look(evidence(event::Kind::state, {{"state", "blocked"}, {"blocked_on", "approval"}}));
  session::Record record;
  record.state = session::State::blocked;

  const json::object told = seen.explain(record, std::nullopt, base::WallTime(std::chrono::milliseconds(1500)));

  EXPECT_EQ(told.at("evidence").at(0).at("argues_for"), "blocked (approval)");
  EXPECT_EQ(told.at("evidence").at(0).at("age_ms"), 1500);
  EXPECT_EQ(told.at("evidence").at(0).at("source"), "stdout");
  EXPECT_EQ(told.at("evidence").at(1).at("argues_for"), "idle");
}

TEST(Explain, NamesToolCallsThatAreOpen) {
  Evidence seen;
  seen.look(evidence(event::Kind::tool_call, {{"tool", "Bash"}}, "t1"));
  seen.look(evidence(event::Kind::tool_call, {{"tool", "Read"}}, "t2"));
  seen.look(evidence(event::Kind::tool_result, {{"outcome", "ok"}}, "t2"));

  const json::object told = seen.explain({}, std::nullopt, {});

  ASSERT_EQ(told.at("open").at("tool_calls").as_array().size(), 1U);
  EXPECT_EQ(told.at("open").at("tool_calls").at(0).at("tool"), "Bash");
}

TEST(Explain, KeepsAFewPiecesOnly) {
  Evidence seen;
  for (int i = 0; i < 1000; ++i) seen.look(evidence(event::Kind::state, {{"state", "idle"}}));

  EXPECT_LE(seen.explain({}, std::nullopt, {}).at("evidence").as_array().size(), 16U);
}

TEST(Explain, TellsTheKernelsFacts) {
  Evidence::Kernel kernel;
  kernel.usage.cpu_total = std::chrono::milliseconds(2500);
  kernel.usage.pids = 3;
  kernel.processes = {10, 11};

  const json::object told = Evidence().explain({}, kernel, {});

  EXPECT_EQ(told.at("kernel").at("cpu_seconds"), 2.5);
  EXPECT_EQ(told.at("kernel").at("processes"), (json::array{10, 11}));
  EXPECT_FALSE(told.at("kernel").as_object().contains("memory_bytes"));
  EXPECT_THAT(std::string(told.at("verdict").as_string()), HasSubstr("not connected"));
}

TEST(Figures, LeaveOutWhatIsNotKnown) {
  cgroup::Usage usage;
  usage.memory = base::mib(1);

  EXPECT_EQ(json::serialize(resources_json(usage, {})), R"({"memory_bytes":1048576})");
}

TEST(Figures, GroupPathsSurviveTheRoundTrip) {
  cgroup::GroupPaths paths;
  paths.session = "ses_1";
  paths.v1["memory"] = "/sys/fs/cgroup/memory/paddock/ses_1";
  paths.v2 = "/sys/fs/cgroup/unified/paddock/ses_1";
  paths.v2_has_controllers = true;

  EXPECT_EQ(group_paths_from_json(to_json(paths)), paths);
  EXPECT_TRUE(to_json(cgroup::GroupPaths()).empty());
  EXPECT_TRUE(group_paths_from_json({}).empty());
}

TEST(ReplayedLines, BecomeEventsAndACutLineIsLeftOut) {
  event::Event event;
  event.number = 3;
  event.kind = event::Kind::message;
  const std::string line = json::serialize(event::to_json(event, "")) + "\n";

  EXPECT_THAT(*events_from_lines(line + line.substr(0, 20)), SizeIs(1));
  EXPECT_EQ(events_from_lines("nonsense\n").error().code, Errc::corrupt);
  EXPECT_THAT(*events_from_lines(""), IsEmpty());
}

}  // namespace
}  // namespace paddock::control
