#!/usr/bin/env python3
"""Turns recordings of the real CLI into tapes, so that tests can play them without the CLI.

  make_tapes.py RECORDINGS TAPES

RECORDINGS holds folders of NAME.jsonl (what the CLI wrote), NAME.meta.json (what it was given, and when)
and NAME.expected.json (what an adapter shall report). For each, TAPES gets FOLDER-NAME.tape and
FOLDER-NAME.expected.json. What the recorder wrote to the CLI becomes commands at the same place; what has
no command is left out. The long list of slash commands in the answer to `initialize` is cut.
"""
import json
import pathlib
import sys

LARGEST = 100_000


def shortened(line):
    try:
        message = json.loads(line)
    except ValueError:
        return line
    if message.get("type") != "control_response":
        return line
    answer = message["response"].get("response")
    if isinstance(answer, dict):
        for key, value in answer.items():
            if isinstance(value, list):
                answer[key] = value[:2]
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def option(argv, *names):
    for name in names:
        if name in argv:
            return argv[argv.index(name) + 1]
    return None


def launch(meta, is_stream):
    argv = meta["argv"]
    wish = {"mode": "headless", "session": "ses_tape", "workdir": meta.get("cwd", "/workspace"), "args": [], "options": {}}
    wish["keep_open"] = is_stream
    wish["yolo"] = any(word.endswith("dangerously-skip-permissions") for word in argv)
    if not is_stream:
        wish["prompt"] = argv[-1]
    if option(argv, "--model"):
        wish["model"] = option(argv, "--model")
    if option(argv, "--resume", "-r"):
        wish["resume"] = option(argv, "--resume", "-r")
    return wish


def answer(response, requests):
    body = response.get("response") or {}
    request = requests.get(response.get("request_id"))
    if response["subtype"] != "success" or request is None or "behavior" not in body:
        return None
    command = {"type": "answer", "ref": response["request_id"], "decision": body["behavior"]}
    if body.get("message"):
        command["message"] = body["message"]
    if body.get("interrupt"):
        command["interrupt"] = True
    if body.get("updatedPermissions"):
        command["remember"] = True
    updated = dict(body.get("updatedInput") or request["input"])
    answers = updated.pop("answers", None)
    if answers is not None:
        command["answers"] = [[answers[one["question"]]] for one in updated["questions"] if one["question"] in answers]
    elif updated != request["input"]:
        command["input"] = updated
    return command


def command_of(message, requests):
    if message["type"] == "user":
        content = message["message"]["content"]
        text = content if isinstance(content, str) else "".join(block.get("text", "") for block in content)
        return {"type": "prompt", "text": text}
    if message["type"] == "control_response":
        return answer(message["response"], requests)
    if message["type"] != "control_request":
        return None
    request = message["request"]
    return {
        "interrupt": lambda: {"type": "interrupt"},
        "set_model": lambda: {"type": "set", "model": request["model"]},
        "set_permission_mode": lambda: {"type": "set", "permission_mode": request["mode"]},
        "end_session": lambda: {"type": "finish"},
    }.get(request["subtype"], lambda: None)()


def commands(meta, requests):
    """(number of lines read before, tape line) for everything that was written to the CLI."""
    for entry in meta.get("stdin") or []:
        at = entry.get("after_stdout_line", 0)
        if entry.get("eof"):
            yield at, 'cmd {"type":"finish"}'
        for line in (entry.get("data") or "").splitlines():
            try:
                command = command_of(json.loads(line), requests)
            except (ValueError, KeyError):
                command = None
            if command is not None:
                yield at, "cmd " + json.dumps(command, ensure_ascii=False)


def exit_line(meta):
    how = meta["exit"]
    numbers = {"SIGHUP": 1, "SIGINT": 2, "SIGKILL": 9, "SIGTERM": 15}
    return f"exit signal {numbers[how['signal']]}" if how.get("signal") else f"exit {how['code']}"


def tape(path, meta):
    lines = path.read_bytes().decode("utf-8", "surrogateescape").split("\n")
    lines = lines[:-1] if lines and lines[-1] == "" else lines
    requests = {}
    for line in lines:
        if line.startswith('{"type":"control_request"'):
            message = json.loads(line)
            requests[message["request_id"]] = message["request"]
    is_stream = "--input-format" in meta["argv"] and isinstance(meta.get("stdin"), list)
    steps = [f"# {meta['name']}: {meta.get('note', '')} ({meta['cli_version']})".rstrip(), "launch " + json.dumps(launch(meta, is_stream), ensure_ascii=False)]
    waiting = list(commands(meta, requests))
    for number, line in enumerate([None] + lines):
        if line is not None:
            steps.append("out " + shortened(line))
        while waiting and waiting[0][0] <= number:
            steps.append(waiting.pop(0)[1])
    for line in (meta.get("stderr") or "").splitlines():
        if line:
            steps.append("err " + line)
    steps.append(exit_line(meta))
    return "\n".join(steps) + "\n"


def main(recordings, tapes):
    for meta_path in sorted(pathlib.Path(recordings).glob("*/*.meta.json")):
        path = meta_path.with_name(meta_path.name.replace(".meta.json", ".jsonl"))
        expected = meta_path.with_name(meta_path.name.replace(".meta.json", ".expected.json"))
        if not path.exists() or not expected.exists() or path.stat().st_size > LARGEST:
            continue
        meta = json.loads(meta_path.read_text())
        name = f"{meta_path.parent.name}-{meta['name']}".replace("/", "-")
        target = pathlib.Path(tapes)
        text = tape(path, meta)
        (target / f"{name}.tape").write_bytes(text.encode("utf-8", "surrogateescape"))
        (target / f"{name}.expected.json").write_text(expected.read_text())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
