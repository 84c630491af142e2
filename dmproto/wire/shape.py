"""The shape of a record as plain data: what is left of a schema when construct is not loaded.

`generated.py` holds a `Shape` per record. Three things walk it: `check`, which finds why a value cannot be written,
`spans`, which says where each field of an encoded record stands, and the writer that leaves all other bytes alone.
"""

from __future__ import annotations

import operator
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from dmproto.errors import EncodeError
from dmproto.wire import checks


class Part(NamedTuple):
    """One member of a record.

    Attributes:
        kind: `word`, `row` (a fixed number of words), `words` (a counted one), `chars`, `text`, `payload` or `align`.
        name: the field, empty for `align`.
        code: the `struct` code of a word.
        size: bytes it takes, 0 where that depends on the value; for `align` the multiple.
        limit: the greatest length of a text or payload.
        items: words in a `row`; in `chars` the bytes that count.
        within: rule, low, high and item of the constraint on it.
        counts: the field whose length it is.
        when: a field and a mask; the part is there only where the field has one of the mask's bits.
    """

    kind: str
    name: str = ""
    code: str = ""
    size: int = 0
    limit: int | None = None
    items: int = 0
    within: tuple[str, int, int, int | None] | None = None
    counts: str = ""
    when: tuple[str, int] | None = None


class Shape(NamedTuple):
    """A record: the name of its value class, fields of the class it has no room for, and its parts in order."""

    cls: str
    absent: tuple[str, ...]
    parts: tuple[Part, ...]


class Span(NamedTuple):
    """Where a field stands: path, offset from the start of the buffer, size in bytes, and its value."""

    path: str
    offset: int
    size: int
    value: Any


def check(shape: Shape, value: Any, path: str) -> None:
    """Find the first field of a value that cannot be written.

    Raises:
        EncodeError: there is one.
    """
    if type(value).__name__ != shape.cls:
        raise EncodeError(path, "value/type", wanted=shape.cls, got=type(value).__name__)
    prefix = f"{path}." if path else ""
    for name in shape.absent:
        if getattr(value, name) is not None:
            checks.misplaced(getattr(value, name), prefix + name)
    for part in shape.parts:
        where = prefix + part.name
        if part.counts:
            item = getattr(value, part.counts)
            checks.whole(len(item) if isinstance(item, tuple | bytes) else 0, where, part.code)
            continue
        item = getattr(value, part.name) if part.name else None
        if part.when and not operator.index(getattr(value, part.when[0])) & part.when[1]:
            if item is not None:
                checks.misplaced(item, where)
            continue
        _check_part(part, item, where)


def refuse(shape: Shape, value: Any, path: str) -> NoReturn:
    """Say why a value was not packed.

    Raises:
        EncodeError: the first field that cannot be written; the value as a whole, where only packing it shows that.
    """
    check(shape, value, path)
    raise EncodeError(path, "value/type", wanted=shape.cls, got="one with numbers that do not compare")


def _check_part(part: Part, item: Any, where: str) -> None:
    match part.kind:
        case "word":
            item = checks.whole(item, where, part.code)
        case "row" | "words":
            checks.row(item, where, part.items or None)
            for index, number in enumerate(item):
                checks.whole(number, f"{where}[{index}]", part.code)
        case "chars" | "text":
            checks.bytes_of(item, where, part.limit)
        case "payload":
            checks.payload_of(item, where, part.limit or 0)
    if part.within is not None:
        rule, low, high, index_ = part.within
        if not low <= (item if index_ is None else operator.index(item[index_])) <= high:
            raise EncodeError(where, rule, value=item, low=low, high=high)


def spans(shape: Shape, value: Any, path: str, at: int) -> Iterator[Span]:
    """Where each field of a record stands once it is encoded at offset `at`; the value is one that can be."""
    prefix = f"{path}." if path else ""
    for part in shape.parts:
        if part.kind == "align":
            at += -at % part.size
            continue
        item: Any = len(getattr(value, part.counts)) if part.counts else getattr(value, part.name)
        if part.when and not getattr(value, part.when[0]) & part.when[1]:
            continue
        size = part.size
        owned = size
        if part.kind == "words":
            size = owned = len(item) * struct.calcsize("=" + part.code)
        elif part.kind == "payload":
            size = owned = len(item)
        elif part.kind == "text":
            size = owned = len(item.encode("utf-8", checks.TEXT_ERRORS)) + 1
        elif part.kind == "chars":
            raw = len(item.encode("utf-8", checks.TEXT_ERRORS))
            owned = min(raw + 1, part.items)
        yield Span(prefix + part.name, at, owned, item)
        at += size
