// `copilot --output-format json`: one prompt, lines of JSON, nobody is asked.
#pragma once

#include <optional>
#include <string>

#include "acp/print.hpp"

namespace paddock::copilot {

/// The lines of one headless run.
class Stream final : public acp::Print {
 public:
  using Print::Print;

 protected:
  void on_record(const acp::Out& out, const acp::json::object& record) override;

 private:
  void on_words(const acp::Out& out, std::string_view type, const acp::json::object& data);
  void on_tool(const acp::Out& out, std::string_view type, const acp::json::object& data);
  void on_session(const acp::Out& out, std::string_view type, const acp::json::object& data);
  void on_result(const acp::Out& out, const acp::json::object& record);

  std::optional<acp::Fault> fault_;  // the last one; whether it counts, the result says
  bool was_aborted_ = false;
};

}  // namespace paddock::copilot
