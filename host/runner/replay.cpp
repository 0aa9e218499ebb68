// Feeding a journal through machine and adapter once more.
#include "runner/replay.hpp"

#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>

#include "link/journal.hpp"
#include "runner/adapter_process.hpp"
#include "runner/records.hpp"
#include "session/machine.hpp"

namespace paddock::runner {
namespace asio = boost::asio;
namespace json = boost::json;
namespace effect = session::effect;
using link::journal::Reader;
using link::journal::Record;
using link::journal::Type;

namespace {

/// The call that had no answer when the session ran, if any. It is not asked now either: whatever made
/// the adapter fail then (a signal from outside) may not happen again.
base::Result<std::optional<Failure>> find_failure(const std::filesystem::path& file) {
  auto reader = Reader::open(file);
  if (!reader) return reader.error();
  while (const auto record = reader->next()) {
    if (record->type != Type::adapter_failed) continue;
    auto failure = failure_of(record->payload);
    if (!failure) return failure.error();
    return std::optional<Failure>(std::move(*failure));
  }
  return std::optional<Failure>();
}

/// One pass over a journal.
class Pass final {
 public:
  Pass(Reader reader, SetupRecord first, std::optional<Failure> failure, const ReplayRange& range,
       const std::function<void(std::string_view)>& on_event)
      : reader_(std::move(reader)),
        machine_(std::move(first.setup)),
        failure_(std::move(failure)),
        range_(range),
        on_event_(on_event) {}

  /// `adapter` may be null when it cannot be had any more; then the session is opaque from that on.
  asio::awaitable<void> run(AdapterProcess& adapter);

 private:
  std::optional<session::AdapterCall> tell(const session::Effects& effects);
  asio::awaitable<void> answer(AdapterProcess& adapter, std::optional<session::AdapterCall> call);

  Reader reader_;
  session::Machine machine_;
  std::optional<Failure> failure_;
  ReplayRange range_;
  const std::function<void(std::string_view)>& on_event_;
};

std::optional<session::AdapterCall> Pass::tell(const session::Effects& effects) {
  std::optional<session::AdapterCall> call;
  for (const session::Effect& each : effects) {
    if (const auto* emit = std::get_if<effect::Emit>(&each)) {
      const std::uint64_t number = emit->event.number;
      if (number > range_.after && number <= range_.until) on_event_(json::serialize(event::to_json(emit->event, {})));
    } else if (const auto* wanted = std::get_if<effect::Call>(&each)) {
      call = wanted->call;
    }
  }
  return call;
}

asio::awaitable<void> Pass::answer(AdapterProcess& adapter, std::optional<session::AdapterCall> call) {
  while (call) {
    if (failure_ && failure_->call == machine_.calls()) {
      call = tell(machine_.adapter_failed(failure_->code, failure_->detail));
      continue;
    }
    auto reply = co_await adapter.call(*call);
    call =
        reply ? tell(machine_.reply(*reply)) : tell(machine_.adapter_failed(reply.error().code, reply.error().detail));
  }
}

asio::awaitable<void> Pass::run(AdapterProcess& adapter) {
  while (!machine_.finished() && machine_.last_number() < range_.until) {
    const auto record = reader_.next();
    if (!record || record->type == Type::closed) co_return;
    if (record->type == Type::launch) continue;
    const auto input = to_input(*record);
    if (!input) co_return;  // as a cut tail: what was before it counts
    const session::Stamp stamp{base::WallTime(std::chrono::milliseconds(record->unix_ms)), record->mono_ns};
    co_await answer(adapter, tell(machine_.step(stamp, *input)));
  }
}

}  // namespace

base::Result<> replay(const std::filesystem::path& session_dir, const ReplayRange& range,
                      const std::function<void(std::string_view)>& on_event) {
  const std::filesystem::path file = session_dir / "journal";
  auto failure = find_failure(file);
  if (!failure) return failure.error();
  auto reader = Reader::open(file);
  if (!reader) return reader.error();
  const auto first = reader->next();
  if (!first || first->type != Type::launch) {
    return base::fail(base::Errc::corrupt, "the journal '" + file.string() + "' has no beginning, nothing is replayed");
  }
  auto setup = setup_of(first->payload);
  if (!setup) return setup.error();
  asio::io_context io(1);  // before the adapter, whose socket and timer live in it
  auto adapter = AdapterProcess::fork(setup->adapter_file);
  if (!adapter) return adapter.error();
  if (auto loaded = (*adapter)->greet(); !loaded) return loaded;
  const std::string request = json::serialize(setup->adapter_request);
  if (auto opened = (*adapter)->open(request); !opened) return opened;

  (*adapter)->attach(io.get_executor());
  Pass pass(std::move(*reader), std::move(*setup), std::move(*failure), range, on_event);
  asio::co_spawn(io, pass.run(**adapter), asio::detached);
  io.run();
  return {};
}

}  // namespace paddock::runner
