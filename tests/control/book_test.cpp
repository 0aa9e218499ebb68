// Finding sessions by what people type, and listing them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/book.hpp"

namespace paddock::control {
namespace {

using base::Errc;
using session::Record;
using session::State;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Record make(std::string name, State state = State::idle) {
  Record record;
  record.id = base::SessionId::make();
  record.runtime = base::RuntimeId::make();
  record.name = std::move(name);
  record.adapter = "claude";
  record.state = state;
  return record;
}

TEST(Book, FindsByWholeId) {
  Book book;
  const Record record = make("ada");
  book.show(record);

  EXPECT_EQ((*book.find(record.id.str()))->id, record.id);
}

TEST(Book, FindsByPrefixWithAndWithoutItsKind) {
  Book book;
  const Record record = make("ada");
  book.show(record);

  EXPECT_EQ((*book.find(record.id.str().substr(0, 12)))->id, record.id);
  EXPECT_EQ((*book.find(record.id.str().substr(4, 8)))->id, record.id);
}

TEST(Book, SaysWhenAPrefixFitsSeveral) {
  Book book;
  book.show(make("ada"));
  book.show(make("bob"));

  EXPECT_EQ(book.find("ses_").error().code, Errc::ambiguous);
}

TEST(Book, FindsByName) {
  Book book;
  const Record record = make("ada");
  book.show(record);
  book.show(make("bob"));

  EXPECT_EQ((*book.find("ada"))->id, record.id);
}

TEST(Book, PrefersTheLivingOneOfAName) {
  Book book;
  const Record alive = make("ada");
  book.show(alive);
  book.show(make("ada", State::exited));

  EXPECT_EQ((*book.find("ada"))->id, alive.id);
}

TEST(Book, ElsePrefersTheNewestOfAName) {
  Book book;
  book.show(make("ada", State::exited));
  const Record newer = make("ada", State::exited);
  book.show(newer);

  EXPECT_EQ((*book.find("ada"))->id, newer.id);
}

TEST(Book, SaysWhenThereIsNone) {
  Book book;
  EXPECT_EQ(book.find("ada").error().code, Errc::not_found);
  EXPECT_EQ(book.find("").error().code, Errc::not_found);
  EXPECT_EQ(book.find(base::SessionId::make().str()).error().code, Errc::not_found);
}

TEST(Book, CountsTheLivingOnly) {
  Book book;
  Record record = make("ada");
  book.show(record);
  book.show(make("bob", State::exited));
  EXPECT_EQ(book.living(), 1U);

  record.state = State::exited;
  book.show(record);
  EXPECT_EQ(book.living(), 0U);
  book.forget(record.id);
  EXPECT_EQ(book.living(), 0U);
  EXPECT_EQ(book.size(), 1U);
}

TEST(Book, ListsTheNewestFirst) {
  Book book;
  book.show(make("old"));
  book.show(make("new"));

  EXPECT_EQ(book.list({})->items.at(0).at("name"), "new");
}

TEST(Book, ListsByStateAdapterAndLabel) {
  Book book;
  Record labelled = make("ada", State::working);
  labelled.labels["team"] = "red";
  book.show(labelled);
  book.show(make("bob"));
  ListQuery query;
  query.filters = {{"state", "working"}, {"adapter", "claude"}, {"labels.team", "red"}};

  EXPECT_THAT(book.list(query)->items, SizeIs(1));
  query.filters[2].second = "blue";
  EXPECT_THAT(book.list(query)->items, IsEmpty());
}

TEST(Book, RefusesAStateThatDoesNotExist) {
  ListQuery query;
  query.filters = {{"state", "sleeping"}};

  EXPECT_EQ(Book().list(query).error().code, Errc::invalid_request);
}

TEST(Book, ListsApprovalsOfAllSessionsOldestFirst) {
  Book book;
  Record ada = make("ada", State::blocked);
  ada.approvals.push_back({"late", false, 2, base::WallTime(std::chrono::milliseconds(2)), {{"tool", "Bash"}}});
  Record bob = make("bob", State::blocked);
  bob.approvals.push_back({"early", true, 2, base::WallTime(std::chrono::milliseconds(1)), {}});
  book.show(ada);
  book.show(bob);
  ListQuery query;
  query.filters = {{"state", "pending"}};

  const auto page = book.approvals(query);

  ASSERT_TRUE(page) << page.error().detail;
  ASSERT_THAT(page->items, SizeIs(2));
  EXPECT_EQ(page->items[0].at("ref"), "early");
  EXPECT_EQ(page->items[0].at("kind"), "question");
  EXPECT_EQ(page->items[1].at("session").get_string(), ada.id.str());
  EXPECT_EQ(page->items[1].at("data").at("tool"), "Bash");
}

TEST(Book, HasOnlyPendingApprovals) {
  ListQuery query;
  query.filters = {{"state", "answered"}};

  EXPECT_EQ(Book().approvals(query).error().code, Errc::invalid_request);
}

TEST(Book, FiltersApprovalsByTool) {
  Book book;
  Record ada = make("ada", State::blocked);
  ada.approvals.push_back({"a", false, 2, {}, {{"tool", "Bash"}}});
  ada.approvals.push_back({"b", false, 3, {}, {{"tool", "Edit"}}});
  book.show(ada);
  ListQuery query;
  query.filters = {{"tool", "Edit"}};

  EXPECT_THAT(book.approvals(query)->items, SizeIs(1));
}

}  // namespace
}  // namespace paddock::control
