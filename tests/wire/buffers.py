"""Hypothesis strategies for bytes: legal ones in used buffers, those near legal, and noise."""

from __future__ import annotations

import struct
from typing import NamedTuple

from hypothesis import strategies as st

from dmproto.wire import codec
from tests.wire.engines import Reading
from tests.wire.messages import NUMBERS, ORDERS, U32, Case, cases, frames


class Bytes(NamedTuple):
    """Bytes and how to read them."""

    reading: Reading
    data: bytes


@st.composite
def dirty(draw: st.DrawFn, of: st.SearchStrategy[Case] | None = None) -> Bytes:
    """A legal message in a used buffer: junk in all bytes that are no field's, and behind the message."""
    case = draw(cases() if of is None else of)
    clean = case.bytes
    junk = draw(st.binary(min_size=1, max_size=40))
    buffer = bytearray((junk * (len(clean) // len(junk) + 1))[: len(clean)])
    for span in codec.fields(case.value, dialect=case.dialect):
        buffer[span.offset : span.offset + span.size] = clean[span.offset : span.offset + span.size]
    header = getattr(case.value, "header", None)
    if header is not None and not case.raw:
        buffer += draw(st.binary(max_size=64))
    return Bytes(case.reading, bytes(buffer))


@st.composite
def near(draw: st.DrawFn, of: st.SearchStrategy[Case] | None = None) -> Bytes:
    """Bytes near legal: one or two bytes, numbers, NULs or ends of a legal message disturbed."""
    case = draw(cases() if of is None else of)
    reading, data = draw(dirty(st.just(case)))
    buffer = bytearray(data)
    order = "<" if case.byteorder == "little" else ">"
    spans = codec.fields(case.value, dialect=case.dialect)
    words = [span for span in spans if span.size == 4 and not isinstance(span.value, str | bytes)]
    texts_ = [span for span in spans if isinstance(span.value, str)]
    for _ in range(draw(st.integers(1, 2))):
        match draw(st.sampled_from(("byte", "word", "word", "word", "nul", "fill", "cut", "grow"))):
            case "byte" if buffer:
                buffer[draw(st.integers(0, len(buffer) - 1))] = draw(st.integers(0, 255))
            case "word":
                span = draw(st.sampled_from(words))
                nearby = (int(span.value) + draw(st.integers(-9, 9))) % 2**32
                number = draw(st.just(nearby) | U32 | st.just(len(buffer)) | st.integers(0, 400))
                place = slice(span.offset, span.offset + 4)
                if span.offset + 4 <= len(buffer):
                    buffer[place] = struct.pack(order + "I", number)
            case "nul" if texts_ and buffer:
                span = draw(st.sampled_from(texts_))
                at = span.offset + draw(st.integers(0, span.size))
                if at < len(buffer):
                    buffer[at] = 0
            case "fill" if texts_:
                span = draw(st.sampled_from(texts_))
                end = span.offset + draw(st.sampled_from((span.size, 16, 128, 129, 140, 4096)))
                filled = buffer[span.offset : end]
                buffer[span.offset : end] = b"f" * len(filled)
            case "cut":
                del buffer[draw(st.integers(0, len(buffer))) :]
            case "grow":
                buffer += draw(st.binary(max_size=32)) + bytes(draw(st.sampled_from((0, 8, 200))))
    return Bytes(reading, bytes(buffer))


def readings() -> st.SearchStrategy[Reading]:
    """Any reading of a number that both engines know."""
    control = st.builds(
        lambda kind, nr, order: Reading(kind, 0xC138FD00 + nr, order, "rfc", "control"),
        st.sampled_from(("request", "reply")),
        NUMBERS,
        ORDERS,
    )
    return control | frames().map(lambda case: case.reading)


def buffers() -> st.SearchStrategy[Bytes]:
    """Bytes of every kind, from legal to noise."""
    noise = st.builds(Bytes, readings(), st.binary(max_size=500))
    return st.one_of(dirty(), near(), near(), noise)
