#!/usr/bin/env python3
"""Walks every documented operation against a living host and checks status, headers and schema.

    walk.py OPENAPI_FILE SOCKET LIVING_SESSION ENDED_SESSION

Every documented operation must be called here; one that is not fails, so a new operation cannot stay
unwalked. Prints one line for each call and exits 1 when anything did not fit its description.
"""
import http.client
import json
import re
import socket
import sys
import uuid

import jsonschema


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(self.path)


class Walker:
    def __init__(self, document, path, living, ended):
        self.document, self.path = document, path
        self.values = {"living": living, "ended": ended}
        self.failures = 0
        self.seen = set()

    def request(self, method, target, body=None, headers=None):
        connection = UnixConnection(self.path)
        headers = dict(headers or {})
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, str) else json.dumps(body)
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        if response.headers.get_content_type() in ("text/event-stream", "application/x-ndjson"):
            content = response.readline() + response.readline()
        else:
            content = response.read()
        connection.close()
        return response, content

    def validate(self, schema, content):
        resolver = jsonschema.RefResolver("", self.document)
        validator = jsonschema.Draft202012Validator(schema, resolver=resolver,
                                                    format_checker=jsonschema.FormatChecker())
        return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in validator.iter_errors(content)]

    def operation(self, wanted):
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                if isinstance(operation, dict) and operation.get("operationId") == wanted:
                    return path, method.upper(), operation
        raise SystemExit(f"'{wanted}' is walked but not documented")

    def call(self, wanted, status, target=None, body=None, headers=None):
        path, method, operation = self.operation(wanted)
        self.seen.add(wanted)
        target = (target or path).format(**self.values)
        response, content = self.request(method, target, body, headers)
        problems = []
        described = operation["responses"].get(str(response.status))
        if response.status != status:
            problems.append(f"status {response.status} instead of {status}: {content[:300]!r}")
        if described is None:
            problems.append(f"status {response.status} is not documented")
        elif "$ref" in described:
            described = self.document["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
        if "X-Request-Id" not in response.headers:
            problems.append("X-Request-Id is missing")
        result = None
        if described and "content" in described:
            kind = response.headers.get_content_type()
            if kind not in described["content"]:
                problems.append(f"content type {kind} is not documented")
            elif kind.endswith("json"):
                result = json.loads(content.splitlines()[0] if kind.endswith("ndjson") else content)
                problems += self.validate(described["content"][kind]["schema"], result)
        elif described and content:
            problems.append("a body where none is documented")
        self.failures += bool(problems)
        print(f"{'FAIL' if problems else 'ok  '} {method} {target} -> {response.status} {'; '.join(problems)}")
        return result


def walk_host(w):
    for wanted in ("getHealth", "getReadiness", "getMetrics", "getOpenApi", "getHost", "listAdapters", "listSessions",
                   "listActions", "listApprovals", "listPolicies", "listTokens"):
        w.call(wanted, 200)
    w.call("listAdapters", 400, "/v1/adapters?unknown=1")
    w.call("listAdapters", 200, "/v1/adapters?probe=1")
    w.call("getAdapter", 200, "/v1/adapters/exec")
    w.call("getAdapter", 404, "/v1/adapters/nobody")
    w.call("getPolicy", 200, "/v1/policies/default")
    w.call("getPolicy", 404, "/v1/policies/nobody")
    token = w.call("createToken", 201, body={"name": "walker", "role": "viewer"})
    w.call("createToken", 400, body={"name": "", "role": "king"})
    w.values["token"] = token["id"] if token else "none"
    w.call("listTokens", 200)
    w.call("revokeToken", 204, "/v1/tokens/{token}")
    w.call("revokeToken", 404, "/v1/tokens/{token}")


def walk_sessions(w):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    request = {"adapter": "exec", "args": ["true"], "name": "walked", "labels": {"a": "b"}}
    first = w.call("startSession", 201, body=request, headers=key)
    again = w.call("startSession", 201, body=request, headers=key)
    if first and again and first["id"] != again["id"]:
        w.failures += 1
        print("FAIL the same Idempotency-Key started two sessions")
    w.values["walked"] = first["id"] if first else "none"
    w.call("startSession", 400, body={"adapter": "exec", "colour": 1})
    w.call("startSession", 400, body="{")
    w.call("startSession", 415, body="{}", headers={"Content-Type": "text/plain"})
    w.call("startSession", 413, body=json.dumps({"adapter": "x" * (1 << 20)}))
    w.call("startSession", 422, body={"adapter": "exec", "args": ["no-such-program"]})
    w.call("waitForSession", 200, "/v1/sessions/{walked}/wait?state=exited&timeout=30s")
    w.call("waitForSession", 408, "/v1/sessions/{living}/wait?state=exited&timeout=10ms")
    w.call("waitForSession", 400, "/v1/sessions/{living}/wait")
    w.call("listSessions", 200, "/v1/sessions?state=exited&sort=-created_at,name&limit=1")
    w.call("listSessions", 400, "/v1/sessions?limit=0")
    for wanted, tail in (("getSession", ""), ("listSessionEvents", "/events"), ("getSessionOutput", "/output"),
                         ("explainSession", "/explain")):
        w.call(wanted, 200, "/v1/sessions/{living}" + tail)
        w.call(wanted, 200, "/v1/sessions/{ended}" + tail)
        w.call(wanted, 404, "/v1/sessions/nobody" + tail)
    w.call("getSession", 200, "/v1/sessions/walked")
    walk_terminal(w)


def walk_terminal(w):
    request = {"adapter": "exec", "args": ["cat"], "mode": "interactive", "name": "shown"}
    w.call("startSession", 201, body=request)
    w.call("getSessionScreen", 200, "/v1/sessions/shown/screen")
    w.call("getSessionScreen", 200, "/v1/sessions/shown/screen?scrollback=10")
    w.call("getSessionScreen", 400, "/v1/sessions/shown/screen?scrollback=-1")
    w.call("getSessionScreen", 501, "/v1/sessions/{living}/screen")
    w.call("getSessionScreen", 404, "/v1/sessions/nobody/screen")
    w.call("attachToSession", 426, "/v1/sessions/shown/terminal")
    w.call("attachToSession", 404, "/v1/sessions/nobody/terminal")
    w.call("actOnSession", 200, "/v1/sessions/shown/actions", {"type": "resize", "rows": 30, "cols": 100})
    w.call("actOnSession", 400, "/v1/sessions/shown/actions", {"type": "resize", "rows": 0, "cols": 100})
    w.call("actOnSession", 200, "/v1/sessions/shown/actions", {"type": "keys", "keys": ["Enter"]})
    w.call("actOnSession", 200, "/v1/sessions/shown/actions", {"type": "stop"})
    w.call("waitForSession", 200, "/v1/sessions/shown/wait?state=exited&timeout=30s")
    w.call("getSessionScreen", 409, "/v1/sessions/shown/screen")


def walk_actions(w):
    action = w.call("actOnSession", 200, "/v1/sessions/{living}/actions", {"type": "send", "text": "hello"})
    w.values["action"] = action["id"] if action else "none"
    w.call("getAction", 200, "/v1/actions/{action}")
    w.call("getAction", 404, "/v1/actions/act_01ARZ3NDEKTSV4RRFFQ69G5FAV")
    w.call("listActions", 200, "/v1/actions?session={living}&limit=5")
    w.call("actOnSession", 400, "/v1/sessions/{living}/actions", {"type": "dance"})
    w.call("actOnSession", 409, "/v1/sessions/{living}/actions", {"type": "stop", "expect": {"state_version": 999999}})
    w.call("actOnSession", 501, "/v1/sessions/{living}/actions", {"type": "resize", "rows": 24, "cols": 80})
    w.call("actOnSession", 404, "/v1/sessions/nobody/actions", {"type": "stop"})


def walk_stream(w):
    host = w.call("getHost", 200)
    w.values["stream"] = host["stream_id"]
    w.call("watchEvents", 200, "/v1/watch?cursor={stream}:0")
    w.call("watchEvents", 200, "/v1/watch?cursor={stream}:0", headers={"Accept": "application/x-ndjson"})
    w.call("watchEvents", 409, "/v1/watch?cursor=str_01ARZ3NDEKTSV4RRFFQ69G5FAV:1")
    w.call("watchEvents", 400, "/v1/watch?cursor=nonsense")


def walk(w):
    walk_host(w)
    walk_sessions(w)
    walk_actions(w)
    walk_stream(w)
    w.call("deleteSession", 409, "/v1/sessions/{living}")
    w.call("deleteSession", 204, "/v1/sessions/{walked}")
    w.call("deleteSession", 404, "/v1/sessions/{walked}")


def main():
    document = json.load(open(sys.argv[1]))
    walker = Walker(document, *sys.argv[2:5])
    walk(walker)
    documented = {operation["operationId"] for item in document["paths"].values() for method, operation in item.items()
                  if re.fullmatch("get|post|delete|put|patch", method)}
    for missing in sorted(documented - walker.seen):
        walker.failures += 1
        print(f"FAIL '{missing}' is documented but never walked")
    return 1 if walker.failures else 0


if __name__ == "__main__":
    sys.exit(main())
