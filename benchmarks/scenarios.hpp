// What is measured of a whole host. Each prints its rows.
#pragma once

#include <string>

namespace paddock::bench {

void measure_ready();    ///< exec of paddockd to READY=1: empty, and with 1,000 ended sessions
void measure_start();    ///< POST of a session to its answer, over a bare spawn
void measure_failure();  ///< SIGKILL of the agent to its exit on the watch stream
void measure_latency();  ///< a line's write to its event at a watcher, at 1,000 and 5,000 a second
void measure_api();      ///< GET of a session with 1,000 sessions and 100 watchers
void measure_events();   ///< events a second through the whole path
void measure_capture();  ///< MB/s into the journal with an adapter that says nothing
void measure_memory();   ///< daemon, runner and adapter process at 1, 16 and 100 sessions; idle processor time
void measure_scrape();   ///< GET /metrics with 60 living sessions

}  // namespace paddock::bench
