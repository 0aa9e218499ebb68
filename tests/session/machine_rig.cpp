// The scripted adapter.
#include "machine_rig.hpp"

#include <sstream>

namespace paddock::session {

std::optional<AdapterReply> obedient(const AdapterCall& call) {
  AdapterReply reply;
  if (call.kind == AdapterCall::Kind::command) reply.input = "cmd\n";
  if (call.kind == AdapterCall::Kind::exited) reply.events.push_back(say(said::outcome, R"({"result":"success"})"));
  if (call.kind != AdapterCall::Kind::feed) return reply;
  std::istringstream lines{std::string(call.bytes)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::uint32_t kind = 0;
    std::string ref, body;
    words >> kind >> ref;
    std::getline(words, body);
    reply.events.push_back(say(kind, body, ref == "-" ? "" : ref));
  }
  return reply;
}

}  // namespace paddock::session
