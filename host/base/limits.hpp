// Every number that keeps a stranger from growing something without end, in one place: what it
// limits, the unit, and why this value.
#pragma once

#include <chrono>
#include <cstddef>

namespace paddock::base::limits {

using namespace std::chrono_literals;

// --- the API
inline constexpr std::size_t request_body_bytes = 1U << 20U;     ///< the contract: above it 413
inline constexpr std::size_t request_header_bytes = 16U << 10U;  ///< as nginx and Apache allow
inline constexpr std::size_t page_items_default = 100;           ///< the contract
inline constexpr std::size_t page_items_max = 1000;              ///< the contract
inline constexpr std::size_t connections = 2048;                 ///< each costs one descriptor and about 20 KiB
inline constexpr auto connection_idle = 120s;                    ///< a silent keep-alive connection is closed
inline constexpr auto request_time = 30s;                        ///< a request must have arrived whole by then
inline constexpr std::size_t name_bytes = 64;                    ///< session names, policy names, label keys
inline constexpr std::size_t label_value_bytes = 256;
inline constexpr std::size_t labels = 32;                ///< labels of one session
inline constexpr std::size_t environment_entries = 256;  ///< `env` of one session
inline constexpr std::size_t arguments = 1024;           ///< `args` of one session
inline constexpr std::size_t prompt_bytes = 1U << 20U;   ///< no more fits into a request anyway

// --- watching
inline constexpr std::size_t watchers = 1024;            ///< each may hold watcher_bytes
inline constexpr std::size_t watcher_events = 10'000;    ///< the contract: further behind is cut off
inline constexpr std::size_t watcher_bytes = 8U << 20U;  ///< the contract
inline constexpr auto heartbeat = 15s;                   ///< the contract

// --- the store
inline constexpr std::size_t store_batches = 65'536;      ///< waiting for the disk; more are refused
inline constexpr std::size_t store_filter_items = 1'000;  ///< ids, kinds and adapters of one read

// --- sessions
inline constexpr std::size_t sessions_alive = 1000;  ///< the goal of the architecture
inline constexpr std::size_t approvals_open = 256;   ///< open approvals of one session; more are denied
inline constexpr std::size_t queued_prompts = 64;    ///< `send` with `when: idle`, per session

// --- bytes from an agent
inline constexpr std::size_t read_chunk_bytes = 64U << 10U;   ///< one read, one adapter call (sdk: 1..65536)
inline constexpr std::size_t line_bytes = 4U << 20U;          ///< a longer line becomes one `unknown` event
inline constexpr std::size_t event_body_bytes = 256U << 10U;  ///< the ABI; longer text is cut and marked
inline constexpr std::size_t input_queue_bytes = 8U << 20U;   ///< bytes waiting for an agent that does not read
inline constexpr std::size_t journal_bytes = 4ULL << 30U;     ///< per session; when full the agent waits (default)
inline constexpr std::size_t json_depth = 64;                 ///< nesting of JSON from agents and clients

// --- terminals
inline constexpr std::size_t terminal_cells = 500;    ///< rows or columns of one; each cell costs 40 bytes
inline constexpr std::size_t scrollback_lines = 500;  ///< text above the screen; about 50 KiB
inline constexpr std::size_t terminal_input = 64U
                                              << 10U;  ///< one message from who types: a large paste comes in several
inline constexpr std::size_t terminal_behind = 256U << 10U;  ///< an observer further behind gets the screen instead
inline constexpr std::size_t terminal_observers = 64;        ///< of one session

// --- runner and link
inline constexpr std::size_t link_frame_bytes = 4U << 20U;  ///< one message between daemon and runner
inline constexpr std::size_t unacked_events = 4096;         ///< held by a runner; beyond, replayed from the journal
inline constexpr std::size_t unacked_bytes = 2U << 20U;     ///< as above, in bytes
inline constexpr auto adapter_call = 5s;                    ///< a longer call is a hang; the adapter is given up
inline constexpr std::size_t adapter_output_bytes = 16U << 20U;  ///< what one call may emit (4 x input + slack)
inline constexpr auto runner_start = 10s;                        ///< spawn to answer of a runner
inline constexpr auto runner_orphaned = 24h;  ///< an ended session's runner waits that long for a daemon
inline constexpr auto drain_after_exit = 2s;  ///< a stray grandchild may hold the pipe that long

// --- configuration
inline constexpr std::size_t yaml_file_bytes = 1U << 20U;
inline constexpr std::size_t yaml_depth = 32;
inline constexpr std::size_t yaml_nodes = 50'000;    ///< of one file, aliases counted as what they stand for
inline constexpr std::size_t yaml_problems = 100;    ///< told about one file; more help nobody
inline constexpr std::size_t policy_files = 1000;    ///< of one folder
inline constexpr std::size_t approval_rules = 1000;  ///< of one policy
inline constexpr std::size_t pattern_bytes = 1000;   ///< one regular expression

}  // namespace paddock::base::limits
