// A host whose folder of adapters holds every broken module of tests/adapter/broken beside the good ones.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>

#include "integration/integration.hpp"

namespace paddock::integration {

/// The broken modules in a folder of the test's own, under names that could be adapters' ids.
class BrokenFolder {
 public:
  BrokenFolder() {
    for (const auto& library : std::filesystem::directory_iterator(PADDOCK_BUILD_DIR "/tests/broken")) {
      std::string name = library.path().filename();
      std::replace(name.begin(), name.end(), '_', '-');
      std::filesystem::copy_file(library.path(), folder_ / name);
    }
  }

  /// Flags for a host that looks into the build's own adapters and then into this folder.
  TestHost::Options options() const {
    TestHost::Options options;
    options.arguments = {"--adapter-dir", PADDOCK_BUILD_DIR "/lib/paddock/adapters", "--adapter-dir",
                         folder_.path().string()};
    return options;
  }

 private:
  support::ScratchFolder folder_;
};

/// Asserts that the host is as well as before: alive, ready, and that a session of a good adapter tells
/// its events.
class Neighbour {
 public:
  explicit Neighbour(TestHost& host) : host_(host), id_(start(host)), stream_(watch(host, id_)) {}

  void expect_undisturbed() {
    EXPECT_EQ(host_.api().get("/healthz").status, 200);
    const auto ready = host_.api().get("/readyz");
    EXPECT_EQ(ready.status, 200) << ready.body;
    const std::string word = "still here " + std::to_string(++words_);
    EXPECT_EQ(text_of(host_.act(id_, {{"type", "send"}, {"text", word}, {"when", "now"}}), "state"), "applied");
    for (auto line = stream_.next(); line; line = stream_.next()) {
      if (line->find(word) != std::string::npos) return;
    }
    ADD_FAILURE() << "the neighbour's events stopped coming";
  }

 private:
  static std::string start(TestHost& host) {
    json::object cat = exec({"cat"});
    cat["keep_open"] = true;
    return host.run(cat);
  }
  static support::Client::Lines watch(TestHost& host, const std::string& id) {
    const std::string stream_id = text_of(host.api().get("/v1/host").json().as_object(), "stream_id");
    return host.api().stream("/v1/watch?kind=message&session=" + id + "&cursor=" + stream_id + ":0");
  }

  TestHost& host_;
  std::string id_;
  support::Client::Lines stream_;
  int words_ = 0;
};

}  // namespace paddock::integration
