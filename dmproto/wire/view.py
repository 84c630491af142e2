"""The base of the generated accessors: fields read and written in place, in a buffer that someone else owns.

The dispatcher works on a copy of the caller's bytes as the kernel does; whatever no accessor touches stays as it was.
"""

from __future__ import annotations

import sys
from struct import Struct
from typing import ClassVar, Final

from dmproto.errors import DecodeError
from dmproto.wire import checks

ORDERS: Final = {"little": "<", "big": ">"}
"""`sys.byteorder` to the `struct` prefix."""

_STRUCTS: Final = {order + code: Struct(order + code) for order in ORDERS.values() for code in checks.RANGES}


class View:
    """A record in a buffer.

    Attributes:
        buffer: the bytes.
        at: where the record starts.
        order: `<` or `>`.

    Raises:
        DecodeError: `buffer/short`, the buffer ends inside the record's fixed part.
        ValueError: no such byte order.
    """

    SIZE = 0
    """Bytes of the record's fixed part."""

    OFFSETS: ClassVar[dict[str, int]] = {}
    """Where each field of it stands."""

    __slots__ = ("at", "buffer", "order")

    def __init__(self, buffer: bytearray, at: int = 0, byteorder: str = sys.byteorder) -> None:
        if byteorder not in ORDERS:
            raise ValueError(f"unknown byte order {byteorder!r}; known are {', '.join(ORDERS)}")
        if not 0 <= at <= len(buffer) - self.SIZE:
            raise DecodeError(type(self).__name__, at, "buffer/short", end=at + self.SIZE, limit=len(buffer))
        self.buffer = buffer
        self.at = at
        self.order = ORDERS[byteorder]

    def _word(self, code: str, offset: int) -> int:
        number: int = _STRUCTS[self.order + code].unpack_from(self.buffer, self.at + offset)[0]
        return number

    def _set_word(self, code: str, offset: int, name: str, value: int) -> None:
        _STRUCTS[self.order + code].pack_into(self.buffer, self.at + offset, checks.whole(value, name, code))

    def _row(self, code: str, offset: int, count: int) -> tuple[int, ...]:
        size = _STRUCTS[self.order + code].size
        return tuple(self._word(code, offset + item * size) for item in range(count))

    def _set_row(self, code: str, offset: int, name: str, value: tuple[int, ...], count: int) -> None:
        checks.row(value, name, count)
        size = _STRUCTS[self.order + code].size
        for item, number in enumerate(value):
            self._set_word(code, offset + item * size, f"{name}[{item}]", number)

    def _chars(self, offset: int, size: int) -> str:
        start = self.at + offset
        return checks.text_of(bytes(self.buffer[start : start + size]).partition(b"\0")[0])

    def _set_chars(self, offset: int, size: int, name: str, value: str) -> None:
        raw = checks.bytes_of(value, name, size - 1) + b"\0"
        start = self.at + offset
        self.buffer[start : start + len(raw)] = raw
