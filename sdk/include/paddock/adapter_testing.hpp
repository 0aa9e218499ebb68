// The test kit for adapters: drive one by hand, play tapes, compare with golden events, and check the
// promises of adapter.h. Needs no test framework: every check returns a text, empty when all is well.
//
//   Library exec("build/dev/lib/paddock/adapters/exec.so");
//   Tape tape = Tape::read("hello.tape");
//   Recorded seen = tape.play(exec.adapter());
//   EXPECT_EQ(seen.problems(), "");                          // expectations inside the tape
//   EXPECT_EQ(compare_golden("hello.events.jsonl", seen), "");
//   EXPECT_EQ(check_stream(exec.adapter(), tape), "");       // split, cut, twice, contract
#pragma once

#include "paddock/testing/check.hpp"
#include "paddock/testing/driver.hpp"
#include "paddock/testing/library.hpp"
#include "paddock/testing/tape.hpp"
