#!/usr/bin/env python3
"""Adds up the results of tests/run: names what failed, says why what was skipped, prints the count."""
import pathlib
import re
import sys
import xml.etree.ElementTree as xml


def reason(case):
    """The line a test wrote when it skipped itself."""
    text = "".join(case.itertext())
    lines = [line.strip() for line in text.splitlines()]
    for before, line in zip(lines, lines[1:]):
        if re.search(r": Skipped$", before) and line:
            return line
    return (case.find("skipped").get("message") or "no reason given").strip()


def main(folder):
    passed = failed = 0
    skipped = {}
    for file in sorted(folder.glob("*.xml")):
        for case in xml.parse(file).getroot().iter("testcase"):
            name = f"{file.stem}: {case.get('name')}"
            if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
                skipped.setdefault(reason(case) if case.find("skipped") is not None else "not run", []).append(name)
            elif case.find("failure") is not None or case.get("status") == "fail":
                failed += 1
                print(f"FAILED {name}")
            else:
                passed += 1
    checks = folder / "checks"
    for line in checks.read_text().splitlines() if checks.exists() else []:
        verdict, name = line.split(" ", 1)
        passed += verdict == "pass"
        failed += verdict == "fail"
        if verdict == "fail":
            print(f"FAILED {name} (see {folder / name}.log)")
    for why, names in sorted(skipped.items()):
        print(f"skipped {len(names)}: {why} (e.g. {names[0]})")
    count = sum(len(names) for names in skipped.values())
    print(f"{passed} passed, {failed} failed" + (f", {count} skipped" if count else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
