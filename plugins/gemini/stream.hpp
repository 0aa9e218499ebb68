// `gemini --output-format stream-json`: one prompt, lines of JSON, nobody is asked.
#pragma once

#include "acp/print.hpp"

namespace paddock::gemini {

/// The lines of one headless run.
class Stream final : public acp::Print {
 public:
  using Print::Print;

 protected:
  void on_record(const acp::Out& out, const acp::json::object& record) override;
  std::optional<std::string_view> class_of_exit(int code) const override;

 private:
  void on_tool_use(const acp::Out& out, const acp::json::object& record);
  void on_tool_result(const acp::Out& out, const acp::json::object& record);
  void on_result(const acp::Out& out, const acp::json::object& record);
};

}  // namespace paddock::gemini
