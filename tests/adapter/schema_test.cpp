// Options against a manifest's schema: each wrong place is named, in words a caller can act on.
#include "adapter/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

namespace paddock::adapter {
namespace {

namespace json = boost::json;
using base::FieldError;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<FieldError> check(const char* value, const char* schema) {
  return schema_errors(json::parse(value), json::parse(schema).as_object(), "/options");
}

constexpr const char* kSettings = R"({"type": "object", "additionalProperties": false, "properties": {
  "effort": {"type": "string", "enum": ["low", "high"]},
  "max_turns": {"type": "integer", "minimum": 1, "maximum": 100},
  "dollars": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 9.5},
  "dirs": {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1, "maxItems": 2},
  "config": {"type": ["object", "string"]},
  "strict": {"type": "boolean", "default": false}}})";

struct Case {
  const char* name;
  const char* value;
  const char* pointer;
  const char* detail;
};

class Wrong : public testing::TestWithParam<Case> {};

TEST_P(Wrong, IsNamedWithItsPlace) {
  EXPECT_THAT(check(GetParam().value, kSettings), ElementsAre(FieldError{GetParam().pointer, GetParam().detail}));
}

INSTANTIATE_TEST_SUITE_P(
    Options, Wrong,
    testing::Values(Case{"UnknownName", R"({"efort": "low"})", "/options/efort", "is not known here"},
                    Case{"SlashInName", R"({"a/b~c": 1})", "/options/a~1b~0c", "is not known here"},
                    Case{"Type", R"({"effort": 1})", "/options/effort", "must be a string"},
                    Case{"Enum", R"({"effort": "medium"})", "/options/effort", R"(must be one of "low", "high")"},
                    Case{"Flag", R"({"strict": "yes"})", "/options/strict", "must be true or false"},
                    Case{"Fraction", R"({"max_turns": 1.5})", "/options/max_turns", "must be a whole number"},
                    Case{"TooSmall", R"({"max_turns": 0})", "/options/max_turns", "must be at least 1"},
                    Case{"TooLarge", R"({"max_turns": 101})", "/options/max_turns", "must be at most 100"},
                    Case{"OnTheLowerBound", R"({"dollars": 0})", "/options/dollars", "must be above 0"},
                    Case{"OnTheUpperBound", R"({"dollars": 9.5})", "/options/dollars", "must be below 9.5"},
                    Case{"NotANumber", R"({"dollars": null})", "/options/dollars", "must be a number"},
                    Case{"NotAList", R"({"dirs": "/tmp"})", "/options/dirs", "must be a list"},
                    Case{"Entry", R"({"dirs": ["/tmp", 7]})", "/options/dirs/1", "must be a string"},
                    Case{"EmptyEntry", R"({"dirs": [""]})", "/options/dirs/0", "must have at least 1 characters"},
                    Case{"TooFew", R"({"dirs": []})", "/options/dirs", "must have at least 1 entries"},
                    Case{"TooMany", R"({"dirs": ["a", "b", "c"]})", "/options/dirs", "must have at most 2 entries"},
                    Case{"OneOfTwoTypes", R"({"config": 1})", "/options/config", "must be an object or a string"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(Options, ThatFitAreTaken) {
  EXPECT_THAT(
      check(R"({"effort": "low", "max_turns": 3.0, "dollars": 1, "dirs": ["/a"], "config": {}, "strict": true})",
            kSettings),
      IsEmpty());
  EXPECT_THAT(check("{}", kSettings), IsEmpty());
}

TEST(Options, AllWrongPlacesAreNamedAtOnce) {
  EXPECT_THAT(check(R"({"effort": 1, "max_turns": 0, "bogus": 1})", kSettings), SizeIs(3));
}

TEST(Options, AThousandWrongEntriesAreToldInAFewLines) {
  json::object given;
  for (int i = 0; i < 1000; ++i) given[std::to_string(i)] = i;
  EXPECT_THAT(schema_errors(given, json::parse(kSettings).as_object(), ""), SizeIs(schema_errors_max));
}

TEST(Options, WhatIsRequiredIsMissed) {
  EXPECT_THAT(check("{}", R"({"required": ["command"]})"), ElementsAre(FieldError{"/options/command", "is missing"}));
  EXPECT_THAT(check(R"({"command": 1})", R"({"required": ["command"]})"), IsEmpty());
}

TEST(Options, OfOtherNamesMayHaveASchemaToo) {
  constexpr const char* kSchema = R"({"additionalProperties": {"type": "string"}})";
  EXPECT_THAT(check(R"({"a": "b"})", kSchema), IsEmpty());
  EXPECT_THAT(check(R"({"a": 1})", kSchema), ElementsAre(FieldError{"/options/a", "must be a string"}));
}

TEST(Options, OneOfSeveralFormsIsEnough) {
  constexpr const char* kSchema = R"({"properties": {"mcp": {"anyOf": [{"type": "string"}, {"const": false}]}}})";
  EXPECT_THAT(check(R"({"mcp": "x"})", kSchema), IsEmpty());
  EXPECT_THAT(check(R"({"mcp": false})", kSchema), IsEmpty());
  EXPECT_THAT(check(R"({"mcp": true})", kSchema),
              ElementsAre(FieldError{"/options/mcp", "is none of the forms that are taken here"}));
}

TEST(Options, CharactersAreCountedNotBytes) {
  EXPECT_THAT(check(R"("äöü")", R"({"maxLength": 3})"), IsEmpty());
  EXPECT_THAT(check(R"("äöüx")", R"({"maxLength": 3})"), SizeIs(1));
}

TEST(Options, AnEmptyOrForeignSchemaTakesEverything) {
  EXPECT_THAT(check(R"({"a": [1, {"b": null}]})", "{}"), IsEmpty());
  EXPECT_THAT(check(R"({"a": 1})", R"({"type": "map", "properties": [], "required": "a", "items": true, "enum": 7})"),
              IsEmpty());
}

}  // namespace
}  // namespace paddock::adapter
