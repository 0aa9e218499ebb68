// See launches.hpp.
#include "launches.hpp"

#include <algorithm>
#include <cctype>

namespace paddock::claude::test {

json::object launch(json::object more) {
  json::object request{{"mode", "headless"},    {"session", "ses_1"},    {"session_dir", "/tmp/ses_1"},
                       {"workdir", "/src"},     {"args", json::array()}, {"options", json::object()},
                       {"env", json::object()}, {"yolo", false},         {"keep_open", true}};
  for (const auto& [key, value] : more) request[key] = value;
  return request;
}

std::vector<std::filesystem::path> tapes() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(PADDOCK_CLAUDE_TAPES)) {
    if (entry.path().extension() == ".tape") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string tape_name(const testing::TestParamInfo<std::filesystem::path>& tape) {
  std::string name = tape.param.stem().string();
  for (char& letter : name) {
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0) letter = '_';
  }
  return name;
}

Agent::Agent(json::object more) : driver_(paddock_adapter_v1, launch(std::move(more))) {
  driver_.started();
  says(R"({"type":"control_response","response":{"subtype":"success","request_id":"paddock-1","response":{}}})");
  written();
}

void Agent::says(std::string_view line) {
  std::string text(line);
  std::replace(text.begin(), text.end(), '\'', '"');
  driver_.feed(PDK_CH_STDOUT, text + "\n");
}

void Agent::begins_turn() {
  says("{'type':'system','subtype':'session_state_changed','state':'running'}");
  says(
      "{'type':'system','subtype':'init','session_id':'s1','model':'m1','cwd':'/src','permissionMode':'default',"
      "'claude_code_version':'2.1.197','tools':['Bash']}");
}

void Agent::ends_turn(std::string_view answer) {
  says("{'type':'result','subtype':'success','is_error':false,'result':'" + std::string(answer) +
       "','terminal_reason':'completed','total_cost_usd':0.5,'usage':{'input_tokens':1,'output_tokens':2},"
       "'modelUsage':{'m1':{'inputTokens':1,'outputTokens':2,'costUSD':0.5,'contextWindow':1000}}}");
  says("{'type':'system','subtype':'session_state_changed','state':'idle'}");
}

void Agent::asks(std::string_view request, std::string_view call) {
  says("{'type':'system','subtype':'session_state_changed','state':'requires_action'}");
  says("{'type':'control_request','request_id':'" + std::string(request) +
       "','request':{'subtype':'can_use_tool','tool_name':'Bash','input':{'command':'touch x'},'tool_use_id':'" +
       std::string(call) +
       "','permission_suggestions':[{'type':'addRules','rules':[],'destination':'localSettings'},"
       "{'type':'setMode','mode':'acceptEdits','destination':'session'}]}}");
}

pdk_status Agent::command(std::uint32_t kind, std::string_view ref, json::object body) {
  return driver_.command(kind, ref, body);
}

std::string Agent::written() {
  const std::string all = driver_.seen().written.substr(read_);
  read_ = driver_.seen().written.size();
  return all;
}

json::object Agent::ends(int code, int signal, std::uint32_t cause) {
  driver_.eof(PDK_CH_STDOUT);
  driver_.eof(PDK_CH_STDERR);
  driver_.exited(code, signal, cause);
  return bodies("outcome").at(0);
}

std::vector<json::object> Agent::bodies(std::string_view kind) const {
  std::vector<json::object> found;
  for (const json::object& event : driver_.seen().of(kind)) found.push_back(event.at("body").as_object());
  return found;
}

std::vector<std::string> Agent::states() const {
  std::vector<std::string> found;
  for (const json::object& body : bodies("state")) {
    const std::string on = text(body, "blocked_on");
    found.push_back(text(body, "state") + (on.empty() ? "" : ":" + on));
  }
  return found;
}

std::string text(const json::object& body, std::string_view key) {
  const json::value* found = body.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

}  // namespace paddock::claude::test
