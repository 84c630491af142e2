"""What the interpreter itself costs: no object, no check, no text."""

import struct

from bench.candidate import Candidate
from bench.workloads import SPEC_SIZE, W1, W1_VALUE, W2, W2_VALUE, W3_HEADER, W3_SPECS, Plain

HEADER = struct.Struct("<3I3Ii3IQ128s129s7x")
FRAME = struct.Struct("<3I32s")


def raw_header(value: Plain) -> list[object]:
    """Return the arguments that pack a header."""
    version, *numbers, name, uuid = value
    return [*version, *numbers, name.encode(), uuid.encode()]


def raw_records() -> tuple[list[object], list[object]]:
    """Return what reads the records of W3 as (unpack_from, offset) pairs, and what writes them as (pack, values)."""
    reads: list[object] = [(HEADER.unpack_from, 0)]
    writes: list[object] = [(HEADER.pack, raw_header(W3_HEADER))]
    offset = HEADER.size
    for sector_start, length, status, following, target_type, parameters in W3_SPECS:
        record = struct.Struct(f"<QQiI16s{following - SPEC_SIZE}s")
        values = (sector_start, length, status, following, target_type.encode(), parameters.encode())
        reads.append((record.unpack_from, offset))
        writes.append((record.pack, values))
        offset += following
    return reads, writes


READS, WRITES = raw_records()

CANDIDATES = [
    *(
        Candidate(
            "floor: bytes(bytearray) memcpy",
            workload.name,
            {"buffer": bytearray(workload.data)},
            decode="bytes(buffer)",
            is_floor=True,
        )
        for workload in (W1, W2)
    ),
    Candidate(
        "floor: Struct.unpack_from",
        "W1",
        {"unpack_from": HEADER.unpack_from},
        decode="unpack_from(data)",
        is_floor=True,
    ),
    Candidate(
        "floor: Struct.unpack_from", "W2", {"unpack_from": FRAME.unpack_from}, decode="unpack_from(data)", is_floor=True
    ),
    Candidate(
        "floor: Struct.unpack_from",
        "W3",
        {"reads": READS},
        decode="[unpack_from(data, offset) for unpack_from, offset in reads]",
        is_floor=True,
    ),
    Candidate(
        "floor: Struct.pack",
        "W1",
        {"pack": HEADER.pack, "values": raw_header(W1_VALUE)},
        encode="pack(*values)",
        build="pack(*values)",
        is_floor=True,
    ),
    Candidate(
        "floor: Struct.pack",
        "W2",
        {"pack": FRAME.pack, "values": (W2_VALUE[0], W2_VALUE[1], len(W2_VALUE[2]), W2_VALUE[2])},
        encode="pack(*values)",
        build="pack(*values)",
        is_floor=True,
    ),
    Candidate(
        "floor: Struct.pack",
        "W3",
        {"writes": WRITES},
        encode="[pack(*values) for pack, values in writes]",
        is_floor=True,
    ),
]
