// The OpenAPI document and the program say the same: linted, every route documented, every documented
// operation walked against a living host.
#include <set>
#include <sstream>

#include "api/openapi.hpp"
#include "api/router.hpp"
#include "integration/integration.hpp"

namespace paddock::integration {
namespace {

const std::string kFolder = std::string(PADDOCK_SOURCE_DIR) + "/tests/openapi/";
const std::string kDocument = std::string(PADDOCK_SOURCE_DIR) + "/host/api/openapi.json";
const std::vector<std::string> kEnvironment{"PATH=/usr/bin:/bin"};

std::string in_case(std::string_view text, int (*change)(int)) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(change(static_cast<unsigned char>(c)));
  return out;
}

/// Names of an operation's query parameters in the document.
std::set<std::string> documented_parameters(const json::object& operation) {
  std::set<std::string> names;
  if (!operation.contains("parameters")) return names;
  for (const json::value& parameter : operation.at("parameters").as_array()) {
    if (parameter.at("in").as_string() == "query") names.emplace(parameter.at("name").as_string());
  }
  return names;
}

TEST(OpenApi, TheDocumentHasNoLint) {
  const auto lint = support::Program::run({"/usr/bin/python3", kFolder + "lint.py", kDocument}, kEnvironment);
  EXPECT_EQ(lint.code, 0) << lint.out << lint.err;
}

TEST(OpenApi, AStrangersLinterAgrees) {
  const std::string redocly = std::string(PADDOCK_SOURCE_DIR) + "/build/tools/node_modules/.bin/redocly";
  if (!std::filesystem::exists(redocly)) GTEST_SKIP() << "redocly is not installed (tests/openapi/install, needs npm)";
  const auto lint = support::Program::run({redocly, "lint", "--config", kFolder + "redocly.yaml", kDocument},
                                          {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/tmp", "REDOCLY_TELEMETRY=off",
                                           "REDOCLY_SUPPRESS_UPDATE_NOTICE=true"});
  EXPECT_EQ(lint.code, 0) << lint.out << lint.err;
}

TEST(OpenApi, EveryRouteIsDocumentedAndEveryDocumentedOneExists) {
  std::set<std::string> documented, routed;
  const json::value document = json::parse(std::string(api::openapi_document()));
  for (const auto& path : document.at("paths").as_object()) {
    for (const auto& method : path.value().as_object()) {
      if (method.key() == "parameters") continue;
      documented.insert(in_case(method.key(), std::toupper) + " " + std::string(path.key()) + " " +
                        std::string(method.value().at("operationId").as_string()));
    }
  }
  for (const api::Operation& operation : api::operations()) {
    routed.insert(std::string(api::name(operation.method)) + " " + std::string(operation.path) + " " +
                  std::string(operation.id));
  }
  EXPECT_EQ(routed, documented);
}

TEST(OpenApi, EveryKnownQueryParameterIsDocumentedAndNoOther) {
  const json::value document = json::parse(std::string(api::openapi_document()));
  for (const api::Operation& operation : api::operations()) {
    const std::string method = in_case(api::name(operation.method), std::tolower);
    std::set<std::string> left = documented_parameters(document.at("paths").at(operation.path).at(method).as_object());
    const std::string known_words(operation.parameters);
    std::istringstream known(known_words);
    for (std::string word; known >> word;) {
      EXPECT_TRUE(word == "*" || left.erase(word) == 1) << operation.id << " does not document " << word;
    }
    const bool takes_filters = operation.parameters.find('*') != std::string_view::npos;
    EXPECT_TRUE(takes_filters || left.empty()) << operation.id << " documents a parameter it does not know";
  }
}

TEST(OpenApi, TheHostServesTheDocumentItWasBuiltWith) {
  TestHost host;
  EXPECT_EQ(host.api().get("/v1/openapi.json").body, support::read_file(kDocument));
}

TEST(OpenApi, EveryDocumentedOperationAnswersAsDocumented) {
  TestHost host;
  json::object cat = exec({"cat"});
  cat["keep_open"] = true;
  const std::string living = host.run(cat);
  const std::string ended = host.run(exec({"sh", "-c", "echo out; echo err >&2; exit 3"}));
  (void)host.wait(ended, "exited");
  const auto walk = support::Program::run(
      {"/usr/bin/python3", kFolder + "walk.py", kDocument, host.socket().string(), living, ended}, kEnvironment);
  EXPECT_EQ(walk.code, 0) << walk.out << walk.err;
}

}  // namespace
}  // namespace paddock::integration
