"""Where the fields of a message stand, also of one that was read leniently and lacks some.

`dmproto.fields` takes a value that can be written; a lenient reading of broken bytes gives values that cannot.
"""

from __future__ import annotations

from typing import Any

from dmproto.wire.codec import fields
from dmproto.wire.generated import SHAPES
from dmproto.wire.shape import Span, spans

Gaps = list[tuple[int, bytes]]
"""Bytes that belong to no field, by their offset."""


def places(value: Any, size: int | None = None, *, dialect: str = "rfc") -> list[Span]:
    """The fields of a message, in the order of their bytes.

    Args:
        value: a `Request`, a `Reply` or a `DeviceMessage`.
        size: how many bytes there are: a field past them is left out, a text cut short.
        dialect: the form of direct device message.
    """
    try:
        found = fields(value, dialect=dialect)
    except (AttributeError, TypeError):  # no payload, where the header says that there is one
        found = list(spans(SHAPES["dm_ioctl"], value.header, "header", 0))
    if size is None:
        return found
    return [
        span._replace(size=min(span.size, size - span.offset))
        for span in found
        if span.offset + span.size <= size or (span.offset < size and isinstance(span.value, str | bytes))
    ]


def gaps(data: bytes, found: list[Span]) -> Gaps:
    """The runs of bytes between and behind the fields that are not all zero, without the zeros at their ends."""
    edges = [(span.offset, span.offset + span.size) for span in found]
    strays: Gaps = []
    at = 0
    for start, end in [*sorted(edges), (len(data), len(data))]:
        run = data[at:start].rstrip(b"\0")
        lead = len(run) - len(run.lstrip(b"\0"))
        if run:
            strays.append((at + lead, run[lead:]))
        at = max(at, end)
    return strays
