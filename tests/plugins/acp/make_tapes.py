#!/usr/bin/env python3
"""Turns recorded conversations of the Agent Client Protocol into tapes.

  make_tapes.py RECORDINGS TAPES LAUNCH

RECORDINGS has NAME.ndjson, one message per line with its direction ({"dir": "c2a"|"a2c"|"stderr"|"note"|"exit"}), and
expected.json: what a right adapter reports of each. LAUNCH is the JSON of a launch, the same for all. For each
recording TAPES gets NAME.tape and NAME.expected.json. What the recorded client asked becomes the launch and the
commands; what the adapter never asks (lists, wrong requests, a second session) is left out together with its answer.
The adapter numbers its requests from 0 in the order they are sent, so the ids of the answers are rewritten to that.
Long lists of slash commands are cut.
"""
import base64
import json
import pathlib
import sys

# Exchanges that no adapter has: a client that does things in the wrong order, or nothing but administration.
LEFT_OUT = {"noinit", "version2", "errors", "list", "authenticate", "authflow"}


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Tape:
    def __init__(self, launch):
        self.launch = dict(launch)
        self.launch.setdefault("options", {})
        self.steps = []
        self.ids = {}  # the recorded client's request id: the adapter's
        self.next_id = 0
        self.asked = {}  # open requests of the agent
        self.prompt = None  # id of the running prompt
        self.modes = []
        self.is_open = False
        self.stopped = False

    def number(self, recorded):
        self.ids[recorded] = self.next_id
        self.next_id += 1

    def command(self, kind, **fields):
        self.steps += ["cmd " + dump({"type": kind, **fields}), "> status ok"]

    def client(self, message):
        method, params = message.get("method"), message.get("params") or {}
        if method is None:
            return self.answer(message)
        if method == "initialize" or (method == "authenticate" and params.get("methodId") == "cursor_login"):
            return self.number(message["id"])
        if method in ("session/new", "session/load", "session/resume") and not self.is_open:
            self.is_open = True
            self.launch["workdir"] = params.get("cwd", "/workspace")
            if "sessionId" in params:
                self.launch["resume"] = params["sessionId"]
            if params.get("mcpServers"):
                self.launch["options"]["mcp_servers"] = [self.server(s) for s in params["mcpServers"]]
            return self.number(message["id"])
        if method == "session/prompt":
            self.command("prompt", text=params["prompt"][0]["text"])
            self.prompt = message["id"]
            return self.number(message["id"])
        if method == "session/cancel" and self.prompt is not None:
            self.command("interrupt")
            self.asked.clear()
        elif method == "session/set_mode" and params["modeId"] in self.modes:
            self.command("set", permission_mode=params["modeId"])
            self.number(message["id"])
        elif method == "session/set_model":
            self.command("set", model=params["modelId"])
            self.number(message["id"])
        elif method == "session/set_config_option" and params["configId"] == "model":
            self.command("set", model=params["value"])
            self.number(message["id"])

    @staticmethod
    def server(server):
        made = {k: v for k, v in server.items() if k in ("name", "type", "command", "args", "url")}
        for key in ("env", "headers"):
            if server.get(key):
                made[key] = {pair["name"]: pair["value"] for pair in server[key]}
        return made

    def answer(self, message):
        request = self.asked.pop(message["id"], None)
        result = message.get("result")
        if request is None or result is None:
            return
        ref = str(message["id"])
        params = request["params"]
        if request["method"] == "session/request_permission" and result["outcome"]["outcome"] == "selected":
            chosen = [o["kind"] for o in params["options"] if o["optionId"] == result["outcome"]["optionId"]][0]
            fields = {"remember": True} if chosen.endswith("_always") else {}
            self.command("answer", ref=ref, decision="allow" if chosen.startswith("allow") else "deny", **fields)
            self.steps.append("> write contains " + dump(result["outcome"])[1:-1])
        elif request["method"] == "elicitation/create" and result.get("content"):
            self.command("answer", ref=ref, answers=[[str(value)] for value in result["content"].values()])
            self.steps.append("> write contains " + dump(result["content"]))
        elif request["method"] == "cursor/ask_question":
            labels = {o["id"]: o["label"] for q in params["questions"] for o in q["options"]}
            answers = result["outcome"]["answers"]
            self.command("answer", ref=ref, answers=[[labels[i] for i in a["selectedOptionIds"]] for a in answers])
            self.steps.append("> write contains " + dump(result["outcome"]))

    def agent(self, entry):
        if "msg" not in entry:
            raw = base64.b64decode(entry["raw_b64"]) if "raw_b64" in entry else entry["raw"].encode()
            text = "".join(chr(b) if 32 <= b < 127 and b != 92 else "\\x%02x" % b for b in raw)
            return self.steps.append("raw out " + text + "\\n")
        message = entry["msg"]
        if isinstance(message, dict):
            if "method" in message and "id" in message:
                self.asked[message["id"]] = message
            elif "method" not in message:
                if message["id"] not in self.ids:
                    return
                if message["id"] == self.prompt:
                    self.prompt = None
                message = {**message, "id": self.ids[message["id"]]}
                modes = (message.get("result") or {}).get("modes") or {}
                self.modes += [m["id"] for m in modes.get("availableModes", [])]
            update = (message.get("params") or {}).get("update") or {}
            if "availableCommands" in update:
                update["availableCommands"] = update["availableCommands"][:3]
        self.steps.append("out " + dump(message))

    def note(self, text):
        if "closes stdin" in text:
            self.steps.append("cmd " + dump({"type": "finish"}))
        elif "SIG" in text:
            self.stopped = True

    def end(self, entry):
        numbers = {"SIGHUP": 1, "SIGINT": 2, "SIGKILL": 9, "SIGTERM": 15}
        how = "signal %d" % numbers[entry["signal"]] if entry.get("signal") else str(entry.get("code") or 0)
        self.steps.append("exit " + how + (" stopped" if self.stopped else ""))


def tape(path, launch):
    made = Tape(launch)
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        kind = entry["dir"]
        if kind == "c2a" and isinstance(entry.get("msg"), dict):
            made.client(entry["msg"])
        elif kind == "a2c":
            made.agent(entry)
        elif kind == "stderr":
            made.steps.append("err " + entry["line"])
        elif kind == "note":
            made.note(entry["text"])
        elif kind == "exit":
            made.end(entry)
    if not made.steps[-1].startswith("exit"):
        made.steps += ['cmd {"type":"finish"}', "exit 0"]
    return "launch " + dump(made.launch) + "\n" + "\n".join(made.steps) + "\n"


def main(recordings, tapes, launch, prefix=""):
    recordings, tapes = pathlib.Path(recordings), pathlib.Path(tapes)
    expected = json.loads((recordings / "expected.json").read_text())
    for path in sorted(recordings.glob(prefix + "*.ndjson")):
        if path.stem in LEFT_OUT or ".hookinput" in path.name:
            continue
        (tapes / (path.stem + ".tape")).write_text(tape(path, json.loads(launch)), encoding="utf-8")
        if path.stem in expected:
            text = json.dumps(expected[path.stem], indent=1, ensure_ascii=False) + "\n"
            (tapes / (path.stem + ".expected.json")).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
