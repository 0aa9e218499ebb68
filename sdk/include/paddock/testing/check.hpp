// Checks that hold for every adapter: the promises of adapter.h, and golden events.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "paddock/testing/driver.hpp"
#include "paddock/testing/tape.hpp"

namespace paddock::sdk::testing {

namespace detail {

inline std::string jsonl(const std::vector<json::object>& events) {
  std::string text;
  for (const json::object& event : events) text += json::serialize(event) + "\n";
  return text;
}

/// Where two texts first differ, as two lines; empty when they are equal.
inline std::string first_difference(std::string_view got, std::string_view wanted) {
  for (std::size_t number = 1; !got.empty() || !wanted.empty(); ++number) {
    const std::string_view mine = take_line(got);
    const std::string_view golden = take_line(wanted);
    if (mine == golden) continue;
    return "line " + std::to_string(number) + "\n  got    " + std::string(mine) + "\n  wanted " + std::string(golden) +
           "\n";
  }
  return {};
}

inline std::string check_outcome(const Recorded& seen) {
  const std::size_t outcomes = seen.of("outcome").size();
  if (outcomes != 1) return std::to_string(outcomes) + " outcomes instead of one\n";
  if (seen.events.back().at("kind").as_string() != "outcome") return "the outcome is not the last event\n";
  return {};
}

inline std::string check_turns(const Recorded& seen) {
  int open = 0;
  for (const json::object& event : seen.of("turn")) {
    const json::object& body = event.at("body").as_object();
    open += body.at("phase").as_string() == "begin" ? 1 : -1;
    if (open < 0 || open > 1) return "turn begins and ends do not alternate\n";
  }
  return open == 0 || !seen.exited ? std::string() : "a turn has no end\n";
}

inline std::string check_ranges(const Recorded& seen) {
  for (const json::object& event : seen.events) {
    const json::value* channel = event.if_contains("channel");
    if (channel == nullptr) continue;
    const std::int64_t begin = event.at("begin").as_int64();
    const std::int64_t end = event.at("end").as_int64();
    const auto fed = seen.fed.find(static_cast<std::uint32_t>(channel->as_int64()));
    const std::int64_t length = fed != seen.fed.end() ? static_cast<std::int64_t>(fed->second) : 0;
    if (begin < 0 || begin > end || end > length)
      return "a byte range lies outside its stream: " + json::serialize(event) + "\n";
  }
  return {};
}

/// Approvals and questions have names, and only those that were asked are resolved.
inline std::string check_approvals(const Recorded& seen) {
  std::set<std::string> asked;
  for (const json::object& event : seen.events) {
    const std::string_view kind = event.at("kind").as_string();
    const json::value* ref = event.if_contains("ref");
    const std::string name(ref != nullptr ? std::string_view(ref->as_string()) : std::string_view());
    if (kind == "approval_request" || kind == "question") {
      if (name.empty()) return "an approval has no ref\n";
      asked.insert(name);
    } else if (kind == "approval_resolved" && !asked.contains(name)) {
      return "approval '" + name + "' was resolved but never asked for\n";
    }
  }
  return {};
}

}  // namespace detail

/// The promises of adapter.h that can be read from a recording; empty when all are kept.
inline std::string check_contract(const Recorded& seen) {
  std::string found = seen.problems();
  if (!seen.failures.empty()) found += "a call gave " + std::to_string(seen.failures.front()) + "\n";
  for (const Diag& diag : seen.diags) {
    if (diag.severity >= PDK_SEV_ERROR) found += "diagnostic " + diag.code + ": " + diag.message + "\n";
  }
  if (seen.exited) found += detail::check_outcome(seen);
  return found + detail::check_turns(seen) + detail::check_ranges(seen) + detail::check_approvals(seen);
}

/// Compares the events with those in `file`, one JSON object per line. With PADDOCK_UPDATE_GOLDEN=1 in
/// the environment the file is rewritten instead, so that a change of meaning is reviewed as a diff.
inline std::string compare_golden(const std::filesystem::path& file, const Recorded& seen) {
  const std::string got = detail::jsonl(seen.events);
  const char* update =
      std::getenv("PADDOCK_UPDATE_GOLDEN");  // NOLINT(concurrency-mt-unsafe): tests set it before they start
  if (update != nullptr && std::string_view(update) == "1") {
    std::ofstream(file, std::ios::binary) << got;
    return {};
  }
  if (!std::filesystem::exists(file)) return file.string() + ": missing; run with PADDOCK_UPDATE_GOLDEN=1\n";
  const std::string difference = detail::first_difference(got, detail::read_text(file));
  return difference.empty() ? std::string() : file.filename().string() + ":" + difference;
}

/// Plays the tape whole, twice, byte by byte and in random pieces (the final events must be equal) and
/// cut off after every step and with garbage in between (the contract must hold). Empty when all do.
inline std::string check_stream(const pdk_adapter& adapter, const Tape& tape) {
  const Recorded whole = tape.play(adapter);
  if (const std::string broken = check_contract(whole); !broken.empty()) return "whole: " + broken;
  const std::string wanted = detail::jsonl(whole.final_events());
  const auto differs = [&](const std::string& how, const Split& split) {
    const std::string difference =
        detail::first_difference(detail::jsonl(tape.play(adapter, split).final_events()), wanted);
    return difference.empty() ? std::string() : how + ": " + difference;
  };
  std::string found = differs("played twice", split_never()) + differs("byte by byte", split_bytes());
  for (const std::uint32_t seed : {1U, 2U, 3U}) {
    found += differs("split with seed " + std::to_string(seed), split_randomly(seed));
  }
  for (std::size_t count = 1; count < tape.size() && found.empty(); ++count) {
    const std::string broken = check_contract(tape.play_cut(adapter, count));
    if (!broken.empty()) found += "cut after step " + std::to_string(count) + ": " + broken;
  }
  using namespace std::string_view_literals;
  for (const std::string_view garbage :
       {"garbage\n"sv, "{\"type\":\n"sv, "\0\xff\xfe\n"sv, "[1,2]\nnull\n{}\n"sv, "\r\n\n"sv}) {
    if (!found.empty()) break;
    const std::string broken = check_contract(tape.with_garbage(garbage).play(adapter));
    if (!broken.empty()) found += "garbage in between: " + broken;
  }
  return found;
}

}  // namespace paddock::sdk::testing
