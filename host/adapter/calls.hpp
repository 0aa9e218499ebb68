// Carries out one request after another on a mapped adapter and says everything it says. Private.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "adapter/wire.hpp"
#include "paddock/adapter.h"

namespace paddock::adapter {

/// One adapter and at most one session of it. `send` takes encoded responses, in order.
class Calls final {
 public:
  using Send = std::function<void(std::string_view frames)>;

  Calls(const pdk_adapter& table, Send send);
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;
  ~Calls();

  /// Calls the adapter and sends its answer, Done last. An exception that leaves the adapter ends the
  /// process: nobody knows what it left behind.
  void answer(const wire::Request& request) noexcept;

 private:
  friend struct Visit;
  friend struct Lend;
  void put(const wire::Response& response);
  void give_up(std::string why);
  void flush();
  void done(pdk_status status, std::string_view text);

  const pdk_adapter& table_;
  Send send_;
  pdk_session* session_ = nullptr;
  std::string buffer_;
  std::string text_;          // of a pure call
  std::size_t answered_ = 0;  // bytes of the present answer
  std::string why_;           // the present answer broke the contract; nothing more of it is sent
};

}  // namespace paddock::adapter
