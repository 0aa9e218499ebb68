// Problems become exit codes and sentences.
#include "main/cli/outcome.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

namespace paddock::cli {
namespace {

TEST(ExitCodes, AreTheContracts) {
  EXPECT_EQ(exit_of("not_found", 404), ExitCode::not_found);
  for (const char* code :
       {"policy_denied", "stale_runtime", "stale_state", "stale_snapshot", "busy", "wrong_state", "approval_closed",
        "idempotency_mismatch", "limit_unavailable", "forbidden", "unauthorized"}) {
    EXPECT_EQ(exit_of(code, 0), ExitCode::refused) << code;
  }
  EXPECT_EQ(exit_of("timeout", 408), ExitCode::timed_out);
  for (const char* code : {"invalid_request", "adapter_refused", "agent_not_found", "start_failed", "internal",
                           "too_many", "unavailable", "unsupported"}) {
    EXPECT_EQ(exit_of(code, 0), ExitCode::failed) << code;
  }
}

TEST(ExitCodes, OfAnAnswerWithoutACodeFollowTheStatus) {
  EXPECT_EQ(exit_of("", 404), ExitCode::not_found);
  EXPECT_EQ(exit_of("", 401), ExitCode::refused);
  EXPECT_EQ(exit_of("", 500), ExitCode::failed);
}

TEST(Failures, OfTheHostAreShownWithEveryPlace) {
  const Failure failure = failure_of_answer(
      400, R"({"code":"invalid_request","detail":"it is 'wrong'","errors":[{"pointer":"/a","detail":"is bad"}]})");
  EXPECT_EQ(failure.exit, ExitCode::failed);
  EXPECT_EQ(for_people(failure), "paddock: it is 'wrong'\n  /a: is bad\n");
}

TEST(Failures, FromSomethingThatIsNoHostAreSaid) {
  const Failure failure = failure_of_answer(502, "<html>");
  EXPECT_EQ(failure.exit, ExitCode::failed);
  EXPECT_EQ(for_people(failure), "paddock: the host answered with status 502 and no problem document\n");
}

TEST(Failures, OfTheCommandLineItselfHaveTheFormOfTheHosts) {
  const Failure made = failure(ExitCode::usage, "usage", "ADAPTER is required");
  EXPECT_EQ(made.problem.at("type"), "about:blank#usage");
  EXPECT_EQ(made.problem.at("title"), "The command line is not valid");
  EXPECT_EQ(made.problem.at("detail"), "ADAPTER is required");
  EXPECT_EQ(made.problem.at("code"), "usage");
}

TEST(Failures, CannotMoveTheCursor) {
  const Failure failure = failure_of_answer(409, "{\"code\":\"busy\",\"detail\":\"a\\u001b[2Jb\"}");
  EXPECT_EQ(failure.exit, ExitCode::refused);
  EXPECT_EQ(for_people(failure), "paddock: a\\x1b[2Jb\n");
}

TEST(Failures, OfTheFloorsKeepTheirCode) {
  base::Error error = base::fail(base::Errc::bad_config, "is wrong");
  error.errors.push_back({"f:1:2", "x"});
  const Failure made = failure(error);
  EXPECT_EQ(made.exit, ExitCode::failed);
  EXPECT_EQ(made.problem.at("code"), "bad_config");
  EXPECT_EQ(made.problem.at("errors").at(0).at("pointer"), "f:1:2");
  EXPECT_EQ(failure(base::fail(base::Errc::not_found, "x")).exit, ExitCode::not_found);
}

TEST(Outcomes, OfAnExitCodeAreNoFailures) {
  const Outcome<ExitCode> done = ExitCode::refused;
  ASSERT_TRUE(done);
  EXPECT_EQ(*done, ExitCode::refused);
}

}  // namespace
}  // namespace paddock::cli
