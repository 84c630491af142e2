"""cstruct: C declarations behind CStruct and MemCStruct; names as raw bytes, payload and parameters sliced by hand."""

import importlib
from typing import Any

from bench.candidate import Candidate, cut_text, field_values, fresh, plain_header, with_attributes
from bench.peers.raw_checks import check_header, check_payload, pad_name
from bench.workloads import HEADER_FIELDS, Plain

cstruct: Any = importlib.import_module("cstruct")

HEADER = """
struct {
    uint32_t version[3];
    uint32_t data_size;
    uint32_t data_start;
    uint32_t target_count;
    int32_t  open_count;
    uint32_t flags;
    uint32_t event_nr;
    uint32_t padding;
    uint64_t dev;
    char     name[128];
    char     uuid[129];
    char     data[7];
}
"""
SPEC = """
struct {
    uint64_t sector_start;
    uint64_t length;
    int32_t  status;
    uint32_t next;
    char     target_type[16];
}
"""
FRAME = "struct { uint32_t target_index; uint32_t tag; uint32_t length; }"

# Each candidate gets a copy of the functions below in which these stand for its own classes.
Header: Any = None
Spec: Any = None
Frame: Any = None


def decode_header(data: bytes) -> Any:
    """Read a header."""
    header = Header()
    header.unpack(data)
    return check_header(header)


def decode_frame(data: bytes) -> tuple[Any, bytes]:
    """Read a frame."""
    frame = Frame()
    frame.unpack(data[:12])
    length = frame.length
    payload = data[12 : 12 + length]
    if length > 64 or len(payload) != length:
        raise ValueError("length")
    return frame, payload


def decode_table(data: bytes) -> tuple[Any, list[tuple[Any, bytes]]]:
    """Read a header and its target specs."""
    header = decode_header(data[:312])
    end = min(header.data_size, len(data))
    offset = header.data_start
    lowest = 312
    specs = []
    for _ in range(header.target_count):
        if offset < lowest or offset & 7 or offset + 40 > end:
            raise ValueError("data_start or next")
        spec = Spec()
        spec.unpack(data[offset : offset + 40])
        stop = data.find(b"\0", offset + 40, end)
        if stop < 0 or 0 not in spec.target_type:
            raise ValueError("text without NUL")
        specs.append((spec, data[offset + 40 : stop]))
        lowest = stop + 1
        offset += spec.next
    return header, specs


def plain_pair(pair: tuple[Any, bytes]) -> Plain:
    """Return the plain value of a frame and its payload."""
    frame, payload = pair
    return frame.target_index, frame.tag, payload


def plain_pairs(table: tuple[Any, list[tuple[Any, bytes]]]) -> Plain:
    """Return the plain value of a header and its specs with their parameters."""
    header, specs = table
    return plain_header(header), tuple(
        (s.sector_start, s.length, s.status, s.next, cut_text(s.target_type), cut_text(parameters))
        for s, parameters in specs
    )


BUILD_HEADER = (
    f"Header({', '.join(f'{name}={name}' for name in HEADER_FIELDS[:-2])}, name=pad(name_bytes, 128),"
    " uuid=pad(uuid_bytes, 129)).pack()"
)
BUILD_FRAME = "Frame(target_index=target_index, tag=tag, length=len(payload)).pack() + check(payload)"
READ_TABLE = (
    "header, specs = o",
    *(f"header.{name}" for name in HEADER_FIELDS),
    "for spec, parameters in specs:",
    *(f"    spec.{name}" for name in ("sector_start", "length", "status", "next", "target_type")),
)


def candidates(base: Any) -> list[Candidate]:
    """Return the candidates of all workloads for one of cstruct's base classes."""
    label = f"cstruct {base.__name__}"
    header, frame, spec = (
        type(name, (base,), {"__def__": declaration, "__byte_order__": cstruct.LITTLE_ENDIAN})
        for name, declaration in ((f"Header{label}", HEADER), (f"Frame{label}", FRAME), (f"Spec{label}", SPEC))
    )
    decode = fresh(decode_header, Header=header)
    return [
        with_attributes(
            label,
            "W1",
            names={**field_values("W1"), "decode": decode, "Header": header, "pad": pad_name},
            decode="decode(data)",
            encode="value.pack()",
            build=BUILD_HEADER,
        ),
        Candidate(
            f"{label} (+ slice for payload)",
            "W2",
            {**field_values("W2"), "decode": fresh(decode_frame, Frame=frame), "Frame": frame, "check": check_payload},
            decode="decode(data)",
            read=("frame, payload = o", "frame.target_index", "frame.tag"),
            encode="value[0].pack() + value[1]",
            build=BUILD_FRAME,
            plain=plain_pair,
        ),
        Candidate(
            label,
            "W3",
            {"decode": fresh(decode_table, decode_header=decode, Spec=spec)},
            decode="decode(data)",
            read=READ_TABLE,
            plain=plain_pairs,
        ),
    ]


CANDIDATES = [*candidates(cstruct.CStruct), *candidates(cstruct.MemCStruct)]
