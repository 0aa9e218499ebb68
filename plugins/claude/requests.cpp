// See requests.hpp.
#include "requests.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "fields.hpp"

namespace paddock::claude {

namespace {

constexpr std::size_t kMostSent = 64;

}  // namespace

std::string request_line(std::string_view id, std::string_view subtype, std::string_view key, std::string_view value) {
  json::object request{{"subtype", subtype}};
  if (!key.empty()) request[key] = value;
  const json::object line{{"type", "control_request"}, {"request_id", id}, {"request", std::move(request)}};
  return json::serialize(line) + '\n';
}

std::string prompt_line(std::string_view text) {
  const json::object line{{"type", "user"},
                          {"message", {{"role", "user"}, {"content", text}}},
                          {"parent_tool_use_id", nullptr},
                          {"session_id", ""}};
  return json::serialize(line) + '\n';
}

void Requests::send(Out& out, std::string_view subtype, std::string_view key, std::string_view value) {
  const std::string id = "paddock-" + std::to_string(next_++);
  if (sent_.size() >= kMostSent) sent_.erase(sent_.begin());
  std::string what(subtype);
  if (!value.empty()) what += " '" + std::string(clip(value, 200)) + "'";
  sent_.push_back({id, std::move(what)});
  out.sink().write(request_line(id, subtype, key, value));
}

bool Requests::answered(Out& out, const json::object& line) {
  const json::object* response = child(line, "response");
  if (response == nullptr) return false;
  const std::string_view id = text(*response, "request_id");
  std::string what = "a request";
  const auto found = std::find_if(sent_.begin(), sent_.end(), [&](const Sent& one) { return one.id == id; });
  if (found != sent_.end()) {
    what = found->what;
    sent_.erase(found);
  }
  if (text(*response, "subtype") == "error") {
    out.notice("request_refused", what + " was refused: " + std::string(clip(text(*response, "error"), 2000)));
  }
  return true;
}

}  // namespace paddock::claude
