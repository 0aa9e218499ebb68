// The ring of newest events and the filter over it.
#include "watch/ring.hpp"

#include <gtest/gtest.h>

#include "watch/filter.hpp"

namespace paddock {
namespace {

watch::PublishedPtr event_of(std::size_t bytes) {
  auto published = std::make_shared<watch::Published>();
  published->json = std::string(bytes, 'x');
  return published;
}

TEST(Ring, CountsPlacesFromTheFirstEventEver) {
  watch::Ring ring;
  const auto first = event_of(1);
  const auto second = event_of(1);
  ring.push(first);
  ring.push(second);

  EXPECT_EQ(ring.begin(), 0U);
  EXPECT_EQ(ring.end(), 2U);
  EXPECT_EQ(ring.at(1), second);

  ring.trim(1);

  EXPECT_EQ(ring.begin(), 1U);
  EXPECT_EQ(ring.end(), 2U);
  EXPECT_EQ(ring.at(1), second);
}

TEST(Ring, KnowsTheBytesFromAnyPlace) {
  watch::Ring ring;
  for (const std::size_t bytes : {10U, 20U, 30U}) ring.push(event_of(bytes));

  EXPECT_EQ(ring.bytes_from(0), 60U);
  EXPECT_EQ(ring.bytes_from(2), 30U);
  EXPECT_EQ(ring.bytes_from(3), 0U);

  ring.trim(2);

  EXPECT_EQ(ring.bytes_from(2), 30U);
}

TEST(Ring, TrimmedToItsEndIsEmptyAndGoesOn) {
  watch::Ring ring;
  ring.push(event_of(5));
  ring.trim(1);
  EXPECT_EQ(ring.begin(), ring.end());

  ring.push(event_of(7));

  EXPECT_EQ(ring.end(), 2U);
  EXPECT_EQ(ring.bytes_from(1), 7U);
}

TEST(Ring, LetsGoOfWhatIsTrimmed) {
  watch::Ring ring;
  const std::weak_ptr<const watch::Published> weak = [&ring] {
    auto event = event_of(1);
    ring.push(event);
    return std::weak_ptr<const watch::Published>(event);
  }();

  ring.trim(1);

  EXPECT_TRUE(weak.expired());
}

TEST(WatchFilter, OfNothingWantsEverything) {
  const watch::Filter filter{store::EventFilter{}};

  EXPECT_TRUE(filter.empty());
  EXPECT_TRUE(filter.wants(watch::Published{}));
}

TEST(WatchFilter, WantsOnlyWhatFitsEachOfItsParts) {
  store::EventFilter wanted;
  wanted.sessions = {base::SessionId::make()};
  wanted.kinds = {event::Kind::state, event::Kind::unknown};
  wanted.adapters = {"exec"};
  const watch::Filter filter(wanted);
  watch::Published published;
  published.event.session = wanted.sessions[0];
  published.event.kind = event::Kind::unknown;
  published.adapter = "exec";
  EXPECT_TRUE(filter.wants(published));

  watch::Published other_session = published;
  other_session.event.session = base::SessionId::make();
  watch::Published other_kind = published;
  other_kind.event.kind = event::Kind::session;
  watch::Published other_adapter = published;
  other_adapter.adapter = "claude";

  EXPECT_FALSE(filter.wants(other_session));
  EXPECT_FALSE(filter.wants(other_kind));
  EXPECT_FALSE(filter.wants(other_adapter));
}

}  // namespace
}  // namespace paddock
