"""What both engines call when something is not as it should be, and the text rules they share.

Strict decoding raises at the first finding; lenient decoding notes it as an `Anomaly` and goes on with what is there.
"""

from __future__ import annotations

import operator
from typing import Any, Final, NoReturn

import msgspec

from dmproto.errors import DecodeError, EncodeError
from dmproto.wire.limits import ALIGNMENT

TEXT_ERRORS: Final = "surrogateescape"
"""Names and parameters are bytes to the kernel: every byte string has a `str`, as with `os.fsdecode`."""


DATA_START: Final = "header.data_start"


class Anomaly(msgspec.Struct, frozen=True, gc=False):
    """One thing lenient decoding found.

    Attributes:
        offset: where, in bytes from the start of the buffer.
        field: the field's path, as `payload[1].next`.
        rule: the rule that does not hold.
    """

    offset: int
    field: str
    rule: str


Found = list[Anomaly] | None
"""None for strict decoding, else the list that lenient decoding adds to."""


class Unreadable(Exception):
    """Lenient decoding cannot read on in this record; the finding is noted already."""


def fail(found: Found, path: str, offset: int, rule: str, **values: object) -> None:
    """Raise `DecodeError` when strict, note an `Anomaly` when lenient."""
    if found is None:
        raise DecodeError(path, offset, rule, **values)
    found.append(Anomaly(offset, path, rule))


def edge(size: int, data_size: int) -> str:
    """The rule that says why there are no more bytes: the buffer ends, or `data_size` does."""
    return "buffer/short" if size < data_size else "payload/bounds"


def short(
    found: Found, path: str, at: int, fields: tuple[tuple[str, int, int], ...], limit: int, rule: str = "buffer/short"
) -> None:
    """Refuse a record whose fixed part passes `limit`: the first of `fields` (name, offset, size) that does not fit."""
    name, offset, size = next(field for field in fields if at + field[1] + field[2] > limit)
    fail(found, f"{path}.{name}" if path else name, at + offset, rule, end=at + offset + size, limit=limit)


def unterminated(found: Found, path: str, at: int, limit: int, size: int, data_size: int) -> None:
    """Refuse a text that has no NUL before `limit`, the end of the buffer (`size`) or of the message."""
    rule = edge(size, data_size)
    fail(found, path, at, "buffer/short" if rule == "buffer/short" else "text/terminated", end=limit, limit=limit)


def stray(
    found: Found, path: str, offset: int, next: int, then: int, end: int, fixed: int, limit: int, rule: str
) -> bool:
    """Refuse a step of a chain from a record that ends at `end` to one at `then`; True where the chain stops there."""
    if then < end:
        fail(found, path, offset, "chain/advance", next=next, end=end)
        return True
    if next % ALIGNMENT:
        fail(found, path, offset, "chain/aligned", next=next)
    if then + fixed > limit:
        fail(found, path, offset, rule, end=then + fixed, limit=limit)
        return True
    return False


def check_start(found: Found, start: int, low: int, align: int, limit: int, rule: str) -> bool:
    """Refuse a `data_start` that is too low, unaligned or past `limit`; True where there is no payload to read."""
    if start < low:
        fail(found, DATA_START, 16, "payload/start", value=start, low=low)
    if start % align:
        fail(found, DATA_START, 16, "payload/aligned", value=start, align=align)
    if start > limit:
        fail(found, DATA_START, 16, rule, end=start, limit=limit)
    return start > limit


def refuse_start(start: int, low: int, align: int, data_size: int) -> None:
    """The same for a payload to be written.

    Raises:
        EncodeError: `payload/start`, `payload/aligned` or `payload/bounds`.
    """
    if start < low:
        raise EncodeError(DATA_START, "payload/start", value=start, low=low)
    if start % align:
        raise EncodeError(DATA_START, "payload/aligned", value=start, align=align)
    if start > data_size:
        raise EncodeError(DATA_START, "payload/bounds", end=start, limit=data_size)


def counted(found: Found, data: bytes | bytearray, count: int, limit: int, at: int, offset: int) -> bytes:
    """The payload of a direct message that its `length` (at `offset`) says is `count` bytes from `at`.

    csnap bounded a signed length above only: a negative one reached the copy, which faulted.
    """
    if count > limit:
        fail(found, "length", offset, "frame/length", length=count, limit=limit)
    elif count < 0:
        fail(found, "length", offset, "frame/short", end=count, limit=len(data))
    if at + count > len(data):
        fail(found, "payload", at, "frame/short", end=at + count, limit=len(data))
    return bytes(data[at : at + max(count, 0)])


def refuse_step(index: int, next: int, then: int, end: int, fixed: int, data_size: int) -> None:
    """The same for a chain to be written, from its record `index`, which may itself pass `data_size`.

    Raises:
        EncodeError: `payload/bounds`, `chain/advance` or `chain/aligned`.
    """
    path = f"payload[{index}].next"
    if end > data_size:
        raise EncodeError("header.data_size", "payload/bounds", end=end, limit=data_size)
    if then < end:
        raise EncodeError(path, "chain/advance", next=next, end=end)
    if next % ALIGNMENT:
        raise EncodeError(path, "chain/aligned", next=next)
    if then + fixed > data_size:
        raise EncodeError(path, "payload/bounds", end=then + fixed, limit=data_size)


def refuse_last(index: int, next: int, end: int, data_size: int) -> NoReturn:
    """Refuse the last record of a chain to be written, which passes `data_size` or has a `next`.

    Raises:
        EncodeError: `payload/bounds` or `chain/last`.
    """
    if end > data_size:
        raise EncodeError("header.data_size", "payload/bounds", end=end, limit=data_size)
    raise EncodeError(f"payload[{index}].next", "chain/last", next=next)


def text_of(raw: bytes | bytearray) -> str:
    """Bytes as text."""
    return raw.decode("utf-8", TEXT_ERRORS)


def escaped(text: str) -> bytes:
    """Text with surrogates as the bytes that read as this very text.

    Raises:
        ValueError: there are none: a surrogate stands for no byte, or together they stand for a character.
    """
    raw = text.encode("utf-8", TEXT_ERRORS)
    if text_of(raw) != text:
        raise ValueError(text)
    return raw


def bytes_of(text: str, path: str, limit: int | None) -> bytes:
    """Text as the bytes of a C string, without its NUL.

    Raises:
        EncodeError: `value/type`, `text/encodable`, `text/nul` or `text/limit`.
    """
    if not isinstance(text, str):
        raise EncodeError(path, "value/type", wanted="str", got=type(text).__name__)
    try:
        raw = escaped(text)
    except ValueError:
        raise EncodeError(path, "text/encodable") from None
    if 0 in raw:
        raise EncodeError(path, "text/nul", at=raw.index(0))
    if limit is not None and len(raw) > limit:
        raise EncodeError(path, "text/limit", size=len(raw), limit=limit)
    return raw


def whole(value: object, path: str, code: str) -> int:
    """An integer that fits the `struct` code it is to be written with.

    Raises:
        EncodeError: `value/type` or `number/range`.
    """
    try:
        value = operator.index(value)  # type: ignore[arg-type]  # that is the question
    except TypeError:
        raise EncodeError(path, "value/type", wanted="int", got=type(value).__name__) from None
    low, high = RANGES[code]
    if not low <= value <= high:
        raise EncodeError(path, "number/range", value=value, low=low, high=high)
    return value


def row(value: object, path: str, count: int | None) -> None:
    """Refuse what is no tuple, or has not `count` items.

    Raises:
        EncodeError: `value/type` or `value/count`.
    """
    if not isinstance(value, tuple):
        raise EncodeError(path, "value/type", wanted="tuple", got=type(value).__name__)
    if count is not None and len(value) != count:
        raise EncodeError(path, "value/count", wanted=count, got=len(value))


def payload_of(value: object, path: str, limit: int) -> bytes:
    """The payload of a direct message.

    Raises:
        EncodeError: `value/type` or `frame/length`.
    """
    if not isinstance(value, bytes):
        raise EncodeError(path, "value/type", wanted="bytes", got=type(value).__name__)
    if len(value) > limit:
        raise EncodeError(path, "frame/length", length=len(value), limit=limit)
    return value


RANGES: Final = {
    "I": (0, (1 << 32) - 1),
    "i": (-(1 << 31), (1 << 31) - 1),
    "Q": (0, (1 << 64) - 1),
}
"""What each `struct` code of the schemas can hold."""


class NameCache(dict[bytes, Any]):
    """Short `char[]` fields by their raw bytes, so that a decoder makes each `str` once; None where no NUL ends it.

    Bounded, since the bytes are the caller's.

    Attributes:
        written: how many of the bytes count; a further one needs no NUL.
    """

    LIMIT: Final = 1024

    def __init__(self, size: int, written: int) -> None:
        super().__init__()
        self.size = size
        self.written = written

    def __missing__(self, raw: bytes) -> str | None:
        head, nul, _ = raw[: self.written].partition(b"\0")
        value = text_of(head) if nul or self.written < self.size else None
        if len(self) < self.LIMIT:
            self[raw] = value
        return value


def misplaced(value: object, path: str) -> NoReturn:
    """Refuse a value where the layout has no room for one."""
    raise EncodeError(path, "value/absent", value=value)
