"""The tables generated code works with: formats by length, and what `struct` and values may raise."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from dmproto.wire import checks

TROUBLE: Final = (struct.error, TypeError, ValueError, AttributeError)
"""What packing a value that cannot be written ends in; `shape.check` then finds the field."""


class ByteCache(dict[str, bytes]):
    """The bytes of short texts, so that an encoder checks and makes each once; bounded, since texts are the caller's.

    Attributes:
        limit: how many bytes fit.
    """

    LIMIT: Final = 1024

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def __missing__(self, text: str) -> bytes:
        raw = checks.escaped(text)
        if len(raw) > self.limit or 0 in raw:
            raise ValueError(text)
        if len(self) < self.LIMIT:
            self[text] = raw
        return raw


class PackTable(dict[int, Callable[..., bytes]]):
    """The `pack` of a run followed by a text in so many bytes; bounded, since the lengths are the caller's."""

    LIMIT: Final = 1024

    def __init__(self, run: str) -> None:
        super().__init__()
        self.run = run

    def __missing__(self, room: int) -> Callable[..., bytes]:
        pack = struct.Struct(f"{self.run}{room}s").pack
        if len(self) < self.LIMIT:
            self[room] = pack
        return pack
