// Filters, order and pages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/listing.hpp"

namespace paddock::control {
namespace {

namespace json = boost::json;
using base::Errc;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Animal {
  std::string id, kind;
  json::value legs;
};

class Listing : public ::testing::Test {
 protected:
  base::Result<Selection> choose(const ListQuery& query) const {
    const std::vector<ListField> fields{{"kind", {"bird", "cat", "snake"}}, {"legs", {}}, {"tag.", {}}, {"id", {}}};
    const Cell cell = [this](std::size_t row, std::string_view field) -> json::value {
      if (field == "id") return json::value(animals[row].id);
      if (field == "kind") return json::value(animals[row].kind);
      if (field == "tag.wild") return animals[row].kind == "snake" ? json::value("yes") : json::value();
      return animals[row].legs;
    };
    return select(query, fields, "-id", animals.size(), cell);
  }

  std::vector<std::string> ids(const ListQuery& query) const {
    std::vector<std::string> found;
    const auto selection = choose(query);
    EXPECT_TRUE(selection) << selection.error().detail;
    if (!selection) return found;
    for (const std::size_t row : selection->rows) found.push_back(animals[row].id);
    return found;
  }

  std::vector<Animal> animals{
      {"a", "bird", 2}, {"b", "cat", 4}, {"c", "snake", nullptr}, {"d", "bird", 2}, {"e", "cat", 4}};
};

ListQuery query(std::string sort, std::vector<std::pair<std::string, std::string>> filters = {}) {
  ListQuery query;
  query.sort = std::move(sort);
  query.filters = std::move(filters);
  return query;
}

TEST_F(Listing, HasADefaultOrder) { EXPECT_THAT(ids({}), ElementsAre("e", "d", "c", "b", "a")); }
TEST_F(Listing, SortsByAField) { EXPECT_THAT(ids(query("kind")), ElementsAre("a", "d", "b", "e", "c")); }
TEST_F(Listing, SortsNumbersAsNumbersAndPutsNothingLast) {
  animals[0].legs = 10;
  EXPECT_THAT(ids(query("legs")), ElementsAre("d", "b", "e", "a", "c"));
}
TEST_F(Listing, PutsNothingLastInTheOtherDirectionToo) {
  EXPECT_THAT(ids(query("-legs")), ElementsAre("e", "b", "d", "a", "c"));
}
TEST_F(Listing, SortsBySeveralFields) { EXPECT_THAT(ids(query("kind,-id")), ElementsAre("d", "a", "e", "b", "c")); }
TEST_F(Listing, FiltersByAField) { EXPECT_THAT(ids(query("id", {{"kind", "bird"}})), ElementsAre("a", "d")); }
TEST_F(Listing, FiltersBySeveralValues) {
  EXPECT_THAT(ids(query("id", {{"kind", "bird,snake"}})), ElementsAre("a", "c", "d"));
  EXPECT_THAT(ids(query("id", {{"kind", "bird"}, {"kind", "snake"}})), ElementsAre("a", "c", "d"));
}
TEST_F(Listing, FiltersByNumbers) { EXPECT_THAT(ids(query("id", {{"legs", "4"}})), ElementsAre("b", "e")); }
TEST_F(Listing, FiltersBySeveralFields) { EXPECT_THAT(ids(query("id", {{"kind", "cat"}, {"legs", "2"}})), IsEmpty()); }
TEST_F(Listing, FiltersByDottedNames) { EXPECT_THAT(ids(query("id", {{"tag.wild", "yes"}})), ElementsAre("c")); }

TEST_F(Listing, ShowsEveryRowOnceOverAllPages) {
  for (const char* sort : {"id", "-id", "kind", "-kind", "legs", "-legs"}) {
    ListQuery page = query(sort);
    const auto whole = ids(page);
    page.limit = 2;
    std::vector<std::string> pieces;
    for (;;) {
      const auto selection = choose(page);
      ASSERT_TRUE(selection);
      for (const std::size_t row : selection->rows) pieces.push_back(animals[row].id);
      if (!selection->next_page) break;
      page.page = *selection->next_page;
    }
    EXPECT_EQ(pieces, whole) << sort;
  }
}

TEST_F(Listing, KeepsItsPlaceWhenRowsComeAndGo) {
  ListQuery page = query("id");
  page.limit = 2;
  page.page = *choose(page)->next_page;
  animals.erase(animals.begin());
  animals.push_back({"aa", "cat", 4});

  EXPECT_THAT(ids(page), ElementsAre("c", "d"));
}

TEST_F(Listing, HasNoNextPageAfterTheLastRow) {
  ListQuery page;
  page.limit = 5;

  EXPECT_FALSE(choose(page)->next_page);
}

TEST_F(Listing, NamesAnUnknownFilter) {
  const auto refused = choose(query("id", {{"colour", "red"}}));

  ASSERT_EQ(refused.error().code, Errc::invalid_request);
  EXPECT_THAT(refused.error().detail, HasSubstr("'colour'"));
  ASSERT_EQ(refused.error().errors.size(), 1U);
  EXPECT_EQ(refused.error().errors[0].pointer, "?colour") << "as for every other query parameter";
}

TEST_F(Listing, NamesAnImpossibleValue) {
  EXPECT_THAT(choose(query("id", {{"kind", "fish"}})).error().detail, HasSubstr("'fish'"));
}

TEST_F(Listing, NamesAnUnknownSortField) { EXPECT_THAT(choose(query("colour")).error().detail, HasSubstr("'colour'")); }

TEST_F(Listing, RefusesLimitsOutOfBounds) {
  ListQuery wrong;
  wrong.limit = 0;
  EXPECT_EQ(choose(wrong).error().code, Errc::invalid_request);
  wrong.limit = 1001;
  EXPECT_EQ(choose(wrong).error().code, Errc::invalid_request);
}

TEST_F(Listing, RefusesAPageThatIsNoToken) {
  for (const char* token : {"x", "zz", "7b7d", "00", "5b5d"}) {
    ListQuery wrong;
    wrong.page = token;
    EXPECT_EQ(choose(wrong).error().code, Errc::invalid_request) << token;
  }
}

TEST_F(Listing, RefusesAPageOfAnotherSortOrFilter) {
  ListQuery page = query("id");
  page.limit = 1;
  const std::string token = *choose(page)->next_page;
  ListQuery other = query("-id");
  other.page = token;
  EXPECT_EQ(choose(other).error().code, Errc::invalid_request);
  ListQuery filtered = query("id", {{"kind", "cat"}});
  filtered.page = token;
  EXPECT_EQ(choose(filtered).error().code, Errc::invalid_request);
}

}  // namespace
}  // namespace paddock::control
