// How Claude Code and Codex are pointed at their model servers, with nothing of the user's own.
#include "real/agents.hpp"

#include <cmath>
#include <sstream>
#include <stdexcept>

namespace paddock::real {
namespace {

using integration::number_of;

json::object claude_environment(const FakeModel& model, const std::string&) {
  return {{"ANTHROPIC_BASE_URL", model.url()},
          {"ANTHROPIC_API_KEY", "dummy-key"},
          {"CLAUDE_CODE_MAX_RETRIES", "1"},
          {"DISABLE_AUTOUPDATER", "1"},
          {"DISABLE_TELEMETRY", "1"},
          {"DISABLE_ERROR_REPORTING", "1"},
          {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"},
          {"DISABLE_INSTALLATION_CHECKS", "1"}};
}

Tokens claude_truth(const FakeModel& model) {
  Tokens sum;
  for (const json::value& request : model.requests("/__fake/requests")) {
    const json::value* usage = request.as_object().if_contains("usage");
    if (usage == nullptr || !usage->is_object()) continue;
    const json::object& used = usage->get_object();
    sum.input += number_of(used, "input_tokens");
    sum.output += number_of(used, "output_tokens");
    sum.cache_read += number_of(used, "cache_read_input_tokens");
    sum.cache_write += number_of(used, "cache_creation_input_tokens");
  }
  return sum;
}

json::object codex_environment(const FakeModel& model, const std::string& home) {
  support::write_file(home + "/.codex/config.toml",
                      "model = \"gpt-5.5\"\nmodel_provider = \"fake\"\ncheck_for_update_on_startup = false\n"
                      "[model_providers.fake]\nname = \"fake\"\nbase_url = \"" +
                          model.url() +
                          "/v1\"\n"
                          "env_key = \"OPENAI_API_KEY\"\nwire_api = \"responses\"\nrequest_max_retries = 1\n"
                          "stream_max_retries = 1\n[analytics]\nenabled = false\n[feedback]\nenabled = false\n");
  return {{"CODEX_HOME", home + "/.codex"}, {"OPENAI_API_KEY", "dummy-key"}};
}

/// Of the Responses API: the cached tokens are a part of the input, the reasoning a part of the output.
Tokens codex_truth(const FakeModel& model) {
  Tokens sum;
  for (const json::value& request : model.requests("/__requests")) {
    const json::value* usage = request.as_object().if_contains("usage");
    if (usage == nullptr) continue;
    const json::object& used = usage->as_object();
    const std::uint64_t cached = number_of(used.at("input_tokens_details").as_object(), "cached_tokens");
    sum.input += number_of(used, "input_tokens") - cached;
    sum.cache_read += cached;
    sum.output += number_of(used, "output_tokens");
    sum.reasoning += number_of(used.at("output_tokens_details").as_object(), "reasoning_tokens");
  }
  return sum;
}

/// The list price of the model that Claude Code takes by default, in quarters of a micro-dollar a token.
std::optional<std::int64_t> claude_price(const Tokens& tokens) {
  const std::uint64_t quarters =
      20 * tokens.input + 100 * tokens.output + 2 * tokens.cache_read + 25 * tokens.cache_write;
  return std::int64_t((quarters + 2) / 4);
}

/// `total_cost_usd` of the last result message.
std::optional<std::int64_t> claude_told(const std::string& output) {
  std::optional<std::int64_t> cost;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    const json::object message = json::parse(line).as_object();
    if (integration::text_of(message, "type") != "result") continue;
    cost = std::llround(message.at("total_cost_usd").to_number<double>() * 1e6);
  }
  return cost;
}

Agent claude() {
  return {"claude",
          "anthropic.mjs",
          "Say hello. [[scenario:plain text=Hello+there]]",
          "Say hello. [[scenario:plain text=Hello+there in=1234 out=777 cr=45678 cw=4321]]",
          "Do it. [[scenario:tool cmd=touch+proof]]",
          "Talk. [[scenario:long deltas=2000 delay=20]]",
          "Fail. [[scenario:err401 should_retry=false]]",
          "Fail. [[scenario:err429]]",
          "Fail. [[scenario:err500]]",
          claude_environment,
          claude_truth,
          claude_price,
          claude_told};
}

Agent codex() {
  return {"codex",
          "openai.mjs",
          "Say hello. [[scenario:plain say=\"Hello there\"]]",
          "Say hello. [[scenario:plain say=\"Hello there\" in=46912 cached=45678 out=777 reason=64]]",
          "Do it. [[scenario:escalate cmd=\"touch proof\"]]",
          "Talk. [[scenario:long n=3000 chunks=1000 ms=50]]",
          "Fail. [[scenario:e401]]",
          "Fail. [[scenario:e429]]",
          "Fail. [[scenario:e500]]",
          codex_environment,
          codex_truth,
          [](const Tokens&) { return std::optional<std::int64_t>(); },
          [](const std::string&) { return std::optional<std::int64_t>(); }};
}

unsigned short port_in(const std::string& line) {
  const std::size_t at =
      line.find("\"port\":") != std::string::npos ? line.find("\"port\":") + 7 : line.find("127.0.0.1:") + 10;
  return static_cast<unsigned short>(std::stoi(line.substr(at)));
}

}  // namespace

FakeModel::FakeModel(const std::string& script)
    : server_({"node", std::string(PADDOCK_SOURCE_DIR) + "/tests/support/fake-models/" + script, "--port", "0"},
              support::clean_environment("/tmp")) {
  const auto line = server_.line();
  if (!line) throw std::runtime_error("the model server " + script + " did not start: " + server_.wait().err);
  port_ = port_in(*line);
}

json::array FakeModel::requests(const std::string& path) const {
  return support::Client(port_).get(path).json().as_array();
}

const std::vector<Agent>& agents() {
  static const std::vector<Agent> all{claude(), codex()};
  return all;
}

std::string agents_folder() { return std::string(PADDOCK_SOURCE_DIR) + "/build/agents"; }

}  // namespace paddock::real
