// One who is at a terminal of this machine.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/ground.hpp"
#include "control/host.hpp"
#include "control/journal_watch.hpp"
#include "control/ledger.hpp"
#include "control/live.hpp"
#include "control/one_shot.hpp"
#include "control/terminal_room.hpp"
#include "link/journal.hpp"

namespace paddock::control {

/// Shows the screen as the runner has it, then what the journal gets: nothing waits in memory for a slow one.
class LocalAttachment final : public Attachment {
 public:
  /// `seen` is the screen to begin with, painted. `room` is entered now and left at the end.
  LocalAttachment(Ground& ground, Ledger& ledger, std::shared_ptr<Live> live, std::shared_ptr<TerminalRoom> room,
                  link::Screen seen, AttachWish wish);
  ~LocalAttachment() override;
  LocalAttachment(const LocalAttachment&) = delete;
  LocalAttachment& operator=(const LocalAttachment&) = delete;

  std::uint16_t rows() const override { return rows_; }
  std::uint16_t cols() const override { return cols_; }
  bool is_writer() const override { return room_->is_writer(guest_); }
  Task<Shown> next() override;
  bool type(std::string bytes) override;
  bool resize(std::uint64_t rows, std::uint64_t cols) override;
  bool take() override;
  void wake() override;
  void leave() override;

  /// Whether the file can be watched at all.
  bool is_open() const noexcept { return watch_.is_open(); }

 private:
  void begin_at(link::Screen seen);
  bool has_ended() const;
  std::string read();
  boost::asio::awaitable<void> repaint(Shown& shown);
  boost::asio::awaitable<void> wait();
  void send(std::string type, boost::json::object body);

  Ground& ground_;
  Ledger& ledger_;
  std::shared_ptr<Live> live_;
  std::shared_ptr<TerminalRoom> room_;
  std::filesystem::path journal_;
  JournalWatch watch_;
  std::optional<link::journal::Reader> reader_;
  std::string paint_;  ///< to be shown first
  std::uint16_t rows_ = 0, cols_ = 0;
  TerminalGuest guest_;
  std::shared_ptr<Signal> woken_ = std::make_shared<Signal>();
  bool left_ = false;
  bool asked_ = false;  ///< next() shall return
};

}  // namespace paddock::control
