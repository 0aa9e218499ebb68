// The threads of one app-server: the one we drive, and those its agent spawned.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace paddock::codex {

/// Knows which thread is ours and which call spawned each of the others.
class Threads final {
 public:
  /// Most threads that are remembered, a bound on what an agent can make grow.
  static constexpr std::size_t max_threads = 256;

  /// Our thread's id; empty until it is known.
  const std::string& root() const { return root_; }
  void adopt(std::string_view id) { root_ = id; }

  /// True for our thread. Before its id is known everything is ours.
  bool is_root(std::string_view id) const { return id.empty() || root_.empty() || id == root_; }

  /// The call that spawned `id`, or `id` itself when nobody said who did; empty for our own thread.
  std::string_view parent_of(std::string_view id) const {
    if (is_root(id)) return {};
    const auto found = threads_.find(id);
    return found != threads_.end() && !found->second.parent.empty() ? std::string_view(found->second.parent) : id;
  }

  void spawned(std::string_view id, std::string_view by_call) {
    if (Thread* thread = get(id)) thread->parent = by_call;
  }

  /// A turn of `id` began in this process.
  void began(std::string_view id) {
    if (Thread* thread = get(id)) thread->began = true;
  }
  bool has_begun(std::string_view id) const {
    const auto found = threads_.find(id);
    return found != threads_.end() && found->second.began;
  }

 private:
  struct Thread {
    std::string parent;
    bool began = false;
  };

  Thread* get(std::string_view id) {
    const auto found = threads_.find(id);
    if (found != threads_.end()) return &found->second;
    if (threads_.size() >= max_threads || id.empty()) return nullptr;
    return &threads_[std::string(id)];
  }

  std::string root_;
  std::map<std::string, Thread, std::less<>> threads_;
};

}  // namespace paddock::codex
