// One library as JSON, and its probe.
#include "adapter/describe.hpp"

#include <string>
#include <variant>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "adapter/calls.hpp"
#include "adapter/wire.hpp"
#include "base/limits.hpp"

namespace paddock::adapter {

namespace json = boost::json;

namespace {

/// What a pure call answered.
struct Answer {
  pdk_status status = PDK_E_INTERNAL;
  std::string text;
  std::string why;
};

Answer ask(const pdk_adapter& table, const wire::Request& request) {
  Answer answer;
  wire::ResponseReader reader;
  reader.begin();
  const auto note = [&](const wire::Response& response) {
    if (const auto* diag = std::get_if<wire::Diag>(&response)) answer.why = std::string(diag->message);
    if (const auto* done = std::get_if<wire::Done>(&response))
      answer.status = done->status, answer.text = std::string(done->text);
  };
  Calls calls(table, [&](std::string_view frames) {
    if (auto read = reader.feed(frames, note); !read) answer.why = read.error().detail;
  });
  calls.answer(request);
  return answer;
}

base::Result<json::object> object_from(const std::filesystem::path& file, const wire::Request& request) {
  const auto library = load(file);
  if (!library) return base::fail(base::Errc::adapter_refused, library.error().message);
  const std::string& id = library->description().id;
  const Answer answer = ask(library->table(), request);
  if (answer.status == PDK_E_UNSUPPORTED) {
    return base::fail(base::Errc::unsupported, fmt::format("adapter '{}' has no probe", id));
  }
  if (answer.status != PDK_OK) {
    return base::fail(base::Errc::adapter_failed,
                      fmt::format("the probe of adapter '{}' failed ({}): {}", id, answer.status, answer.why));
  }
  boost::system::error_code ec;
  json::value value = json::parse(answer.text, ec, {}, {.max_depth = base::limits::json_depth});
  if (ec || !value.is_object()) {
    return base::fail(base::Errc::adapter_failed,
                      fmt::format("the probe of adapter '{}' did not answer with a JSON object", id));
  }
  return std::move(value.get_object());
}

}  // namespace

json::object describe(const std::filesystem::path& file, const LoadPolicy& policy) {
  const auto library = load(file, policy);
  return library ? to_json(library->description()) : to_json(library.error());
}

base::Result<json::object> probe_plan(const std::filesystem::path& file) {
  return object_from(file, wire::ProbePlan{});
}

base::Result<json::object> probe_result(const std::filesystem::path& file, std::string_view findings) {
  return object_from(file, wire::ProbeResult{findings});
}

}  // namespace paddock::adapter
