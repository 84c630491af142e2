"""The buffers of strace's own tests for device-mapper (`tests/ioctl_dm.c`), and what a case says.

What strace calls unmapped memory is where the buffer ends.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from dmproto import Command, TargetSpec

STR129: Final = "AbCdEfGhIjKlMnOpQrStUvWxYz012345" * 4 + "6"
HEADER: Final = struct.Struct("=6Ii3IQ128s129s")
SPEC: Final = struct.Struct("=QQiI16s")
WHOLE: Final = 312
LEAST: Final = 305
SIZE_OF_S: Final = WHOLE + 40 + 256
# offsets of target0 to target9 and param9's end in strace's struct dm_table_open_test
TARGETS: Final = (312, 360, 408, 456, 504, 552, 600, 648, 696, 752)
TABLE_END: Final = 808


class Case(NamedTuple):
    """One buffer.

    Attributes:
        number: its row in strace's tests, with a letter where a row has several buffers.
        code: the request number.
        data: the memory there is.
        command: what the control node takes the number for.
        header: header fields that must be found.
        payload: what must be found of the payload.
        anomalies: every anomaly: field and rule.
    """

    number: str
    code: int
    data: bytes
    command: Command | int
    header: Mapping[str, Any] = MappingProxyType({})
    payload: Any = None
    anomalies: tuple[tuple[str, str], ...] = ()


def init(
    size: int,
    start: int = 0,
    mapped: int = LEAST,
    *,
    version: tuple[int, int, int] = (4, 1, 2),
    count: int = 0,
    flags: int = 0,
    event_nr: int = 0,
    dev: int = 0x1234,
    name: bytes = b"nnn",
    uuid: bytes = b"uuu",
) -> bytes:
    """strace's `init_s`: the header and zeros behind it, as far as memory is mapped."""
    data = HEADER.pack(*version, size, start, count, 0, flags, event_nr, 0, dev, name, uuid)
    return data.ljust(mapped, b"\0")[:mapped]


def target(number: int, next_: int) -> tuple[bytes, TargetSpec]:
    """strace's `init_dm_target_spec`: the bytes of its target of this number, and the value."""
    kind = STR129[number % 114 :][: number % 17]
    start = 0xDEADCA75FACEF157 + 0x100000001 * number
    length = 0xBADC0DEDDA7A1057 + 0x700000007 * number
    status = (3141592653 + 0x1234 * number + 2**31) % 2**32 - 2**31
    return SPEC.pack(start, length, status, next_, kind.encode()), TargetSpec(start, length, status, next_, kind)


def put(data: bytes, *pieces: tuple[int, bytes]) -> bytes:
    """The buffer with pieces written into it."""
    buffer = bytearray(data)
    for at, piece in pieces:
        buffer[at : at + len(piece)] = piece
    assert len(buffer) == len(data)
    return bytes(buffer)


def with_text(spec: TargetSpec, text: str) -> TargetSpec:
    """The target with parameters."""
    return TargetSpec(spec.sector_start, spec.length, spec.status, spec.next, spec.target_type, text)
