"""A document and its message are the same thing, both ways; and it is JSON."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmproto.errors import EncodeError
from dmproto.show.calls import described
from dmproto.show.document import to_document
from dmproto.show.documents_in import encoded, from_document
from dmproto.show.message import Reading, read
from dmproto.wire.codec import encode
from tests.show import recorded
from tests.wire import messages
from tests.wire.messages import Case

LOAD: dict[str, Any] = {
    "kind": "request",
    "command": "TABLE_LOAD",
    "header": {"data_size": 400, "target_count": 1},
    "payload": [{"length": "8", "target_type": "zero"}],
}


def through_json(document: Any) -> Any:
    return json.loads(json.dumps(document, allow_nan=False))


@pytest.mark.parametrize("path", [*recorded.CLIENTS, *recorded.HAND], ids=recorded.name_of)
def test_every_vector_comes_back_as_its_canonical_bytes(path: Path) -> None:
    count = 0
    for shown in recorded.shown(path):
        reading = shown.reading
        order = str(reading.byteorder)
        code, data = encode(shown.value, byteorder=order, arch=reading.arch, dialect=reading.dialect)
        document = through_json(described(shown))
        (again,) = encoded(document)
        assert (again.code, again.byteorder, again.data) == (code, order, data)
        assert from_document(document)[0] == shown.value
        count += 1
    assert count


@pytest.mark.parametrize("path", recorded.HAND, ids=recorded.name_of)
def test_documents_say_what_the_hand_vectors_say(path: Path) -> None:
    wanted = {test["id"]: test for test in json.loads(path.read_text())["tests"] if "error" not in test}
    calls = {call.place: call for call in recorded.captures(path) if call.place in wanted}
    assert wanted.keys() == calls.keys()
    for place, test in wanted.items():
        side = calls[place].request or calls[place].reply
        assert side is not None
        reading = Reading(test["reading"], calls[place].code, secrets=True, **calls[place].given)
        document = described(read(side.memory, reading))
        assert document is not None, place
        value = test["value"]
        if document["kind"] == "message":
            assert document["header"].pop("length") * 2 == len(document["payload"])
        for name in ("command", "header", "payload"):
            assert bare(document[name]) == bare(value[name]), (place, name)


def bare(item: Any) -> Any:
    """A document's part without counts and absent members, its texts as the vectors write them."""
    if isinstance(item, dict) and item.keys() == {"hex"}:
        return bytes.fromhex(item["hex"]).decode("utf-8", "surrogateescape")
    if isinstance(item, dict):
        return {name: bare(part) for name, part in item.items() if part is not None and name != "count"}
    return [bare(part) for part in item] if isinstance(item, list) else item


@given(messages.cases())
def test_any_message_comes_back(case: Case) -> None:
    value, order, dialect = case
    code, data = encode(value, byteorder=order, dialect=dialect)
    document = through_json(to_document(value, code=code, byteorder=order, dialect=dialect))
    assert from_document(document) == (value, order, "generic", dialect)
    assert encoded(document)[0].data == data
    assert document["code"] == f"{code:#010x}"


@given(messages.cases())
def test_64_bit_numbers_are_texts(case: Case) -> None:
    def numbers(item: Any) -> list[int]:
        if isinstance(item, dict | list):
            return [n for part in (item.values() if isinstance(item, dict) else item) for n in numbers(part)]
        return [item] if isinstance(item, int) else []

    document = to_document(case.value, code=0xC138FD00, byteorder=case.byteorder, dialect=case.dialect)
    assert all(abs(number) < 2**32 for number in numbers(document))


def test_what_is_left_out_is_as_in_a_new_value() -> None:
    value, order, arch, dialect = from_document(LOAD)
    assert (order, arch, dialect) == (None, "generic", "rfc")
    assert value.header == msgspec.structs.replace(type(value.header)(), data_size=400, target_count=1)
    assert value.payload[0].length == 8


def test_what_an_older_interface_has_no_room_for_may_be_null_or_left_out() -> None:
    header = {"version": [4, 36, 0], "data_size": 400}
    names = {"kind": "reply", "command": "LIST_DEVICES", "header": header}
    record = {"dev": "1", "next": 0, "name": "a"}
    whole = names | {"payload": [record | {"event_nr": None, "flags": None, "uuid": None}]}
    assert from_document(whole) == from_document(names | {"payload": [record]})
    header["version"] = [4, 47, 0]
    with pytest.raises(EncodeError) as caught:
        encoded(whole)
    assert (caught.value.path, caught.value.rule) == ("payload[0].event_nr", "value/type")


def test_a_command_may_be_said_by_its_code_and_a_c_name() -> None:
    by_code = {name: item for name, item in LOAD.items() if name != "command"} | {"code": "0xc138fd09"}
    assert from_document(by_code)[0] == from_document(LOAD)[0]
    assert from_document(LOAD | {"command": "DM_TABLE_LOAD"})[0] == from_document(LOAD)[0]
    assert from_document(LOAD | {"command": 9})[0] == from_document(LOAD)[0]


WRONG: list[tuple[str, Any, str, str]] = [
    ("no object", 3, "document", "value/type"),
    ("no kind", {}, "kind", "value/type"),
    ("dialect is a number", LOAD | {"dialect": 3}, "dialect", "value/type"),
    ("arch unknown", LOAD | {"arch": "pdp11"}, "document", "value/type"),
    ("command unknown", LOAD | {"command": "FORMAT_DISK"}, "command", "value/type"),
    ("command missing", {"kind": "reply", "header": {}}, "command", "value/type"),
    ("code no hex", {"kind": "reply", "code": "zz", "header": {}}, "code", "value/type"),
    ("command too great", LOAD | {"command": 2**40, "payload": ""}, "command", "number/range"),
    ("header no object", LOAD | {"header": []}, "header", "value/type"),
    ("payload without header", LOAD | {"header": None}, "payload", "value/absent"),
    ("unknown field", LOAD | {"header": {"nonsense": 1}}, "header.nonsense", "value/absent"),
    ("number is a truth value", LOAD | {"header": {"flags": True}}, "header.flags", "value/type"),
    ("number too long", LOAD | {"header": {"dev": "1" * 21}}, "header.dev", "value/type"),
    ("number too great", LOAD | {"header": {"dev": "9" * 20}}, "header.dev", "number/range"),
    ("version no array", LOAD | {"header": {"version": 4}}, "header.version", "value/type"),
    (
        "version too short for a list",
        {"kind": "reply", "command": 2, "header": {"version": []}, "payload": []},
        "header.version",
        "value/count",
    ),
    ("version too short", LOAD | {"header": {"version": [4]}}, "header.version", "value/count"),
    ("text is a number", LOAD | {"header": {"name": 4}}, "header.name", "value/type"),
    ("text too long", LOAD | {"header": {"name": "n" * 128}}, "header.name", "text/limit"),
    ("text of no bytes", LOAD | {"header": {"name": "\ud800"}}, "header.name", "text/encodable"),
    ("hex of odd length", LOAD | {"header": {"name": {"hex": "f"}}}, "header.name", "value/type"),
    ("record no object", LOAD | {"payload": [7]}, "payload[0]", "value/type"),
    ("payload no array", LOAD | {"payload": {}}, "payload", "value/type"),
    ("payload missing", LOAD | {"payload": None}, "payload", "value/type"),
    ("payload unasked", LOAD | {"command": "VERSION"}, "payload", "value/absent"),
    ("payload unasked object", LOAD | {"command": "VERSION", "payload": {}}, "payload", "value/absent"),
    ("raw payload no hex", LOAD | {"command": 99, "payload": [1]}, "payload", "value/type"),
    (
        "a member missing",
        {"kind": "request", "command": 14, "header": {}, "payload": {}},
        "payload.sector",
        "value/type",
    ),
    ("message without header", {"kind": "message"}, "header", "value/type"),
    ("message without index", {"kind": "message", "header": {}}, "header.target_index", "value/type"),
    (
        "message with another length",
        {"kind": "message", "header": {"target_index": 0, "length": 3}, "payload": "00"},
        "header.length",
        "value/count",
    ),
    (
        "message with a tag it has no room for",
        {"kind": "message", "dialect": "rfc-untagged", "header": {"target_index": 0, "tag": 1}},
        "header.tag",
        "value/absent",
    ),
    ("captures no array", {"captures": 3}, "captures", "value/type"),
    ("a capture no object", {"captures": [3]}, "captures[0]", "value/type"),
    ("a capture is an error", {"captures": [{"request": {"error": {}}}]}, "captures[0].request.kind", "value/type"),
]


@pytest.mark.parametrize(("document", "path", "rule"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_is_no_document_is_refused_by_place(document: Any, path: str, rule: str) -> None:
    with pytest.raises(EncodeError) as caught:
        encoded(document)
    assert (caught.value.path, caught.value.rule) == (path, rule)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PLACES = st.sampled_from(["kind", "command", "code", "byteorder", "arch", "dialect", "header", "payload", "captures"])


@given(messages.cases(), PLACES, JSON)
def test_any_change_to_a_document_is_taken_or_refused(case: Case, place: str, item: Any) -> None:
    document = to_document(case.value, code=0xC138FD00, byteorder=case.byteorder, dialect=case.dialect)
    part = document["header"] if place == "header" and isinstance(document["header"], dict) else document
    name = "flags" if part is not document else place
    part[name] = item
    with contextlib.suppress(EncodeError):
        encoded(document)
