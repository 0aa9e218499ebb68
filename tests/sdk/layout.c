/* The ABI as compiled: every size and every offset of version 1.0. This file is compiled as C11, C17,
 * C++11 and C++20; a line that fails here is a broken promise to every adapter in the world. */
#include "paddock/adapter.h"

#ifdef __cplusplus
#define CHECK(condition) static_assert(condition, #condition)
#else
#define CHECK(condition) _Static_assert(condition, #condition)
#endif
#define SIZE(type, bytes) CHECK(sizeof(type) == (bytes))
#define AT(type, field, offset) CHECK(offsetof(type, field) == (offset))

SIZE(pdk_status, 4);

SIZE(pdk_str, 16);
AT(pdk_str, data, 0);
AT(pdk_str, len, 8);

SIZE(pdk_bytes, 16);
AT(pdk_bytes, data, 0);
AT(pdk_bytes, len, 8);

SIZE(pdk_now, 24);
AT(pdk_now, size, 0);
AT(pdk_now, reserved, 4);
AT(pdk_now, mono_ns, 8);
AT(pdk_now, unix_ms, 16);

SIZE(pdk_event, 64);
AT(pdk_event, size, 0);
AT(pdk_event, kind, 4);
AT(pdk_event, flags, 8);
AT(pdk_event, channel, 12);
AT(pdk_event, src_begin, 16);
AT(pdk_event, src_end, 24);
AT(pdk_event, ref, 32);
AT(pdk_event, body, 48);

SIZE(pdk_sink, 64);
AT(pdk_sink, size, 0);
AT(pdk_sink, reserved, 4);
AT(pdk_sink, host, 8);
AT(pdk_sink, event, 16);
AT(pdk_sink, write, 24);
AT(pdk_sink, close_input, 32);
AT(pdk_sink, signal, 40);
AT(pdk_sink, wake_at, 48);
AT(pdk_sink, diag, 56);

SIZE(pdk_out, 32);
AT(pdk_out, size, 0);
AT(pdk_out, reserved, 4);
AT(pdk_out, host, 8);
AT(pdk_out, text, 16);
AT(pdk_out, diag, 24);

SIZE(pdk_host, 40);
AT(pdk_host, size, 0);
AT(pdk_host, abi_major, 4);
AT(pdk_host, abi_minor, 6);
AT(pdk_host, name, 8);
AT(pdk_host, version, 24);

SIZE(pdk_manifest, 168);
AT(pdk_manifest, size, 0);
AT(pdk_manifest, event_schema, 4);
AT(pdk_manifest, id, 8);
AT(pdk_manifest, name, 24);
AT(pdk_manifest, version, 40);
AT(pdk_manifest, vendor, 56);
AT(pdk_manifest, license, 72);
AT(pdk_manifest, summary, 88);
AT(pdk_manifest, modes, 104);
AT(pdk_manifest, options, 120);
AT(pdk_manifest, programs, 136);
AT(pdk_manifest, tested, 152);

SIZE(pdk_launch, 24);
AT(pdk_launch, size, 0);
AT(pdk_launch, reserved, 4);
AT(pdk_launch, request, 8);

SIZE(pdk_command, 40);
AT(pdk_command, size, 0);
AT(pdk_command, kind, 4);
AT(pdk_command, ref, 8);
AT(pdk_command, body, 24);

SIZE(pdk_exit, 16);
AT(pdk_exit, size, 0);
AT(pdk_exit, cause, 4);
AT(pdk_exit, code, 8);
AT(pdk_exit, signal, 12);

SIZE(pdk_adapter, 104);
AT(pdk_adapter, size, 0);
AT(pdk_adapter, abi_major, 4);
AT(pdk_adapter, abi_minor, 6);
AT(pdk_adapter, needs_minor, 8);
AT(pdk_adapter, reserved, 10);
AT(pdk_adapter, manifest, 16);
AT(pdk_adapter, plan, 24);
AT(pdk_adapter, open, 32);
AT(pdk_adapter, close, 40);
AT(pdk_adapter, started, 48);
AT(pdk_adapter, feed, 56);
AT(pdk_adapter, eof, 64);
AT(pdk_adapter, command, 72);
AT(pdk_adapter, tick, 80);
AT(pdk_adapter, exited, 88);
AT(pdk_adapter, extension, 96);

SIZE(pdk_probe, 24);
AT(pdk_probe, size, 0);
AT(pdk_probe, reserved, 4);
AT(pdk_probe, plan, 8);
AT(pdk_probe, result, 16);

/* Numbers are as much a promise as offsets. */
CHECK(PDK_ABI_MAJOR == 1u && PDK_ABI_MINOR == 0u && PDK_EVENT_SCHEMA == 1u);
CHECK(PDK_OK == 0 && PDK_E_ARGUMENT == -1 && PDK_E_UNSUPPORTED == -2 && PDK_E_NOT_NOW == -3 && PDK_E_INTERNAL == -4);
CHECK(PDK_CH_NONE == 0u && PDK_CH_STDOUT == 1u && PDK_CH_STDERR == 2u && PDK_CH_PTY == 3u && PDK_CH_HOOK == 4u);
CHECK(PDK_CH_TAIL == 16u);
CHECK(PDK_EV_SESSION == 1u && PDK_EV_TURN == 2u && PDK_EV_STATE == 3u && PDK_EV_MESSAGE == 4u);
CHECK(PDK_EV_REASONING == 5u && PDK_EV_TOOL_CALL == 6u && PDK_EV_TOOL_RESULT == 7u && PDK_EV_APPROVAL_REQUEST == 8u);
CHECK(PDK_EV_APPROVAL_RESOLVED == 9u && PDK_EV_QUESTION == 10u && PDK_EV_USAGE == 11u && PDK_EV_PLAN_UPDATE == 12u);
CHECK(PDK_EV_FILE_CHANGE == 13u && PDK_EV_ERROR == 14u && PDK_EV_NOTICE == 15u && PDK_EV_OUTCOME == 16u);
CHECK(PDK_EV_UNKNOWN == 17u);
CHECK(PDK_CMD_PROMPT == 1u && PDK_CMD_ANSWER == 2u && PDK_CMD_INTERRUPT == 3u && PDK_CMD_SET == 4u);
CHECK(PDK_CMD_FINISH == 5u);
CHECK(PDK_CAUSE_NONE == 0u && PDK_CAUSE_STOPPED == 1u && PDK_CAUSE_KILLED == 2u && PDK_CAUSE_TIMEOUT == 3u);
CHECK(PDK_CAUSE_OUT_OF_MEMORY == 4u && PDK_CAUSE_BUDGET == 5u);
CHECK(PDK_EVF_PARTIAL == 1u && PDK_EVF_REPLACES_PARTIAL == 2u && PDK_EVF_FROM_SCREEN == 4u);
