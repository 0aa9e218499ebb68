// See support.hpp. ACP_TAPES is the folder of the adapter under test, ACP_OPTIONS its options.
#include "support.hpp"

#include <algorithm>
#include <cctype>

namespace paddock::acp::test {

std::vector<std::filesystem::path> tapes() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(ACP_TAPES)) {
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

std::string text(const json::object& body, std::string_view key) {
  const json::value* found = body.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::vector<json::object> bodies(const kit::Recorded& seen, std::string_view kind) {
  std::vector<json::object> found;
  for (const json::object& event : seen.of(kind)) found.push_back(event.at("body").as_object());
  return found;
}

std::vector<std::string> states(const kit::Recorded& seen) {
  std::vector<std::string> found;
  for (const json::object& body : bodies(seen, "state")) {
    const std::string on = text(body, "blocked_on");
    found.push_back(text(body, "state") + (on.empty() ? "" : ":" + on));
  }
  return found;
}

json::object launch(json::object more) {
  json::object request{{"mode", "headless"}, {"session", "ses_1"},    {"session_dir", "/tmp/ses_1"},
                       {"workdir", "/src"},  {"args", json::array()}, {"env", json::object()},
                       {"yolo", false},      {"keep_open", true}};
  request["options"] = json::parse(ACP_OPTIONS);
  for (auto& [key, value] : more) {
    if (key != "options") {
      request[key] = value;
      continue;
    }
    for (auto& [name, option] : value.as_object()) request["options"].as_object()[name] = option;
  }
  return request;
}

Agent::Agent(json::object more, bool is_open) : driver_(paddock_adapter_v1, launch(std::move(more))) {
  driver_.started();
  if (!is_open) return;
  says(
      "{'jsonrpc':'2.0','id':0,'result':{'protocolVersion':1,'agentInfo':{'name':'a','version':'1.2'},"
      "'agentCapabilities':{'loadSession':true,'mcpCapabilities':{'http':true}}}}");
  says(
      "{'jsonrpc':'2.0','id':1,'result':{'sessionId':'s1','modes':{'currentModeId':'ask','availableModes':"
      "[{'id':'ask'},{'id':'plan'}]}}}");
  prompts_ = 1;
  written();
}

void Agent::says(std::string_view line) {
  std::string text(line);
  std::replace(text.begin(), text.end(), '\'', '"');
  driver_.feed(PDK_CH_STDOUT, text + "\n");
}

void Agent::updates(std::string_view body) {
  says("{'jsonrpc':'2.0','method':'session/update','params':{'sessionId':'s1','update':" + std::string(body) + "}}");
}

void Agent::speaks(std::string_view piece) {
  updates("{'sessionUpdate':'agent_message_chunk','content':{'type':'text','text':'" + std::string(piece) + "'}}");
}

void Agent::asks(int request, std::string_view call) {
  says("{'jsonrpc':'2.0','id':" + std::to_string(request) +
       ",'method':'session/request_permission','params':{'sessionId':'s1','toolCall':{'toolCallId':'" +
       std::string(call) +
       "','title':'touch x','kind':'execute','status':'pending','rawInput':{'command':'touch x'}},'options':["
       "{'optionId':'a1','kind':'allow_once','name':'Allow'},{'optionId':'aa','kind':'allow_always','name':'Always'},"
       "{'optionId':'r1','kind':'reject_once','name':'No'},{'optionId':'ra','kind':'reject_always','name':'Never'}]}}");
}

void Agent::ends_turn(std::string_view reason) {
  says("{'jsonrpc':'2.0','id':" + std::to_string(++prompts_) + ",'result':{'stopReason':'" + std::string(reason) +
       "'}}");
}

pdk_status Agent::command(std::uint32_t kind, std::string_view ref, json::object body) {
  return driver_.command(kind, ref, body);
}

pdk_status Agent::prompt(std::string_view text) { return command(PDK_CMD_PROMPT, {}, {{"text", text}}); }

std::string Agent::written() {
  const std::string all = driver_.seen().written.substr(read_);
  read_ = driver_.seen().written.size();
  return all;
}

json::object Agent::exits(int code, int signal, std::uint32_t cause) {
  driver_.eof(PDK_CH_STDOUT);
  driver_.eof(PDK_CH_STDERR);
  driver_.exited(code, signal, cause);
  return bodies(seen(), "outcome").at(0);
}

}  // namespace paddock::acp::test
