"""The constructs of our own, each with the reason why construct's own would not do.

Each is at once a declaration that `compile.py` walks and an interpreted parser and builder: slow, plain, and the oracle
that the generated code is held against. They raise `DecodeError` and `EncodeError` themselves, with the path, the
offset and the rule, since construct's errors know neither the offset nor the place in a chain.

Context keys that the interpreter sets (`context._params`): `order` ("<" or ">"), `found` (None or the list of
anomalies), `limit` (where the bytes end), `edge` (the rule to name there), and for payloads `header`.
"""

from __future__ import annotations

import io
import re
import struct
from typing import Any

from construct import Adapter, Construct, Container

from dmproto.wire import checks
from dmproto.wire.flags import FlagWord


def field_path(path: str) -> str:
    """The path `(parsing) -> payload -> [1] -> next` as `payload[1].next`."""
    return re.sub(r" -> (?=\[)", "", path.partition(" -> ")[2]).replace(" -> ", ".")


class Word(Construct):
    """An integer in the byte order of the whole message; construct's are of one order each, and schemas serve both.

    Attributes:
        code: its `struct` code, `I`, `i` or `Q`.
    """

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code

    def _parse(self, stream: io.BytesIO, context: Container, path: str) -> int:
        return int(struct.unpack(context._params.order + self.code, stream.read(self.sizeof()))[0])

    def _build(self, obj: int, stream: io.BytesIO, context: Container, path: str) -> int:
        number = checks.whole(obj, field_path(path), self.code)
        stream.write(struct.pack(context._params.order + self.code, number))
        return number

    def _sizeof(self, context: Container, path: str) -> int:
        return struct.calcsize("=" + self.code)


class Flags(Adapter):
    """A word whose bits have names; construct's `FlagsEnum` loses those that have none."""

    def __init__(self, subcon: Word, word: type[FlagWord]) -> None:
        super().__init__(subcon)
        self.word = word

    def _decode(self, obj: int, context: Container, path: str) -> FlagWord:
        return self.word(obj)

    def _encode(self, obj: int, context: Container, path: str) -> int:
        return obj


class CharArray(Construct):
    """`char[size]` as C reads it: up to the first NUL; what follows is not part of the value and is left alone.

    construct's `PaddedString` keeps the bytes behind the first NUL and accepts a field without one.

    Attributes:
        size: its size in bytes.
        written: how many bytes count. Where that is fewer than the size (6.1 never writes byte 15 of
            `target_type` in an answer) they need no NUL.
    """

    def __init__(self, size: int, written: int | None = None) -> None:
        super().__init__()
        self.size = size
        self.written = size if written is None else written

    @property
    def limit(self) -> int:
        """The greatest length of the text."""
        return min(self.written, self.size - 1)

    def _parse(self, stream: io.BytesIO, context: Container, path: str) -> str:
        at = stream.tell()
        head, nul, _ = stream.read(self.size)[: self.written].partition(b"\0")
        if not nul and self.written == self.size:
            checks.fail(context._params.found, field_path(path), at, "text/terminated", limit=at + self.size)
        return checks.text_of(head)

    def _build(self, obj: str, stream: io.BytesIO, context: Container, path: str) -> str:
        at = stream.tell()
        raw = checks.bytes_of(obj, field_path(path), self.limit)
        stream.write(raw + b"\0" * (len(raw) < self.written))
        stream.seek(at + self.size)
        return obj

    def _sizeof(self, context: Container, path: str) -> int:
        return self.size


class Room(Construct):
    """Bytes that count in C's `sizeof` and belong to what follows: `dm_ioctl.data[7]` is already payload."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def _parse(self, stream: io.BytesIO, context: Container, path: str) -> None:
        """Takes nothing: the 305-byte header is a whole one."""

    def _build(self, obj: None, stream: io.BytesIO, context: Container, path: str) -> None:
        """Writes nothing."""

    def _sizeof(self, context: Container, path: str) -> int:
        return self.size


class Text(Construct):
    """A NUL-terminated string in what is left of the message; construct's `CString` reads past any bound.

    Attributes:
        limit: its greatest length in bytes, without the NUL, or None.
    """

    def __init__(self, limit: int | None = None) -> None:
        super().__init__()
        self.limit = limit

    def _parse(self, stream: io.BytesIO, context: Container, path: str) -> str:
        params = context._params
        at = stream.tell()
        head, nul, _ = stream.read(params.limit - at).partition(b"\0")
        if not nul:
            size, data_size = params.size, params.header.data_size
            checks.unterminated(params.found, field_path(path), at, params.limit, size, data_size)
        elif self.limit is not None and len(head) > self.limit:
            checks.fail(params.found, field_path(path), at, "text/limit", size=len(head), limit=self.limit)
        stream.seek(at + len(head) + 1)
        return checks.text_of(head)

    def _build(self, obj: str, stream: io.BytesIO, context: Container, path: str) -> str:
        stream.write(checks.bytes_of(obj, field_path(path), self.limit) + b"\0")
        return obj


class Words(Construct):
    """A row of words, as many as a constant or an earlier field says; construct's `Array` names no item in its errors.

    Attributes:
        count: a number, or an expression over the record, `this.count`.
        word: the word.
    """

    def __init__(self, count: Any, word: Word) -> None:
        super().__init__()
        self.count = count
        self.word = word

    def _parse(self, stream: io.BytesIO, context: Container, path: str) -> tuple[int, ...]:
        params, size, at = context._params, self.word.sizeof(), stream.tell()
        count = self.count(context) if callable(self.count) else self.count
        fits = (params.limit - at) // size if callable(self.count) else count
        if count > fits:
            where = at + fits * size
            end = where + size
            checks.fail(params.found, f"{field_path(path)}[{fits}]", where, params.edge, end=end, limit=params.limit)
        return tuple(self.word._parse(stream, context, path) for _ in range(min(count, fits)))

    def _build(self, obj: tuple[int, ...], stream: io.BytesIO, context: Container, path: str) -> tuple[int, ...]:
        checks.row(obj, field_path(path), None if callable(self.count) else self.count)
        for index, number in enumerate(obj):
            self.word._build(number, stream, context, f"{path} -> [{index}]")
        return obj

    def _sizeof(self, context: Container, path: str) -> int:
        return int(self.count * self.word.sizeof())


class Align(Construct):
    """Moves on to the next multiple of `to` from the start of the header; the bytes passed over are nobody's."""

    def __init__(self, to: int) -> None:
        super().__init__()
        self.to = to
        self.flagbuildnone = True

    def _parse(self, stream: io.BytesIO, context: Container, path: str) -> None:
        stream.seek(-stream.tell() % self.to, io.SEEK_CUR)

    def _build(self, obj: None, stream: io.BytesIO, context: Container, path: str) -> None:
        self._parse(stream, context, path)


COUNT_SIZE = 4
"""Bytes of the word in front of a payload that says how long it is."""


class Payload(Construct):
    """The counted bytes at the end of a direct message: at most `limit`, and all there.

    Attributes:
        count: the record's count field, by name.
        limit: the greatest count.
    """

    def __init__(self, count: str, limit: int) -> None:
        super().__init__()
        self.count = count
        self.limit = limit

    def _parse(self, stream: io.BytesIO, context: Container, path: str) -> bytes:
        params, at = context._params, stream.tell()
        data = stream.getvalue()
        return checks.counted(params.found, data, context[self.count], self.limit, at, at - COUNT_SIZE)

    def _build(self, obj: bytes, stream: io.BytesIO, context: Container, path: str) -> bytes:
        checks.payload_of(obj, field_path(path), self.limit)
        stream.write(obj)
        return obj
