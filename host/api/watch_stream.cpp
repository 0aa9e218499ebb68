// The live stream: replay and live events from the hub, written in the form the client asked for.
#include "api/watch_stream.hpp"

#include <fmt/format.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "api/handlers.hpp"
#include "api/parameters.hpp"
#include "base/limits.hpp"

namespace paddock::api {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

using Events = base::Result<std::vector<watch::PublishedPtr>>;

/// Counts a watcher while it is served.
class Counted {
 public:
  Counted(metrics::Registry& metrics, Form form) : metrics_(metrics), form_(form) {
    metrics_.stream_clients(transport(), 1);
  }
  ~Counted() { metrics_.stream_clients(transport(), -1); }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::string_view transport() const {
    if (form_ == Form::websocket) return "websocket";
    return form_ == Form::sse ? "sse" : "ndjson";
  }
  metrics::Registry& metrics_;
  Form form_;
};

/// Calls `use` with each comma-separated word of each parameter `key`; stops at the first error.
template <class Use>
base::Result<> each_word(const Request& request, std::string_view key, Use use) {
  for (const auto& [name, value] : request.query) {
    if (name != key) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const std::string_view word = rest.substr(0, rest.find(','));
      if (auto used = use(word); !used) return used;
      rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    }
  }
  return {};
}

base::Result<store::EventFilter> event_filter(Context& context, const Request& request) {
  store::EventFilter filter;
  auto sessions = each_word(request, "session", [&](std::string_view word) -> base::Result<> {
    auto found = context.host.find(word);
    if (!found) return found.error();
    filter.sessions.push_back(found->id);
    return {};
  });
  if (!sessions) return sessions.error();
  auto kinds = each_word(request, "kind", [&](std::string_view word) -> base::Result<> {
    const auto kind = event::kind_of(word);
    if (!kind) return bad_parameter("kind", fmt::format("names an unknown kind '{}'", word));
    filter.kinds.push_back(*kind);
    return {};
  });
  if (!kinds) return kinds.error();
  (void)each_word(request, "adapter", [&](std::string_view word) -> base::Result<> {
    filter.adapters.emplace_back(word);
    return {};
  });
  return filter;
}

base::Result<std::optional<watch::Cursor>> wanted_cursor(const Request& request) {
  std::string_view text = request.last_event_id;
  if (text.empty()) text = request.parameter("cursor").value_or("");
  if (text.empty()) return std::optional<watch::Cursor>();
  auto cursor = watch::parse_cursor(text);
  if (!cursor) return bad_parameter("cursor", "must look like <stream_id>:<seq>");
  return std::optional<watch::Cursor>(std::move(*cursor));
}

Form wanted_form(const Request& request) {
  return request.accept.find("application/x-ndjson") != std::string::npos ? Form::ndjson : Form::sse;
}

/// The last words to a watcher that was cut off.
std::string farewell(Form form, const base::Error& why, const watch::Cursor& cursor) {
  const std::string at = watch::to_string(cursor);
  const bool slow = why.code == base::Errc::too_large;
  const std::string_view code = slow ? "slow_reader" : base::name(why.code);
  json::object event;
  event["kind"] = "error";
  event["stream_id"] = cursor.stream;
  event["data"] = {{"class", code}, {"code", code}, {"text", why.detail}, {"cursor", at}};
  std::string out;
  append_event(out, form, at, json::serialize(event));
  return out;
}

std::string render(const std::vector<watch::PublishedPtr>& events, Form form, const std::string& stream) {
  std::string out;
  for (const watch::PublishedPtr& event : events) {
    append_event(out, form, fmt::format("{}:{}", stream, event->event.seq), event->json);
  }
  return out;
}

/// The next events; an empty list when a heartbeat is due first.
asio::awaitable<Events> next_or_heartbeat(std::shared_ptr<watch::Subscription> subscription,
                                          asio::steady_timer& timer) {
  timer.expires_after(base::limits::heartbeat);
  timer.async_wait([weak = std::weak_ptr(subscription)](const boost::system::error_code& ec) {
    const auto alive = weak.lock();
    if (!ec && alive) alive->wake();
  });
  Events events = co_await subscription->next();
  timer.cancel();
  co_return events;
}

}  // namespace

void append_event(std::string& out, Form form, std::string_view cursor, std::string_view text) {
  if (form == Form::sse) {
    out += "id: ";
    out += cursor;
    out += "\ndata: ";
    out += text;
    out += "\n\n";
    return;
  }
  out += text;
  out += '\n';
}

void append_heartbeat(std::string& out, Form form) {
  out += form == Form::sse ? ": heartbeat\n\n" : "{\"kind\":\"heartbeat\"}\n";
}

void append_retry(std::string& out, Form form) {
  if (form == Form::sse) out += "retry: 1000\n\n";
}

base::Result<std::unique_ptr<watch::Subscription>> open_watch(Context& context, const Request& request) {
  auto filter = event_filter(context, request);
  if (!filter) return filter.error();
  auto cursor = wanted_cursor(request);
  if (!cursor) return cursor.error();
  return context.hub.subscribe(std::move(*cursor), std::move(*filter));
}

asio::awaitable<void> run_watch(Context& context, std::shared_ptr<watch::Subscription> subscription, Form form,
                                Stream& stream) {
  const Counted counted(context.metrics, form);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  std::string opening;
  append_retry(opening, form);
  if (!opening.empty() && !co_await stream.write(std::move(opening))) co_return;
  for (;;) {
    const Events events = co_await next_or_heartbeat(subscription, timer);
    if (!events) {
      if (events.error().code == base::Errc::too_large) context.metrics.watcher_dropped("slow_reader");
      (void)co_await stream.write(farewell(form, events.error(), subscription->cursor()));
      co_return;
    }
    std::string out = render(*events, form, subscription->cursor().stream);
    if (events->empty()) append_heartbeat(out, form);
    if (!co_await stream.write(std::move(out))) co_return;
  }
}

Answering watch_events(Context& context, const Request& request) {
  auto subscription = open_watch(context, request);
  if (!subscription) co_return problem(subscription.error(), request.request_id);
  const Form form = wanted_form(request);
  Response response;
  response.content_type = form == Form::sse ? "text/event-stream" : "application/x-ndjson";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Accel-Buffering", "no");
  std::shared_ptr<watch::Subscription> shared = std::move(*subscription);  // lives as long as the stream
  response.stream = [&context, shared, form](Stream& stream) { return run_watch(context, shared, form, stream); };
  co_return response;
}

}  // namespace paddock::api
