"""Every truncation and every extension of every vector: read, or refused, by both engines alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from dmproto.errors import DecodeError
from dmproto.wire import codec
from dmproto.wire.command import Command
from dmproto.wire.limits import ALIGNMENT, HEADER_SIZE
from dmproto.wire.values import Reply, Request
from tests.conftest import PROFILE
from tests.wire import engines, vectors
from tests.wire.engines import READERS, Reading
from tests.wire.vectors import Recorded

HAND: Final = [
    Recorded(vector.id, vector.reading._replace(code=vector.reading.code & 0xFFFFFFFF), vector.data)
    for vector in vectors.hand()
    if vector.error is None and vector.data
]
RECORDED: Final = vectors.recorded()
DISTINCT: Final = vectors.distinct(RECORDED)
EXTENSIONS: Final = (b"\0", b"J", bytes(8), b"\xff" * 64)


def some_of(count: int) -> list[Recorded]:
    """So many of the distinct recorded buffers, spread over all; ten times as many in profile ci, all in soak."""
    times = {"quick": 1, "ci": 10}.get(PROFILE, len(DISTINCT))
    return DISTINCT[:: max(1, len(DISTINCT) // (count * times))]


def named(item: Recorded) -> str:
    """The id of a parameter."""
    return item.id


def cut_at(item: Recorded) -> Iterator[int]:
    """Where to cut: everywhere in a hand-written vector; in a recorded one where fields begin and end."""
    if item in HAND:
        yield from range(len(item.data))
        return
    value = read(item.reading, item.data)
    for span in codec.fields(value):
        yield from {span.offset, span.offset + 1, span.offset + span.size - 1, span.offset + span.size}


def read(reading: Reading, data: bytes) -> codec.Message:
    """The public decoder's value."""
    value: codec.Message = READERS[reading.kind](
        reading.code, data, byteorder=reading.byteorder, dialect=reading.dialect, door=reading.door
    )
    return value


def needed_by(value: codec.Message, dialect: str) -> int:
    """How many bytes a message takes: up to the end of its last field, and its header whole."""
    end = max(span.offset + span.size for span in codec.fields(value, dialect=dialect))
    if not isinstance(value, Request | Reply):
        return end
    empty = value.payload == () and value.header is not None and value.header.data_size > HEADER_SIZE
    start = value.header.data_start if value.header and empty and value.command is Command.LIST_DEVICES else 0
    return max(end, HEADER_SIZE, start)


@pytest.mark.parametrize("item", HAND, ids=named)
def test_every_truncation_is_the_same_to_both(item: Recorded) -> None:
    whole = read(item.reading, item.data)
    needed = needed_by(whole, item.reading.dialect)
    for size in cut_at(item):
        data = item.data[:size]
        outcome = engines.decode_generated(item.reading, data)
        assert outcome == engines.decode_interpreted(item.reading, data)
        if size < needed and outcome.error is not None:
            assert outcome.error[1] is not None
            assert outcome.error[1] < size + ALIGNMENT
            assert outcome.error[2] in ("buffer/short", "frame/short")
        elif size >= needed:
            assert outcome.value == engines.plain(whole)


@pytest.mark.parametrize("item", HAND, ids=named)
def test_every_extension_is_the_same_to_both(item: Recorded) -> None:
    for tail in EXTENSIONS:
        data = item.data + tail
        outcome = engines.decode_generated(item.reading, data)
        assert outcome == engines.decode_interpreted(item.reading, data)
        if outcome.error is None:
            value = read(item.reading, data)
            buffer = bytearray(data)
            codec.encode_into(value, buffer, byteorder=item.reading.byteorder, dialect=item.reading.dialect)
            assert buffer == data


def test_every_recorded_buffer_reads_and_writes_itself() -> None:
    assert RECORDED
    for item in RECORDED:
        value = read(item.reading, item.data)
        buffer = bytearray(item.data)
        codec.encode_into(value, buffer)
        assert buffer == item.data, item.id
        code, fresh = codec.encode(value)
        assert code == item.reading.code
        assert read(item.reading, fresh) == value


def test_both_engines_read_every_recorded_buffer_alike() -> None:
    for item in some_of(300):
        for strict in (True, False):
            outcome = engines.decode_generated(item.reading, item.data, strict=strict)
            assert outcome.error is None
            assert outcome == engines.decode_interpreted(item.reading, item.data, strict=strict), item.id


def test_truncated_and_extended_recorded_buffers_are_read_or_refused() -> None:
    for item in some_of(400):
        pieces = [item.data[:size] for size in cut_at(item)] + [item.data + tail for tail in EXTENSIONS]
        for data in pieces:
            refused = None
            try:
                value = read(item.reading, data)
            except DecodeError as error:
                refused = error
            else:
                buffer = bytearray(data)
                codec.encode_into(value, buffer)
                assert buffer == data
            assert refused is None or 0 <= refused.offset < len(data) + ALIGNMENT


def test_truncated_recorded_buffers_are_the_same_to_both() -> None:
    for item in some_of(40):
        places = sorted(set(cut_at(item)))
        for size in places[:: max(1, len(places) // 60)]:
            data = item.data[:size]
            assert engines.decode_generated(item.reading, data) == engines.decode_interpreted(item.reading, data)
