// Scans and probes through `paddock-runner` children.
#include "control/adapters.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/parse.hpp>

#include "base/log.hpp"

namespace paddock::control {
namespace asio = boost::asio;
namespace json = boost::json;
namespace log = base::log;

namespace {

constexpr std::string_view kProbe = "paddock.probe/1";

json::object object_of(const std::string& text) {
  boost::system::error_code ec;
  json::value value = json::parse(text, ec);
  return ec || !value.is_object() ? json::object() : std::move(value.get_object());
}

json::object unknown_probe(const std::string& why) {
  return {{"state", "unknown"}, {"login", "unknown"}, {"detail", why}};
}

}  // namespace

asio::awaitable<void> Adapters::look_into(std::shared_ptr<Found> found, std::shared_ptr<Signal> done) {
  std::vector<std::string> arguments{"--describe", found->file.string()};
  auto output = co_await ground_.machine->run_tool(std::move(arguments), describe_time);
  found->said = object_of(output.out);
  if (found->said.empty()) found->problem = output.problem.empty() ? "it said nothing" : output.problem;
  done->set({});
}

asio::awaitable<void> Adapters::scan() {
  std::vector<std::shared_ptr<Found>> found;
  std::vector<std::shared_ptr<Signal>> waits;
  std::vector<std::filesystem::path> skipped;
  const auto& allow = ground_.settings.adapters_allow;
  for (const auto& file : find_libraries(ground_.settings.adapter_dirs)) {
    const bool listed = allow.empty() || std::ranges::find(allow, file.stem().string()) != allow.end();
    if (!listed) {
      skipped.push_back(file);
      continue;
    }
    found.push_back(std::make_shared<Found>(Found{file, {}, {}}));
    waits.push_back(std::make_shared<Signal>());
    spawn(ground_, look_into(found.back(), waits.back()));
  }
  for (const auto& wait : waits) co_await Signal::wait(wait);
  std::vector<Found> all;
  all.reserve(found.size());
  for (const auto& each : found) all.push_back(std::move(*each));
  catalogue_ = Catalogue::make(all);
  for (const auto& file : skipped) catalogue_.skip(file);
  catalogue_.configure(ground_.settings.adapter_entries);
  scanned_ = true;
  report();
}

void Adapters::report() const {
  for (const auto& [id, description] : catalogue_.accepted()) {
    log::info("adapter loaded", {{"adapter", id}, {"version", description.version}, {"file", description.file}});
  }
  for (const adapter::Refusal& refusal : catalogue_.refused()) {
    log::warn(refusal.message, {{"code", refusal.code}, {"hint", refusal.hint}});
    ground_.metrics.adapter_load_failed(refusal.code);
  }
  ground_.metrics.set_adapters(catalogue_.samples());
}

asio::awaitable<void> Adapters::probe_one(std::string id, std::string file, std::shared_ptr<Signal> done) {
  std::vector<std::string> arguments{"--probe", file};
  auto output = co_await ground_.machine->run_tool(std::move(arguments), probe_time);
  json::object verdict = object_of(output.out);
  if (!verdict.contains("state")) {
    const json::value* detail = verdict.if_contains("message");
    const bool told = detail != nullptr && detail->is_string();
    verdict = unknown_probe(told ? std::string(detail->get_string()) : output.problem);
  }
  catalogue_.set_probe(id, std::move(verdict));
  done->set({});
}

asio::awaitable<void> Adapters::probe() {
  std::vector<std::shared_ptr<Signal>> waits;
  for (const auto& [id, description] : catalogue_.accepted()) {
    const auto& extensions = description.extensions;
    if (std::ranges::find(extensions, kProbe) == extensions.end()) continue;
    waits.push_back(std::make_shared<Signal>());
    spawn(ground_, probe_one(id, description.file, waits.back()));
  }
  for (const auto& wait : waits) co_await Signal::wait(wait);
  ground_.metrics.set_adapters(catalogue_.samples());
}

}  // namespace paddock::control
