#!/usr/bin/env python3
"""Turns recorded runs of one prompt into tapes.

  make_print_tapes.py RECORDINGS TAPES

RECORDINGS has NAME.ndjson (what the agent wrote), NAME.stderr.txt, NAME.meta.json (how it ended; made up where it is
missing) and expected.json. Runs that wrote anything but JSON lines are left out, and so is what is larger than 100 kB.
"""
import json
import pathlib
import re
import sys

LARGEST = 100_000
KINDS = ("stream-json", "json")


def end_of(folder, name, expected):
    meta = folder / (name + ".meta.json")
    code = json.loads(meta.read_text()).get("exit_code") if meta.exists() else expected.get("exit_code")
    signal = expected.get("signal")
    by_person = " stopped" if expected.get("host_signal") else ""
    numbers = {"SIGINT": 2, "SIGTERM": 15}
    return (f"exit signal {numbers[signal]}" if signal else f"exit {code or 0}") + by_person


def prompt_of(lines):
    for line in lines:
        record = json.loads(line)
        if record.get("type") == "message" and record.get("role") == "user":
            return record["content"]
        if record.get("type") == "user.message":
            return record["data"]["content"]
        if record.get("type") == "user":
            return record["message"]["content"][0]["text"]
    return "hi"


def tape(folder, path, expected):
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    launch = {"mode": "headless", "workdir": "/workspace", "keep_open": False, "prompt": prompt_of(lines),
              "options": {"protocol": "print"}}
    steps = ["launch " + json.dumps(launch, ensure_ascii=False)]
    for line in lines:
        record = json.loads(line)
        if record.get("type") == "session.background_tasks_changed":
            continue
        if record.get("type") == "session.skills_loaded":
            record["data"]["skills"] = []
            line = json.dumps(record, separators=(",", ":"))
        steps.append("out " + line)
    stderr = folder / (path.stem + ".stderr.txt")
    if stderr.exists():
        steps += ["err " + line for line in stderr.read_text(errors="replace").split("\n") if line.strip()][:40]
    return "\n".join(steps + [end_of(folder, path.stem, expected)]) + "\n"


def main(recordings, tapes):
    folder = pathlib.Path(recordings)
    everything = json.loads((folder / "expected.json").read_text())
    for name, expected in sorted(everything.items()):
        path = folder / (name + ".ndjson")
        if not path.exists() or expected.get("kind", "stream-json") not in KINDS or path.stat().st_size > LARGEST:
            continue
        text = path.read_text(encoding="utf-8")
        if expected.get("kind") == "json" and not text.strip() and expected.get("error_on") == "stderr":
            continue
        if any(line.strip() and not re.match(r'\{"type"', line) for line in text.split("\n")):
            continue
        (pathlib.Path(tapes) / ("print-" + name + ".tape")).write_text(tape(folder, path, expected), encoding="utf-8")
        kept = json.dumps(expected, indent=1, ensure_ascii=False) + "\n"
        (pathlib.Path(tapes) / ("print-" + name + ".wanted.json")).write_text(kept, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
