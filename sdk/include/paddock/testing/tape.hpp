// Tapes: a session written down as a text file, one step or expectation per line.
//
//   # a comment
//   launch {"mode":"headless","prompt":"hi"}    first line; makes the session and starts it
//   out TEXT | err TEXT | hook TEXT             one line of the agent, a line feed is added
//   tail 0 TEXT                                 one line of the plan's first tail
//   raw out ESCAPED                             exactly these bytes: \n \r \t \\ \xHH
//   file out PATH [FIRST-LAST]                  a file's bytes, or some of its lines (from 1)
//   cmd {"type":"prompt","text":"more"}         prompt, answer, interrupt, set or finish; "ref" names what
//                                               is answered; every other field is the body
//   +250ms | +3s                                time passes, tick() is called when it was asked for
//   eof out                                     a channel ends early
//   exit 0 | exit signal 9 [CAUSE]              every channel ends, then the agent is gone
//
// Expectations speak about what happened since the step before them:
//   > write contains TEXT | > write nothing     bytes for the agent
//   > event {"kind":"state","body":{...}}       some event has all these fields
//   > no event {...}                            no event has them
//   > status ok|argument|unsupported|not_now    what the last cmd gave
//   > signal INT | > closed | > wake | > no wake
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "paddock/testing/driver.hpp"
#include "paddock/testing/tape_words.hpp"

namespace paddock::sdk::testing {

/// How a tape's bytes are handed over: given the bytes of one step, calls `feed` with its pieces.
using Split = std::function<void(std::string_view bytes, const std::function<void(std::string_view)>& feed)>;

/// All bytes of a step at once.
inline Split split_never() {
  return [](std::string_view bytes, const auto& feed) { feed(bytes); };
}
/// Every byte on its own.
inline Split split_bytes() {
  return [](std::string_view bytes, const auto& feed) {
    for (std::size_t i = 0; i < bytes.size(); ++i) feed(bytes.substr(i, 1));
  };
}
/// Pieces of 1..`longest` bytes, the same ones for the same seed.
inline Split split_randomly(std::uint32_t seed, std::size_t longest = 97) {
  return [seed, longest](std::string_view bytes, const auto& feed) mutable {
    while (!bytes.empty()) {
      seed = seed * 1664525U + 1013904223U;
      const std::size_t size = std::min<std::size_t>(1 + (seed >> 8U) % longest, bytes.size());
      feed(bytes.substr(0, size));
      bytes.remove_prefix(size);
    }
  };
}

/// A tape that was read. Throws std::runtime_error naming file and line when it is malformed.
class Tape final {
 public:
  static Tape read(const std::filesystem::path& file) {
    return Tape(detail::read_text(file), file.parent_path(), file.filename().string());
  }
  /// `folder` is where `file` steps look for their files.
  Tape(std::string_view text, std::filesystem::path folder, std::string name = "tape")
      : folder_(std::move(folder)), name_(std::move(name)) {
    std::size_t number = 0;
    for (std::string_view rest = text; !rest.empty();) {
      std::string_view line = detail::take_line(rest);
      ++number;
      if (line.empty() || line.front() == '#') continue;
      steps_.push_back({number, std::string(line)});
    }
    if (steps_.empty() || !steps_.front().text.starts_with("launch "))
      fail(steps_.empty() ? 1 : steps_.front().number, "must begin with launch");
  }

  /// Plays the whole tape on a new session.
  Recorded play(const pdk_adapter& adapter, const Split& split = split_never()) const {
    return play_first(adapter, steps_.size(), split);
  }

  /// Plays the first `count` steps; when that cuts the agent off, its channels end and it exits with
  /// `signal 9`, so the recording always ends in exited(). Expectations are not looked at then.
  Recorded play_cut(const pdk_adapter& adapter, std::size_t count, const Split& split = split_never()) const {
    return play_first(adapter, count, split);
  }

  /// Steps and expectations, the launch included.
  std::size_t size() const noexcept { return steps_.size(); }

  /// This tape with `bytes` put before each of its standard output steps.
  Tape with_garbage(std::string_view bytes) const {
    Tape copy = *this;
    copy.garbage_ = std::string(bytes);
    return copy;
  }

 private:
  struct Step {
    std::size_t number;
    std::string text;
  };

  /// What a step changed, so that expectations can look at it.
  struct Mark {
    std::size_t events = 0, written = 0, signals = 0;
    pdk_status status = PDK_OK;
  };

  [[noreturn]] void fail(std::size_t number, const std::string& what) const {
    throw std::runtime_error(name_ + ":" + std::to_string(number) + ": " + what);
  }

  Recorded play_first(const pdk_adapter& adapter, std::size_t count, const Split& split) const {
    Driver driver(adapter, detail::object_of(steps_.front().text.substr(7)));
    const bool whole = count >= steps_.size() && garbage_.empty();
    Mark mark;
    driver.started();
    for (std::size_t i = 1; i < std::min(count, steps_.size()); ++i) {
      const Step& step = steps_[i];
      try {
        if (step.text.starts_with("> ")) {
          if (whole) expect(driver.seen(), mark, step);
          continue;
        }
        mark = {driver.seen().events.size(), driver.seen().written.size(), driver.seen().signals.size(), PDK_OK};
        perform(driver, mark, step.text, split);
      } catch (const std::exception& error) {
        fail(step.number, error.what());
      }
    }
    if (!driver.seen().exited && count < steps_.size()) end(driver, 0, 9, PDK_CAUSE_NONE);
    return driver.seen();
  }

  void perform(Driver& driver, Mark& mark, const std::string& line, const Split& split) const {
    std::string_view rest = line;
    const std::string_view word = detail::take_word(rest);
    const auto hand = [&](std::uint32_t channel, std::string_view bytes) {
      split(bytes, [&](std::string_view piece) { driver.feed(channel, piece); });
    };
    if (word == "out" || word == "err" || word == "hook") {
      if (word == "out" && !garbage_.empty()) hand(PDK_CH_STDOUT, garbage_);
      hand(detail::channel_of(word), std::string(rest) + "\n");
    } else if (word == "tail") {
      const auto index = static_cast<std::uint32_t>(std::stoul(std::string(detail::take_word(rest))));
      hand(PDK_CH_TAIL + index, std::string(rest) + "\n");
    } else if (word == "raw") {
      const std::uint32_t channel = detail::channel_of(detail::take_word(rest));
      hand(channel, detail::unescape(rest));
    } else if (word == "file") {
      const std::uint32_t channel = detail::channel_of(detail::take_word(rest));
      const std::filesystem::path path = folder_ / detail::take_word(rest);
      hand(channel, detail::lines_of(detail::read_text(path), rest));
    } else if (word == "cmd") {
      json::object body = detail::object_of(rest);
      const std::uint32_t kind = detail::command_of(detail::take_text(body, "type"));
      const std::string ref = detail::take_text(body, "ref");
      mark.status = driver.command(kind, ref, body);
    } else if (word == "eof") {
      driver.eof(detail::channel_of(rest));
      driver.seen().ended.push_back(detail::channel_of(rest));
    } else if (word == "exit") {
      const detail::End how = detail::end_of(rest);
      end(driver, how.code, how.signal, how.cause);
    } else if (word.starts_with('+')) {
      driver.advance(detail::duration_of(word));
    } else {
      throw std::runtime_error("unknown step '" + line + "'");
    }
  }

  static std::vector<std::uint32_t>& ended(Driver& driver) { return driver.seen().ended; }

  static void end(Driver& driver, int code, int signal, std::uint32_t cause) {
    std::vector<std::uint32_t> open{PDK_CH_STDOUT, PDK_CH_STDERR};
    for (const auto& [channel, bytes] : driver.seen().fed) {
      if (channel != PDK_CH_STDOUT && channel != PDK_CH_STDERR) open.push_back(channel);
    }
    for (const std::uint32_t channel : open) {
      const std::vector<std::uint32_t>& gone = driver.seen().ended;
      if (std::find(gone.begin(), gone.end(), channel) == gone.end()) driver.eof(channel);
    }
    driver.exited(code, signal, cause);
  }

  void expect(Recorded& seen, const Mark& mark, const Step& step) const {
    std::string_view rest = std::string_view(step.text).substr(2);
    const std::vector<json::object> events(seen.events.begin() + static_cast<std::ptrdiff_t>(mark.events),
                                           seen.events.end());
    const std::string_view written = std::string_view(seen.written).substr(mark.written);
    const std::vector<int> signals(seen.signals.begin() + static_cast<std::ptrdiff_t>(mark.signals),
                                   seen.signals.end());
    const detail::Since since{events, written, signals, mark.status, seen.input_closed, seen.wake_at.has_value()};
    const std::string problem = detail::unmet(rest, since);
    if (!problem.empty()) seen.complaints.push_back(name_ + ":" + std::to_string(step.number) + ": " + problem);
  }

  std::filesystem::path folder_;
  std::string name_;
  std::vector<Step> steps_;
  std::string garbage_;
};

}  // namespace paddock::sdk::testing
