// Operations on sessions, their actions and what waits for a person.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "api/handlers.hpp"
#include "api/parameters.hpp"
#include "base/limits.hpp"
#include "session/launch.hpp"

namespace paddock::api {
namespace json = boost::json;
namespace {

constexpr std::size_t kOutputDefault = 64U << 10U;
constexpr std::size_t kOutputMost = 1U << 20U;
constexpr std::chrono::milliseconds kWaitDefault = std::chrono::seconds(30);
constexpr std::chrono::milliseconds kWaitMost = std::chrono::hours(1);

Response answer_response(const control::Answer& answer, unsigned status) {
  Response response = json_response(answer.body, status);
  if (answer.replayed) response.headers.emplace_back("Idempotent-Replayed", "true");
  return response;
}

base::Result<std::vector<session::State>> wanted_states(const Request& request) {
  const auto text = request.parameter("state");
  if (!text || text->empty()) return bad_parameter("state", "is required, e.g. state=idle,exited");
  std::vector<session::State> states;
  for (std::string_view rest = *text; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(','));
    const auto state = session::state_of(word);
    if (!state) return bad_parameter("state", "names an unknown state '" + std::string(word) + "'");
    states.push_back(*state);
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  }
  return states;
}

/// Streams what the session wrote from `offset` on and then whatever it writes, until it has ended.
boost::asio::awaitable<void> follow_output(Context& context, std::string key, std::uint64_t offset, Stream& stream) {
  for (;;) {
    auto output = co_await context.host.next_output(key, offset, kOutputDefault);
    if (!output) co_return;
    offset = output->next_offset;
    if (!output->bytes.empty() && !co_await stream.write(std::move(output->bytes))) co_return;
    if (output->ended) co_return;
  }
}

}  // namespace

Answering start_session(Context& context, const Request& request) {
  auto wish = session::request_from_json(request.body);
  if (!wish) co_return problem(wish.error(), request.request_id);
  auto started = co_await context.host.start_session(std::move(*wish), request.idempotency_key);
  if (!started) co_return problem(started.error(), request.request_id);
  Response response = answer_response(*started, 201);
  if (const json::value* id = started->body.if_contains("id"); id != nullptr && id->is_string()) {
    response.headers.emplace_back("Location", "/v1/sessions/" + std::string(id->get_string()));
  }
  co_return response;
}

Answering list_sessions(Context& context, const Request& request) {
  const auto query = list_query(request);
  if (!query) co_return problem(query.error(), request.request_id);
  auto page = context.host.sessions(*query);
  if (!page) co_return problem(page.error(), request.request_id);
  co_return page_response(std::move(*page));
}

Answering get_session(Context& context, const Request& request) {
  auto session = context.host.session(request.path_values.front());
  if (!session) co_return problem(session.error(), request.request_id);
  co_return json_response(*session);
}

Answering delete_session(Context& context, const Request& request) {
  const auto done = co_await context.host.remove_session(request.path_values.front());
  if (!done) co_return problem(done.error(), request.request_id);
  co_return empty_response();
}

Answering list_events(Context& context, const Request& request) {
  // A page of events begins after a seq too: `next_page` is one.
  const std::string_view from = request.parameter("page") ? "page" : "after";
  const auto after = number_parameter(request, from, 0, 0, std::numeric_limits<std::int64_t>::max());
  const auto limit =
      number_parameter(request, "limit", base::limits::page_items_default, 1, base::limits::page_items_max);
  if (!after) co_return problem(after.error(), request.request_id);
  if (!limit) co_return problem(limit.error(), request.request_id);
  auto page = context.host.events(request.path_values.front(), *after, *limit);
  if (!page) co_return problem(page.error(), request.request_id);
  co_return page_response(std::move(*page));
}

Answering get_output(Context& context, const Request& request) {
  const auto offset = number_parameter(request, "offset", 0, 0, std::numeric_limits<std::int64_t>::max());
  const auto limit = number_parameter(request, "limit", kOutputDefault, 1, kOutputMost);
  if (!offset) co_return problem(offset.error(), request.request_id);
  if (!limit) co_return problem(limit.error(), request.request_id);
  const std::string& key = request.path_values.front();
  auto output = context.host.output(key, *offset, *limit);
  if (!output) co_return problem(output.error(), request.request_id);

  Response response;
  response.content_type = "application/octet-stream";
  if (request.parameter("follow").value_or("0") == "1") {
    response.stream = [&context, key, from = *offset](Stream& stream) {
      return follow_output(context, key, from, stream);
    };
    co_return response;
  }
  response.body = std::move(output->bytes);
  response.headers.emplace_back("X-Next-Offset", std::to_string(output->next_offset));
  response.headers.emplace_back("X-Output-Ended", output->ended ? "true" : "false");
  co_return response;
}

Answering get_screen(Context& context, const Request& request) {
  const auto scrollback = number_parameter(request, "scrollback", 0, 0, base::limits::scrollback_lines);
  if (!scrollback) co_return problem(scrollback.error(), request.request_id);
  auto screen = co_await context.host.screen(request.path_values.front(), *scrollback);
  if (!screen) co_return problem(screen.error(), request.request_id);
  co_return json_response(*screen);
}

Answering explain_session(Context& context, const Request& request) {
  auto explained = context.host.explain(request.path_values.front());
  if (!explained) co_return problem(explained.error(), request.request_id);
  json::object screen = co_await context.host.explain_screen(request.path_values.front());
  if (!screen.empty()) (*explained)["screen"] = std::move(screen);
  co_return json_response(*explained);
}

Answering wait_for_session(Context& context, const Request& request) {
  auto states = wanted_states(request);
  if (!states) co_return problem(states.error(), request.request_id);
  const auto timeout = duration_parameter(request, "timeout", kWaitDefault, kWaitMost);
  if (!timeout) co_return problem(timeout.error(), request.request_id);
  const auto version = number_parameter(request, "after_version", 0, 0, std::numeric_limits<std::int64_t>::max());
  if (!version) co_return problem(version.error(), request.request_id);
  std::optional<std::uint64_t> after_version;
  if (request.parameter("after_version")) after_version = *version;
  auto session = co_await context.host.wait(request.path_values.front(), std::move(*states), after_version, *timeout);
  if (!session) co_return problem(session.error(), request.request_id);
  co_return json_response(*session);
}

Answering act_on_session(Context& context, const Request& request) {
  auto answer = co_await context.host.act(request.path_values.front(), request.body, request.idempotency_key);
  if (!answer) co_return problem(answer.error(), request.request_id);
  co_return answer_response(*answer, 200);
}

Answering list_actions(Context& context, const Request& request) {
  const auto query = list_query(request);
  if (!query) co_return problem(query.error(), request.request_id);
  auto page = context.host.actions(*query);
  if (!page) co_return problem(page.error(), request.request_id);
  co_return page_response(std::move(*page));
}

Answering get_action(Context& context, const Request& request) {
  auto action = context.host.action(request.path_values.front());
  if (!action) co_return problem(action.error(), request.request_id);
  co_return json_response(*action);
}

Answering list_approvals(Context& context, const Request& request) {
  const auto query = list_query(request);
  if (!query) co_return problem(query.error(), request.request_id);
  auto page = context.host.approvals(*query);
  if (!page) co_return problem(page.error(), request.request_id);
  co_return page_response(std::move(*page));
}

}  // namespace paddock::api
