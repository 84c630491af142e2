"""Every field of a message of every kind, disturbed one at a time, in bytes and in values: both engines agree."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import pytest

from dmproto.wire import codec
from dmproto.wire.limits import HEADER_SIZE
from dmproto.wire.shape import Span
from tests.wire import engines
from tests.wire.engines import ORDERS, Reading
from tests.wire.samples import CASES

WORDS: Final = (0, 1, 4, 7, 8, 40, 44, 303, 304, 305, 311, 312, 313, 340, 2**31, 2**32 - 8, 2**32 - 1)
"""Numbers that some rule may object to."""

READ: Final = ("header.version", "header.data_size", "header.data_start", "header.target_count", "header.flags")
"""The header fields that say how to read a payload."""

LENGTHS: Final = (1, 16, 128, 129, 140, 2000)
"""How far a text is made to run on."""

HOSTILE: Final[tuple[Any, ...]] = (
    None,
    -1,
    2**32,
    2**64,
    304,
    1.5,
    "",
    "n" * 16,
    "n" * 129,
    "n" * 2000,
    "a\0b",
    "\ud800",
    "\udcc3\udca9",
    b"x",
    b"x" * 65,
    (),
    (4, 0),
    (5, 0, 0),
    (4, -1, 0),
    [4, 0, 0],
    True,
    object(),
)
"""Values that hardly any field may have."""


def disturbed(name: str) -> list[Span]:
    """The fields to disturb; of a header with a payload only those that say how to read that."""
    case = CASES[name]
    spans = codec.fields(case.value, dialect=case.dialect)
    if name.startswith(("header", "frame")):
        return spans
    return [span for span in spans if span.offset >= HEADER_SIZE or span.path in READ]


def same(reading: Reading, data: bytes) -> None:
    """Hold both engines against each other, strict and lenient, and the law where the bytes are accepted."""
    strict = engines.decode_generated(reading, data)
    lenient = engines.decode_generated(reading, data, strict=False)
    assert strict == engines.decode_interpreted(reading, data)
    assert lenient == engines.decode_interpreted(reading, data, strict=False)
    assert strict.told
    if strict.error:
        path, offset, rule = strict.error
        assert lenient.anomalies[0] == (offset, path, rule)


@pytest.mark.parametrize("name", CASES)
def test_a_word_may_be_anything(name: str) -> None:
    case = CASES[name]
    reading, data = case.reading, case.bytes
    for span in disturbed(name):
        if span.size not in (4, 8, 12) or isinstance(span.value, str | bytes):
            continue
        near = [int(span.value) + by for by in (-8, -1, 1, 8, 16)] if isinstance(span.value, int) else []
        for number in (*WORDS, *near):
            changed = bytearray(data)
            changed[span.offset : span.offset + 4] = struct.pack(ORDERS[case.byteorder] + "I", number % 2**32)
            same(reading, bytes(changed))
            same(reading, bytes(changed) + bytes(64))


@pytest.mark.parametrize("name", CASES)
def test_a_text_may_run_on_or_end_early(name: str) -> None:
    case = CASES[name]
    reading, data = case.reading, case.bytes
    for span in disturbed(name):
        if not isinstance(span.value, str):
            continue
        for size in LENGTHS:
            for byte in (b"n", b"\xff", b"\0"):
                changed = bytearray(data)
                room = len(changed[span.offset : span.offset + size])
                changed[span.offset : span.offset + room] = byte * room
                same(reading, bytes(changed))
                same(reading, bytes(changed).ljust(1024, b"\0"))
                longer = bytearray(data)
                longer[span.offset : span.offset] = byte * size
                same(reading, bytes(longer))


@pytest.mark.parametrize("name", CASES)
def test_a_message_may_end_anywhere(name: str) -> None:
    case = CASES[name]
    reading, data = case.reading, case.bytes
    for size in range(0 if name.startswith(("header", "frame")) else HEADER_SIZE - 1, len(data) + 1):
        same(reading, data[:size])
    header = getattr(case.value, "header", None)
    for size in range(305, len(data) + 1) if header else ():
        changed = bytearray(data)
        changed[12:16] = struct.pack(ORDERS[case.byteorder] + "I", size)
        same(reading, bytes(changed))


def spoiled(value: Any) -> Iterator[Any]:
    """A value with one of its fields, at any depth, replaced by each of the hostile values."""
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            if name not in ("command", "anomalies"):
                for item in spoiled(getattr(value, name)):
                    yield msgspec.structs.replace(value, **{name: item})
    elif isinstance(value, tuple):
        for index, part in enumerate(value):
            for item in spoiled(part):
                yield (*value[:index], item, *value[index + 1 :])
    yield from HOSTILE
    if isinstance(value, int):
        yield from (value - 8, value - 1, value + 1, value + 8, 1024, 2**30)
    if isinstance(value, str):
        yield from (value + "é", "n" * 15, "n" * 127, "n" * 128)


@pytest.mark.parametrize("name", [name for name in CASES if name.endswith("little")])
def test_a_field_may_be_given_anything(name: str) -> None:
    case = CASES[name]
    for value in spoiled(case.value):
        if type(value) is not type(case.value):
            continue
        outcome = engines.encode_generated(value, case.byteorder, case.dialect)
        if name.startswith("header") and value.payload is not None:  # the codec's own: no schema is asked
            assert outcome.error
            continue
        assert outcome == engines.encode_interpreted(value, case.byteorder, case.dialect)
        assert outcome.told
        if outcome.error is None:
            assert engines.decode_generated(case.reading, outcome.value).value == engines.plain(value)
