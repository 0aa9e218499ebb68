// What threads are made of, from item/started over its pieces to item/completed.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "codex/out.hpp"

namespace paddock::codex {

/// Turns items into messages, reasoning and calls, and sees to it that whatever was begun also ends.
class Items final {
 public:
  /// Most items that are open at once, and most bytes kept of a text whose end has not come: bounds on
  /// what an agent can make grow.
  static constexpr std::size_t max_open = 512;
  static constexpr std::size_t max_text_bytes = 256U << 10U;

  /// item/started of `thread`.
  void started(const Out& out, std::string_view thread, const json::object& item);
  /// item/completed. Also of an item nobody saw begin.
  void completed(const Out& out, std::string_view thread, const json::object& item);
  /// A new piece of an item's text: `kind` is message, reasoning or tool_result.
  void piece(const Out& out, std::string_view thread, Kind kind, std::string_view id, std::string_view delta);

  /// The agent spawned `thread` by a call; it is over with finish_spawn().
  void spawned(const Out& out, std::string_view thread, const json::object& item);
  /// The spawned agent ended: the call has its last message as result.
  void finish_spawn(const Out& out, std::string_view spawn_call, std::string_view text);

  /// The stream of `thread` broke: texts that were begun will not be finished.
  void abandon_texts(const Out& out, std::string_view thread);
  /// The turn of `thread` ended. Only commands that run on outlive it.
  void end_turn(const Out& out, std::string_view thread);
  /// Nothing more will come.
  void end_all(const Out& out);

  /// The processes of `thread`'s commands that are still running.
  std::vector<std::string> processes(std::string_view thread) const;
  /// What is known of a patch that waits for an approval: its title and input; null when unknown.
  const json::object* patch_of(std::string_view call) const;

 private:
  struct Open {
    Kind kind = Kind::message;  // of its final event
    std::string thread, parent;
    std::string text;  // the pieces so far
    bool had_pieces = false;
    bool was_announced = false;  // a call: its TOOL_CALL was sent
    std::string tool;            // of calls
    std::string process;         // of commands that run on in the background
    bool outlives_turn = false;  // an agent it spawned
    bool is_orphan = false;      // its turn ended before it did
    json::object patch;          // title and input of a patch: the request for its approval does not repeat them
  };
  using Map = std::map<std::string, Open, std::less<>>;

  Open& open(Kind kind, std::string_view id, const Out& out, std::string_view thread);
  void call(const Out& out, std::string_view thread, const json::object& item, std::string_view tool,
            std::string_view tool_class);
  void result(const Out& out, std::string_view thread, const json::object& item);
  void text(const Out& out, Kind kind, std::string_view id, json::object&& body);
  void close(const Out& out, Map::const_iterator item) const;

  Map open_;
};

}  // namespace paddock::codex
