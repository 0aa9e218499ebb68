// Opens the database and binds writer and reader together.
#include "store/store.hpp"

#include <fcntl.h>

#include <utility>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/unique_fd.hpp"
#include "store/reader.hpp"
#include "store/schema.hpp"
#include "store/writer.hpp"

namespace paddock::store {
namespace {

constexpr const char* kDoing = "open";
constexpr const char* kNext = "nothing was changed";

class SqliteStore final : public Store {
 public:
  SqliteStore(base::StreamId stream, std::filesystem::path file, std::unique_ptr<Connection> writing,
              std::unique_ptr<Connection> reading, Options options)
      : stream_(std::move(stream)),
        file_(std::move(file)),
        writer_(std::move(writing), std::move(options)),
        reader_(std::in_place, std::move(reading)) {}

  ~SqliteStore() override {
    // The reader first: the last one to close a database may checkpoint it, and that is the writer.
    reader_.reset();
    writer_.close();
  }

  const base::StreamId& stream() const noexcept override { return stream_; }
  void commit(Batch batch, Done done) override { writer_.push({std::move(batch), std::move(done)}); }
  void close() override { writer_.close(); }

  base::Result<std::vector<session::Record>> sessions() override { return reader_->sessions(); }
  base::Result<std::vector<Action>> open_actions() override { return reader_->open_actions(); }
  base::Result<std::vector<Token>> tokens() override { return reader_->tokens(); }
  base::Result<std::optional<Action>> action(const base::ActionId& id) override { return reader_->action(id); }
  base::Result<std::optional<Action>> action_by_ref(std::string_view type, std::string_view request_ref) override {
    return reader_->action_by_ref(type, request_ref);
  }
  base::Result<std::vector<Action>> actions(const base::SessionId& session, const base::ActionId& before,
                                            std::size_t limit) override {
    return reader_->actions(session, before, limit);
  }
  base::Result<std::vector<event::Event>> events(std::uint64_t after, std::size_t limit,
                                                 const EventFilter& filter) override {
    return reader_->events(after, limit, filter);
  }
  base::Result<Range> range() override { return reader_->range(); }
  base::Result<std::string> adapter_of(const base::SessionId& session) override { return reader_->adapter_of(session); }

  std::uint64_t size_bytes() override {
    std::uint64_t bytes = 0;
    for (const char* suffix : {"", "-wal"}) {
      std::error_code ec;
      const auto size = std::filesystem::file_size(file_.string() + suffix, ec);
      if (!ec) bytes += size;
    }
    return bytes;
  }

 private:
  base::StreamId stream_;
  std::filesystem::path file_;
  Writer writer_;
  std::optional<Reader> reader_;
};

/// SQLite would make it with the umask's mode; its log files follow the mode of the database.
base::Result<> make_private_file(const std::filesystem::path& file) {
  const base::UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) return base::fail_errno(fmt::format("cannot open '{}'", file.string()), errno);
  return {};
}

}  // namespace

base::Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& file, Options options) {
  if (auto made = make_private_file(file); !made) return made.error();
  base::Result<> migrated;
  std::unique_ptr<Store> store;
  const auto opened = guarded(kDoing, file, kNext, [&] {
    auto writing = std::make_unique<Connection>(file, Connection::Use::write);
    migrated = migrate(*writing);
    if (!migrated) return;
    base::StreamId stream = read_stream(*writing);
    auto reading = std::make_unique<Connection>(file, Connection::Use::read);
    store = std::make_unique<SqliteStore>(std::move(stream), file, std::move(writing), std::move(reading),
                                          std::move(options));
  });
  if (!opened) return opened.error();
  if (!migrated) return migrated.error();
  return store;
}

}  // namespace paddock::store
