// Problems as people and programs read them.
#include <stdexcept>

#include <gtest/gtest.h>

#include "config/problem.hpp"

namespace paddock::config {
namespace {

TEST(Problems, ReadLikeACompilers) {
  EXPECT_EQ(to_string(Problem{"f.yaml", 3, 5, "a.b", "is wrong"}), "f.yaml:3:5: a.b: is wrong");
  EXPECT_EQ(to_string(Problem{"f.yaml", 3, 5, "", "is wrong"}), "f.yaml:3:5: is wrong");
  EXPECT_EQ(to_string(Problem{"f.yaml", 0, 0, "", "is empty"}), "f.yaml: is empty");
  EXPECT_EQ(to_string(Problems{{{"f", 1, 1, "", "a"}, {"f", 2, 1, "", "b"}}}), "f:1:1: a\nf:2:1: b\n");
}

TEST(Problems, BecomeOneErrorWithEveryPlace) {
  const base::Error error = to_error(Problems{{{"f", 1, 2, "a", "is wrong"}, {"f", 2, 1, "b", "too"}}});
  EXPECT_EQ(error.code, base::Errc::bad_config);
  EXPECT_EQ(error.detail, "f:1:2: a: is wrong (and 1 more)");
  ASSERT_EQ(error.errors.size(), 2U);
  EXPECT_EQ(error.errors[1], (base::FieldError{"f:2:1: b", "too"}));
}

TEST(Problems, TakenAsAValueThrow) {
  const Checked<int> failed = Problems{{{"f", 1, 1, "", "bad"}}};
  EXPECT_THROW((void)failed.value(), std::logic_error);
}

}  // namespace
}  // namespace paddock::config
