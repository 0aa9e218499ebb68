#!/usr/bin/env python3
"""Turns a recorded app-server session into a tape.

usage: make_tape.py SESSION.jsonl SESSION.s2c.jsonl > NAME.tape

SESSION.jsonl has one object per line, {"t": ms, "dir": "c2s"|"s2c"|"stderr"|"note"|"exit"|"meta", ...}, and
SESSION.s2c.jsonl the server's bytes. What the recorded client asked becomes the launch and the commands; what
the adapter never asks (lists, a second thread) is left out together with its answer. The adapter numbers its
requests from 1 in the order they are sent, so the ids of the answers are rewritten to that.
"""
import json
import re
import sys


class Tape:
    def __init__(self):
        self.launch = {"mode": "headless", "keep_open": True, "options": {}}
        self.steps = []
        self.ids = {}          # the recorded client's request id: the adapter's
        self.next_id = 1
        self.thread = None     # request id of the thread's start
        self.root = None       # the thread's id
        self.asked = {}        # open requests of the server
        self.stopped = False

    def number(self, recorded):
        self.ids[recorded] = self.next_id
        self.next_id += 1

    def command(self, kind, expect, **fields):
        self.steps.append("cmd " + json.dumps({"type": kind, **fields}, ensure_ascii=False))
        self.steps.append("> status ok")
        if expect:
            self.steps.append("> write contains " + expect)

    def client(self, message):
        method, params = message.get("method"), message.get("params") or {}
        if method is None:
            return self.answer(message)
        if method == "initialize":
            self.number(message["id"])
        elif method in ("thread/start", "thread/resume") and self.thread is None:
            self.thread = message["id"]
            self.number(message["id"])
            self.read_settings(params)
        elif params.get("threadId") != self.root:
            pass
        elif method == "turn/start":
            text = params["input"][0]["text"]
            self.number(message["id"])
            if "prompt" in self.launch:
                self.command("prompt", '"method":"turn/start"', text=text)
            else:
                self.launch["prompt"] = text
                if "collaborationMode" in params:
                    self.launch["options"]["collaboration_mode"] = params["collaborationMode"]["mode"]
        elif method == "turn/steer":
            self.number(message["id"])
            self.command("prompt", '"method":"turn/steer"', text=params["input"][0]["text"])
        elif method == "turn/interrupt":
            self.number(message["id"])
            self.command("interrupt", '"method":"turn/interrupt"')
        elif method == "thread/backgroundTerminals/terminate":
            # The adapter does this by itself when the interrupted turn has ended.
            self.number(message["id"])

    def read_settings(self, params):
        if "threadId" in params:
            self.launch["resume"] = self.root = params["threadId"]
        self.launch["workdir"] = params.get("cwd", "/workspace")
        if params.get("model"):
            self.launch["model"] = params["model"]
        options = self.launch["options"]
        if (params.get("approvalPolicy"), params.get("sandbox")) == ("never", "danger-full-access"):
            self.launch["yolo"] = True
        else:
            options["approval_policy"] = params.get("approvalPolicy", "on-request")
            options["sandbox"] = params.get("sandbox", "workspace-write")
        if "approvalsReviewer" in params:
            options["approvals_reviewer"] = params["approvalsReviewer"]
        if "config" in params:
            options["config"] = params["config"]

    def answer(self, message):
        request = self.asked.pop(message["id"], None)
        result = message.get("result", {})
        if request == "withdrawn":
            self.steps.append('cmd {"type": "answer", "ref": "%s", "decision": "allow"}' % message["id"])
            self.steps.append("> status argument")
            return
        if request is None or "error" in message or result.get("decision") == "maybe":
            return
        ref = str(message["id"])
        if "answers" in result:
            answers = [result["answers"][q["id"]]["answers"] for q in request["params"]["questions"]]
            self.command("answer", json.dumps({"result": result}, separators=(",", ":"))[1:-1], ref=ref, answers=answers)
        elif request["method"] == "mcpServer/elicitation/request" and result.get("content"):
            answers = [[str(value)] for value in result["content"].values()]
            self.command("answer", '"action":"accept"', ref=ref, decision="allow", answers=answers)
        else:
            said = result.get("decision") or result.get("action")
            allowed = isinstance(said, dict) or said.startswith("accept")
            wanted = '"decision":"%s"' % said if said in ("accept", "acceptForSession", "decline") else '"result":'
            fields = {"remember": True} if said == "acceptForSession" else {}
            if "action" in result:
                wanted = '"action":"%s"' % said
            self.command("answer", wanted, ref=ref, decision="allow" if allowed else "deny", **fields)

    def server(self, message, raw):
        if "method" in message and "id" in message:
            self.asked[message["id"]] = message
        if message.get("method") == "turn/completed" and message["params"]["threadId"] == self.root:
            self.asked = {key: "withdrawn" for key in self.asked}
        if "method" not in message:
            mine = self.ids.get(message["id"])
            if mine is None:
                return
            if message["id"] == self.thread and "result" in message:
                self.root = message["result"]["thread"]["id"]
            raw = re.sub(r'"id":%s(?=[,}])' % json.dumps(message["id"]), '"id":%d' % mine, raw, count=1)
        self.steps.append("out " + raw)

    def end(self, entry):
        how = "signal %d" % entry["signal"] if entry.get("signal") else str(entry.get("code", 0))
        self.steps.append("exit " + how + (" stopped" if self.stopped else ""))


def main():
    entries = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
    raw = iter(open(sys.argv[2], encoding="utf-8").read().splitlines())
    refused = {e["msg"]["id"] for e in entries if e.get("dir") == "s2c" and "error" in e["msg"]}
    tape = Tape()
    is_working = False
    for entry in entries:
        kind, message = entry.get("dir"), entry.get("msg")
        if kind == "c2s" and isinstance(message, dict):
            if "method" not in message or message.get("id") not in refused:
                tape.client(message)
        elif kind == "s2c":
            if message.get("method") in ("turn/started", "turn/completed"):
                is_working = message["method"] == "turn/started"
            tape.server(message, next(raw))
        elif kind == "stderr":
            tape.steps.append("err " + entry["text"])
        elif kind == "note" and "closes stdin" in entry["text"] and not is_working:
            tape.command("finish", None)
            tape.steps.append("> closed")
        elif kind == "note":
            tape.stopped = True
        elif kind == "exit":
            tape.end(entry)
    print("launch " + json.dumps(tape.launch, ensure_ascii=False))
    print("\n".join(tape.steps))


main()
