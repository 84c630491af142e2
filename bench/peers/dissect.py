"""dissect.cstruct: the C declarations themselves, with its compiler and without; names as raw bytes.

``parameters`` are cut by hand: C declares no string that ends where the next record begins.
"""

import importlib
from typing import Any

from bench.candidate import Candidate, cut_text, field_values, fresh, plain_header, with_attributes
from bench.peers.raw_checks import check_header, check_payload, pad_name
from bench.workloads import HEADER_FIELDS, Plain

dissect_cstruct: Any = importlib.import_module("dissect.cstruct")

DECLARATIONS = """
struct dm_ioctl {
    uint32 version[3];
    uint32 data_size;
    uint32 data_start;
    uint32 target_count;
    int32  open_count;
    uint32 flags;
    uint32 event_nr;
    uint32 padding;
    uint64 dev;
    char   name[128];
    char   uuid[129];
    char   data[7];
};
struct dm_target_spec {
    uint64 sector_start;
    uint64 length;
    int32  status;
    uint32 next;
    char   target_type[16];
};
struct frame {
    uint32 target_index;
    uint32 tag;
    uint32 length;
    char   payload[length];
};
"""

# Each candidate gets a copy of the functions below in which these stand for its own classes.
Header: Any = None
Spec: Any = None
Frame: Any = None


def decode_header(data: bytes) -> Any:
    """Read a header."""
    return check_header(Header(data))


def decode_frame(data: bytes) -> Any:
    """Read a frame."""
    frame = Frame(data)
    if frame.length > 64:
        raise ValueError("length")
    return frame


def decode_table(data: bytes) -> tuple[Any, list[tuple[Any, bytes]]]:
    """Read a header and its target specs."""
    header = decode_header(data)
    end = min(header.data_size, len(data))
    offset = header.data_start
    lowest = 312
    specs = []
    for _ in range(header.target_count):
        if offset < lowest or offset & 7 or offset + 40 > end:
            raise ValueError("data_start or next")
        spec = Spec(data[offset : offset + 40])
        stop = data.find(b"\0", offset + 40, end)
        if stop < 0 or 0 not in spec.target_type:
            raise ValueError("text without NUL")
        specs.append((spec, data[offset + 40 : stop]))
        lowest = stop + 1
        offset += spec.next
    return header, specs


def encode_table(table: tuple[Any, list[tuple[Any, bytes]]]) -> bytes:
    """Write a header and its target specs."""
    header, specs = table
    parts = [header.dumps()]
    for spec, parameters in specs:
        parts.append(spec.dumps())
        parts.append(parameters.ljust(spec.next - 40, b"\0"))
    return b"".join(parts)


def plain_pairs(table: tuple[Any, list[tuple[Any, bytes]]]) -> Plain:
    """Return the plain value of a header and its specs with their parameters."""
    header, specs = table
    return plain_header(header), tuple(
        (s.sector_start, s.length, s.status, s.next, cut_text(s.target_type), cut_text(parameters))
        for s, parameters in specs
    )


READ_TABLE = (
    "header, specs = o",
    *(f"header.{name}" for name in HEADER_FIELDS),
    "for spec, parameters in specs:",
    *(f"    spec.{name}" for name in ("sector_start", "length", "status", "next", "target_type")),
)
BUILD_HEADER = (
    "Header(version=version, data_size=data_size, data_start=data_start, target_count=target_count,"
    " open_count=open_count, flags=flags, event_nr=event_nr, padding=padding, dev=dev,"
    " name=pad(name_bytes, 128), uuid=pad(uuid_bytes, 129), data=bytes(7)).dumps()"
)
BUILD_FRAME = "Frame(target_index=target_index, tag=tag, length=len(payload), payload=check(payload)).dumps()"


def candidates(name: str, *, compiled: bool) -> list[Candidate]:
    """Return the candidates of all workloads."""
    declared = dissect_cstruct.cstruct(endian="<")
    declared.load(DECLARATIONS, compiled=compiled)
    header, frame, spec = declared.dm_ioctl, declared.frame, declared.dm_target_spec
    decode = fresh(decode_header, Header=header)
    return [
        with_attributes(
            name,
            "W1",
            names={**field_values("W1"), "decode": decode, "Header": header, "pad": pad_name},
            decode="decode(data)",
            encode="value.dumps()",
            build=BUILD_HEADER,
        ),
        with_attributes(
            name,
            "W2",
            names={
                **field_values("W2"),
                "decode": fresh(decode_frame, Frame=frame),
                "Frame": frame,
                "check": check_payload,
            },
            decode="decode(data)",
            encode="value.dumps()",
            build=BUILD_FRAME,
        ),
        Candidate(
            name,
            "W3",
            {"decode": fresh(decode_table, decode_header=decode, Spec=spec), "encode": fresh(encode_table)},
            decode="decode(data)",
            read=READ_TABLE,
            encode="encode(value)",
            plain=plain_pairs,
        ),
    ]


CANDIDATES = [
    *candidates("dissect.cstruct compiled", compiled=True),
    *candidates("dissect.cstruct interpreted", compiled=False),
]
