// What `paddock run` shows of a session: events in, text out. Pure; time is an argument.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace paddock::cli {

/// Text for the two output streams.
struct Shown {
  std::string out;
  std::string err;
};

/// Something the agent waits for.
struct Question {
  std::string ref;
  bool is_question = false;  ///< an answer in words rather than yes or no
  std::string text;          ///< one safe line
};

/// Follows one session. `piped` prints the assistant's text alone; `live` is for a terminal: text as
/// it comes, tools and approvals as lines of their own, everything safe to print.
class RunView {
 public:
  enum class Form { piped, live };
  RunView(Form form, bool color) : form_(form), color_(color) {}

  Shown take(const boost::json::object& event);

  /// "working · 0:12 · 1.2k tokens · $0.0100", safe and one line. Empty once it has ended.
  std::string status(std::int64_t now_millis, std::size_t columns) const;

  /// True while a line of text is unfinished: nothing else may be drawn then.
  bool in_line() const noexcept { return in_line_; }
  bool ended() const noexcept { return ended_; }
  const std::string& exit_reason() const noexcept { return exit_reason_; }
  const std::string& exit_detail() const noexcept { return exit_detail_; }
  /// The oldest thing it waits for.
  std::optional<Question> question() const;

 private:
  void take_message(const boost::json::object& data, Shown& shown);
  void take_state(const boost::json::object& event, const boost::json::object& data);
  void take_usage(const boost::json::object& data);
  void take_request(std::string_view kind, const boost::json::object& data, Shown& shown);
  void take_resolved(const boost::json::object& data, Shown& shown);
  void take_outcome(const boost::json::object& data);
  void say(std::string_view raw, Shown& shown);
  void end_line(Shown& shown);
  void add_line(std::string line, Shown& shown);
  std::string dim(std::string_view text) const;

  Form form_;
  bool color_;
  bool in_line_ = false;
  std::string spoken_ref_;   ///< of the message that pieces were printed of
  std::string spoken_text_;  ///< those pieces
  std::string state_ = "starting";
  std::string blocked_on_;
  std::int64_t started_millis_ = 0;
  std::int64_t tokens_ = 0;
  std::optional<std::int64_t> cost_micros_;
  std::deque<Question> questions_;
  bool ended_ = false;
  std::string exit_reason_, exit_detail_;
};

}  // namespace paddock::cli
