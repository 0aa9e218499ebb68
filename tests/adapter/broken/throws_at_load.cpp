// A static object whose constructor throws: std::terminate while it is mapped.
#include <stdexcept>

#include "broken.h"

namespace {
struct Thrower {
  Thrower() { throw std::runtime_error("no"); }
};
}  // namespace
const Thrower paddock_broken_thrower;

GOOD_MANIFEST("throws-at-load");
GOOD_ADAPTER_WITH(good_feed);
