"""The bytes and values that every candidate reads and writes.

They are packed by hand with :mod:`struct`, never with dmproto's code, so that a mistake of ours cannot hide here.

* W1: a 312-byte ``struct dm_ioctl`` with names of 11 and 68 bytes and stale bytes after each NUL.
* W2: the direct message frame, a 12-byte head and 32 bytes of payload.
* W3: a header and 64 ``struct dm_target_spec`` with their parameters, 4,952 bytes.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

DM_DEV_STATUS: Final = 0xC138FD07
DM_TABLE_LOAD: Final = 0xC138FD09
DM_DEVMESSAGE: Final = 0xC00CFD0E

HEADER_SIZE: Final = 312
SHORTEST_HEADER: Final = 305
LARGEST_DATA_SIZE: Final = 2**30
SPEC_SIZE: Final = 40
LONGEST_PAYLOAD: Final = 64

HEADER_FIELDS: Final = (
    "version",
    "data_size",
    "data_start",
    "target_count",
    "open_count",
    "flags",
    "event_nr",
    "padding",
    "dev",
    "name",
    "uuid",
)
FRAME_FIELDS: Final = ("target_index", "tag", "payload")
SPEC_FIELDS: Final = ("sector_start", "length", "status", "next", "target_type", "parameters")

# A value is compared in its plainest form: tuples of int, str and bytes in the order of the field lists above.
Plain = tuple[Any, ...]


@dataclass(frozen=True)
class Workload:
    """One workload: what is read, what is to come out of it, and what encoding that value gives.

    ``malformed`` is input that a decoder with all the checks refuses, by what is wrong with it; ``unwritable`` are the
    (field, value) pairs that an encoder with all the checks refuses.
    """

    name: str
    title: str
    code: int
    data: bytes
    value: Plain
    encoded: bytes
    columns: tuple[str, ...]
    malformed: Mapping[str, bytes]
    unwritable: tuple[tuple[str, Any], ...] = ()


def pack_text(text: str, size: int, stale: bytes) -> bytes:
    """Return a ``char[size]``: the text, its NUL, then what an earlier call left behind it (zeros when nothing)."""
    start = text.encode() + b"\0"
    return start + ((stale or b"\0") * size)[: size - len(start)]


def pack_header(value: Plain, stale: bytes = b"") -> bytes:
    """Return the 312 bytes of a header whose names are followed by ``stale``, repeated."""
    version, *numbers, name, uuid = value
    # Every member is naturally aligned in this order, so the C structure has no padding but the trailing data[7].
    texts = pack_text(name, 128, stale), pack_text(uuid, 129, stale)
    return struct.pack("<3I3Ii3IQ128s129s7x", *version, *numbers, *texts)


def pack_spec(value: Plain) -> bytes:
    """Return one target spec with its parameters, padded with zeros up to its ``next``."""
    sector_start, length, status, following, target_type, parameters = value
    head = struct.pack("<QQiI16s", sector_start, length, status, following, target_type.encode())
    record: bytes = (head + parameters.encode()).ljust(following, b"\0")
    return record


def table_of_64() -> tuple[Plain, ...]:
    """Return 64 specs: 60 linear and, at every sixteenth place, a striped one with longer parameters.

    The last one's parameters end at its ``next``: whether an encoder pads the last record is not the question here.
    """
    specs: list[Plain] = []
    for index in range(64):
        if index % 16 == 15:
            target_type, parameters = "striped", "2 128 /dev/sdb1 20480 /dev/sdc1 1048576"
        else:
            target_type, parameters = "linear", f"/dev/mapper/pv{index:02d} {100_000_000 + index * 2_097_152}"
        following = (SPEC_SIZE + len(parameters) + 1 + 7) // 8 * 8
        specs.append((index * 2_097_152, 2_097_152, 0, following, target_type, parameters))
    return tuple(specs)


UUID = "LVM-" + "0123456789abcdefghijklmnopqrstuv" * 2
W1_VALUE: Final = ((4, 48, 0), 16384, 312, 1, 1, 0x21, 7, 0, (254 << 8) | 3, "vg0-home-lv", UUID)
W2_VALUE: Final = (1, 0x534B5431, bytes(range(32)))
W3_SPECS: Final = table_of_64()
W3_HEADER: Final = ((4, 48, 0), 4952, 312, 64, 0, 0x11, 0, 0, (254 << 8) | 3, "vg0-home-lv", UUID)

W1_ENCODED: Final = pack_header(W1_VALUE)
W2_ENCODED: Final = struct.pack("<III", *W2_VALUE[:2], len(W2_VALUE[2])) + W2_VALUE[2]
W3_ENCODED: Final = pack_header(W3_HEADER) + b"".join(map(pack_spec, W3_SPECS))


def patched(original: bytes, offset: int, patch: bytes) -> bytes:
    """Return ``original`` with other bytes at ``offset``."""
    return original[:offset] + patch + original[offset + len(patch) :]


def retable(data_start: int, first_next: int) -> bytes:
    """Return W3 with its specs at ``data_start``, and the second of them ``first_next`` bytes behind the first.

    Everything else is as it should be, so that only a check of these two can refuse it.
    """
    first, *rest = map(pack_spec, W3_SPECS)
    first = patched(first, 20, u32(first_next))[:first_next].ljust(first_next, b"\0")
    specs = first + b"".join(rest)
    header = ((4, 48, 0), data_start + len(specs), data_start, *W3_HEADER[3:])
    return pack_header(header)[:data_start].ljust(data_start, b"\0") + specs


def u32(value: int) -> bytes:
    """Return the four bytes of a number."""
    return value.to_bytes(4, "little")


W1: Final = Workload(
    name="W1",
    title="header, 312 bytes, names of 11 and 68 bytes",
    code=DM_DEV_STATUS,
    data=pack_header(W1_VALUE, stale=b"stale/"),
    value=W1_VALUE,
    encoded=W1_ENCODED,
    columns=("decode", "decode+read", "encode", "build+encode"),
    malformed={
        "short header": W1_ENCODED[: SHORTEST_HEADER - 1],
        "version 5": patched(W1_ENCODED, 0, u32(5)),
        "data_size too small": patched(W1_ENCODED, 12, u32(SHORTEST_HEADER - 1)),
        "data_size too large": patched(W1_ENCODED, 12, u32(LARGEST_DATA_SIZE + 1)),
        "name without NUL": patched(W1_ENCODED, 48, b"n" * 128),
        "uuid without NUL": patched(W1_ENCODED, 176, b"u" * 129),
    },
    unwritable=(
        ("name", "n" * 128),
        ("name", "n\0n"),
        ("uuid", "u" * 129),
        ("version", (5, 0, 0)),
        ("data_size", SHORTEST_HEADER - 1),
        ("data_size", LARGEST_DATA_SIZE + 1),
        ("data_start", 2**32),
        ("open_count", 2**31),
        ("dev", -1),
    ),
)
W2: Final = Workload(
    name="W2",
    title="direct message frame, 12 bytes and 32 of payload",
    code=DM_DEVMESSAGE,
    data=W2_ENCODED,
    value=W2_VALUE,
    encoded=W2_ENCODED,
    columns=("decode", "decode+read", "encode", "build+encode"),
    malformed={
        "short head": W2_ENCODED[:11],
        "short payload": W2_ENCODED[:-1],
        "length above 64": patched(W2_ENCODED, 8, u32(LONGEST_PAYLOAD + 1)) + bytes(LONGEST_PAYLOAD),
    },
    unwritable=(("payload", bytes(LONGEST_PAYLOAD + 1)), ("tag", 2**32), ("target_index", -1)),
)
W3: Final = Workload(
    name="W3",
    title="header and 64 target specs, 4,952 bytes",
    code=DM_TABLE_LOAD,
    data=W3_ENCODED,
    value=(W3_HEADER, W3_SPECS),
    encoded=W3_ENCODED,
    columns=("decode", "decode+read", "encode"),
    malformed={
        "version 5": patched(W3_ENCODED, 0, u32(5)),
        "data_start inside the header": retable(304, 72),
        "data_start not aligned": retable(316, 72),
        "target_count past the end": patched(W3_ENCODED, 20, u32(65)),
        "parameters without NUL": patched(W3_ENCODED, len(W3_ENCODED) - 5, b"00000"),
        "target type without NUL": patched(W3_ENCODED, HEADER_SIZE + 24, b"t" * 16),
        "next inside the record": retable(312, 64),
        "next not aligned": retable(312, 76),
        "next past the end": patched(W3_ENCODED, HEADER_SIZE + 20, u32(2**31)),
    },
)
WORKLOADS: Final = {workload.name: workload for workload in (W1, W2, W3)}
