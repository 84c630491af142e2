"""A hexdump that shows where one field ends and the next begins: by colour, and by a bar between their bytes."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Final

from dmproto.show.colour import PLAIN, WRONG, Paint
from dmproto.wire.shape import Span

WIDTH: Final = 16
"""Bytes in a row."""

AROUND: Final = 2
"""Rows before and after a marked place."""


def hexdump(data: bytes, spans: Sequence[Span] = (), paint: Paint = PLAIN) -> Iterator[str]:
    """The rows of a hexdump: offset in decimal, bytes, text. Rows like the one above are left out, but for a `*`.

    Args:
        data: the bytes.
        spans: the fields.
        paint: colours them.
    """
    owners = _owners(len(data), spans)
    above: tuple[bytes, int] | None = None
    starred = False
    for at in range(0, len(data), WIDTH):
        row = data[at : at + WIDTH]
        like = (row, owners[at]) if len(set(owners[at : at + WIDTH])) == 1 else None
        if like is not None and like == above and at + WIDTH < len(data):
            if not starred:
                yield "*"
            starred = True
            continue
        above, starred = like, False
        yield _row(data, owners, at, paint, len(str(len(data))))


def marked(data: bytes, offset: int, size: int = 1, spans: Sequence[Span] = (), paint: Paint = PLAIN) -> Iterator[str]:
    """The rows around a place, and under its bytes a line of `^`; a place past the end is marked behind the last byte.

    Args:
        data: the bytes.
        offset: where the place starts.
        size: how many bytes it has.
        spans: the fields.
        paint: colours them.
    """
    owners = _owners(len(data), spans)
    width = len(str(max(len(data), offset)))
    end = offset + max(size, 1)
    first = max(offset // WIDTH - AROUND, 0) * WIDTH
    last = min(((end - 1) // WIDTH + AROUND + 1) * WIDTH, max(len(data), end))
    shown = 0
    for at in range(first, last, WIDTH):
        if at < len(data):
            yield _row(data, owners, at, paint, width)
        elif at <= offset < at + WIDTH:
            yield f"{at:>{width}}  the bytes end here"
        touched = range(max(offset, at) - at, min(end, at + WIDTH) - at)
        if touched and shown < AROUND:  # of a long field the first rows will do
            yield " " * (width + 2 + 3 * touched[0]) + paint("^" * (3 * len(touched) - 1), WRONG)
            shown += 1


def _owners(size: int, spans: Sequence[Span]) -> array[int]:
    owners = array("i", [-1]) * size
    for index, span in enumerate(spans):
        count = min(span.size, max(size - span.offset, 0))
        owners[span.offset : span.offset + count] = array("i", [index]) * count
    return owners


def _row(data: bytes, owners: array[int], at: int, paint: Paint, width: int) -> str:
    cells = [f"{at:>{width}} "]
    text = []
    for place in range(at, min(at + WIDTH, len(data))):
        owner, byte = owners[place], data[place]
        cells.append("|" if place and owner != owners[place - 1] else " ")
        cells.append(paint.field(f"{byte:02x}", owner))
        text.append(paint.field(chr(byte) if 0x20 < byte < 0x7F else " " if byte == 0x20 else ".", owner))
    gap = "   " * (at + WIDTH - min(at + WIDTH, len(data)))
    return "".join(cells) + gap + "  " + "".join(text)
