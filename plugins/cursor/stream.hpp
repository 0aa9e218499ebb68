// `cursor-agent -p --output-format stream-json`: one prompt, lines of JSON, nobody is asked.
#pragma once

#include <string>

#include "acp/print.hpp"

namespace paddock::cursor {

/// The lines of one headless run.
class Stream final : public acp::Print {
 public:
  using Print::Print;

 protected:
  void on_record(const acp::Out& out, const acp::json::object& record) override;

 private:
  void on_words(const acp::Out& out, const acp::json::object& record);
  void on_tool(const acp::Out& out, const acp::json::object& record);
  void on_result(const acp::Out& out, const acp::json::object& record);

  std::string pieces_;  // of the message that is streamed; a snapshot of it repeats them
};

}  // namespace paddock::cursor
