// Bodies of POST /v1/sessions, records and launches from any JSON: refused with places, or within the
// limits and the same when written and read again.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "fuzz/fuzz.hpp"
#include "session/launch.hpp"
#include "session/record.hpp"

namespace {

using namespace paddock::fuzz;
namespace json = boost::json;
namespace limits = paddock::base::limits;
namespace session = paddock::session;

void read_request(const json::value& body) {
  const auto request = session::request_from_json(body);
  if (!request) {
    must(request.error().code == paddock::base::Errc::invalid_request, "a wrong body is the client's mistake");
    must(!request.error().errors.empty() && !request.error().detail.empty(), "each wrong place is named");
    return;
  }
  must(!request->adapter.empty() && request->name.size() <= limits::name_bytes, "names are within their limits");
  must(request->args.size() <= limits::arguments && request->env.size() <= limits::environment_entries &&
           request->labels.size() <= limits::labels,
       "lists are within their limits");
  must(request->workdir.empty() || request->workdir.starts_with('/'), "a folder is absolute");
  must(!request->timeout || request->timeout->count() > 0, "a time limit is a time");
}

void read_stored(const json::object& object) {
  if (const auto record = session::record_from_json(object)) {
    const json::object written = session::to_stored(*record);
    const auto again = session::record_from_json(written);
    must(again && *again == *record, "a record survives the store");
    json::serialize(session::to_json(*record));
  }
  if (const auto launch = session::launch_from_json(object)) {
    const json::object written = session::to_json(*launch);
    const auto again = session::launch_from_json(written);
    must(again && session::to_json(*again) == written, "a launch survives the link");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  boost::system::error_code ec;
  const std::string_view text = view(data, size);
  const json::value body = json::parse(text, ec, {}, {.max_depth = limits::json_depth});
  if (ec) return 0;
  read_request(body);
  if (body.is_object()) read_stored(body.get_object());
  return 0;
}
