#!/usr/bin/env python3
"""Lints openapi.json: what a reader and a code generator trip over. Prints what is wrong, exits 1."""
import json
import re
import sys


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolves(document, reference):
    node = document
    for part in reference.removeprefix("#/").split("/"):
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return reference.startswith("#/")


def lint_operation(path, method, shared, operation, tags, ids):
    where = f"{method.upper()} {path}"
    identity = operation.get("operationId", "")
    if not re.fullmatch(r"[a-z][A-Za-z]+", identity) or identity in ids:
        yield f"{where}: operationId '{identity}' is missing, odd or there twice"
    ids.add(identity)
    if not operation.get("summary") or not operation.get("tags") or not set(operation["tags"]) <= tags:
        yield f"{where}: needs a summary and known tags"
    parameters = shared + operation.get("parameters", [])
    if {p["name"] for p in parameters if p["in"] == "path"} != set(re.findall(r"{(\w+)}", path)):
        yield f"{where}: path parameters do not fit the template"
    if any(not p.get("description") or "schema" not in p for p in parameters):
        yield f"{where}: a parameter has no description or schema"
    codes = operation["responses"]
    if not any(code.startswith("2") or code == "101" for code in codes):
        yield f"{where}: no good answer"
    for code in ("400", "401", "403"):
        if code not in codes:
            yield f"{where}: answer {code} is not documented"
    if method == "post" and "requestBody" not in operation:
        yield f"{where}: no request body"


def lint(document):
    if document.get("openapi") != "3.1.0":
        yield "openapi is not 3.1.0"
    for part in ("title", "version", "license", "description"):
        if part not in document.get("info", {}):
            yield f"info.{part} is missing"
    used = set(references(document))
    for reference in used:
        if not resolves(document, reference):
            yield f"{reference} leads nowhere"
    for name in document["components"]["schemas"]:
        if f"#/components/schemas/{name}" not in used:
            yield f"schema {name} is never used"
    tags = {tag["name"] for tag in document["tags"]}
    ids = set()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield from lint_operation(path, method, item.get("parameters", []), operation, tags, ids)


if __name__ == "__main__":
    findings = list(lint(json.load(open(sys.argv[1]))))
    print("\n".join(findings) or "nothing to complain about")
    sys.exit(1 if findings else 0)
