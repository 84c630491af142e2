"""Codec vectors: bytes decoded, strictly and leniently, and what comes of it held against what they say."""

from __future__ import annotations

from typing import Any

from dmproto.conform.outcome import BROKEN, HELD, Difference, Outcome
from dmproto.errors import DecodeError
from dmproto.show.document import to_document
from dmproto.wire.codec import decode_reply, decode_request

Document = dict[str, Any]


def play(document: Document) -> Outcome:
    """Decode every test of a file."""
    differences: list[Difference] = []
    rules: dict[str, str] = {}
    for test in document["tests"]:
        found = _check(test)
        differences += [found] if found else []
        for rule in test["rules"]:
            rules[rule] = BROKEN if found or rules.get(rule) == BROKEN else HELD
    count = len(document["tests"])
    return Outcome(document["name"], "codec", count, count, differences, False, "", rules)


def _check(test: Document) -> Difference | None:
    """The first difference of a test."""
    error = test.get("error")
    try:
        value: Any = _decode(test, strict=True)
    except DecodeError as refused:
        came: Document = {"path": refused.path, "offset": refused.offset, "rule": refused.rule}
        if error == came:
            return _lenient(test)
        theirs = told(error) if error else "a value"
        return _difference(test, came["path"], refused.offset, told(came), theirs)
    if error:
        return _difference(test, error["path"], error["offset"], "a value", told(error))
    return _values(test, value)


def _lenient(test: Document) -> Difference | None:
    """Hold what lenient decoding makes of refused bytes against the vector; of a wrong number it makes nothing."""
    if test["error"]["rule"].startswith("code/"):
        return None
    value = _decode(test, strict=False)
    found = [{"offset": item.offset, "field": item.field, "rule": item.rule} for item in value.anomalies]
    if found != test["anomalies"]:
        return _difference(test, "anomalies", None, str(found), str(test["anomalies"]))
    return _values(test, value)


def _decode(test: Document, *, strict: bool) -> Any:
    read = decode_request if test["reading"] == "request" else decode_reply
    reading = {key: test[key] for key in ("byteorder", "arch", "dialect", "door")}
    return read(int(test["code"], 0), bytes.fromhex(test["bytes"]), strict=strict, **reading)


def _values(test: Document, value: Any) -> Difference | None:
    """The first part of a value that is not as the vector has it."""
    reading = {key: test[key] for key in ("byteorder", "arch", "dialect")}
    document = to_document(value, code=int(test["code"], 0), **reading)
    found = differing(test["value"], document, "")
    return _difference(test, found[0], None, str(found[1]), str(found[2])) if found else None


def differing(theirs: Any, ours: Any, path: str) -> tuple[str, Any, Any] | None:
    """Where two JSON values differ: path, ours, theirs. What only ours has, a length, is not looked at."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        pairs = [(f"{path}.{key}".lstrip("."), item, ours.get(key)) for key, item in theirs.items()]
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        pairs = [(f"{path}[{at}]", *pair) for at, pair in enumerate(zip(theirs, ours, strict=True))]
    else:
        return None if theirs == ours else (path, ours, theirs)
    return next((found for where, item, mine in pairs if (found := differing(item, mine, where))), None)


def told(error: Document) -> str:
    """An error in words."""
    return f"{error['rule']} at {error['path']}, offset {error['offset']}"


def _difference(test: Document, field: str, offset: int | None, ours: str, theirs: str) -> Difference:
    return Difference(test["id"], f"{test['reading']} {test['code']}", field, offset, ours, theirs)
