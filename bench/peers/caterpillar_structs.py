"""caterpillar-py: classes that declare their layout; names as raw bytes.

It is under the GPL: it is a peer in the environment of this benchmark only, and dmproto never imports it.
"""

import importlib
from typing import Any

from bench.candidate import Candidate, cut_text, field_values, plain_header, with_attributes
from bench.peers.raw_checks import check_header, check_payload, pad_name
from bench.workloads import HEADER_FIELDS, SPEC_FIELDS, Plain

cp: Any = importlib.import_module("caterpillar.py")


class HeaderDeclaration:
    """``struct dm_ioctl``."""

    version: cp.uint32[3]
    data_size: cp.uint32
    data_start: cp.uint32
    target_count: cp.uint32
    open_count: cp.int32
    flags: cp.uint32
    event_nr: cp.uint32
    padding: cp.uint32
    dev: cp.uint64
    name: cp.Bytes(128)  # type: ignore[valid-type]
    uuid: cp.Bytes(129)  # type: ignore[valid-type]
    data: cp.Bytes(7)  # type: ignore[valid-type]


class FrameDeclaration:
    """The direct message frame."""

    target_index: cp.uint32
    tag: cp.uint32
    length: cp.uint32
    payload: cp.Bytes(cp.this.length)  # type: ignore[valid-type]


class SpecDeclaration:
    """``struct dm_target_spec`` and its record up to the next one."""

    sector_start: cp.uint64
    length: cp.uint64
    status: cp.int32
    next: cp.uint32
    target_type: cp.Bytes(16)  # type: ignore[valid-type]
    parameters: cp.Bytes(cp.this.next - 40)  # type: ignore[valid-type]


declare: Any = cp.struct(order=cp.LittleEndian)
Header: Any = declare(HeaderDeclaration)
Frame: Any = declare(FrameDeclaration)
Spec: Any = declare(SpecDeclaration)


class TableDeclaration:
    """A header and its target specs."""

    header: Header
    specs: Spec[cp.this.header.target_count]


Table: Any = declare(TableDeclaration)
unpack: Any = cp.unpack
pack: Any = cp.pack


def decode_header(data: bytes) -> Any:
    """Read a header."""
    return check_header(unpack(Header, data))


def decode_frame(data: bytes) -> Any:
    """Read a frame."""
    frame = unpack(Frame, data)
    if frame.length > 64:
        raise ValueError("length")
    return frame


def decode_table(data: bytes) -> Any:
    """Read a header and its target specs."""
    table = unpack(Table, data)
    check_header(table.header)
    # The declaration has the specs right behind the header.
    if table.header.data_start != 312:
        raise ValueError("data_start")
    for spec in table.specs:
        if spec.next & 7 or 0 not in spec.target_type or 0 not in spec.parameters:
            raise ValueError("next, or text without NUL")
    return table


def plain_table(table: Any) -> Plain:
    """Return the plain value of a table."""
    return plain_header(table.header), tuple(
        (s.sector_start, s.length, s.status, s.next, cut_text(s.target_type), cut_text(s.parameters))
        for s in table.specs
    )


READ_TABLE = (
    "header = o.header",
    *(f"header.{name}" for name in HEADER_FIELDS),
    "for spec in o.specs:",
    *(f"    spec.{name}" for name in SPEC_FIELDS),
)
NUMBERS = ", ".join(f"{name}={name}" for name in HEADER_FIELDS[:-2])

CANDIDATES = [
    with_attributes(
        "caterpillar-py",
        "W1",
        names={**field_values("W1"), "decode": decode_header, "pack": pack, "Header": Header, "pad": pad_name},
        decode="decode(data)",
        encode="pack(value, Header)",
        build=f"pack(Header({NUMBERS}, name=pad(name_bytes, 128), uuid=pad(uuid_bytes, 129), data=bytes(7)), Header)",
    ),
    with_attributes(
        "caterpillar-py",
        "W2",
        names={**field_values("W2"), "decode": decode_frame, "pack": pack, "Frame": Frame, "check": check_payload},
        decode="decode(data)",
        encode="pack(value, Frame)",
        build="pack(Frame(target_index=target_index, tag=tag, length=len(payload), payload=check(payload)), Frame)",
    ),
    Candidate(
        "caterpillar-py",
        "W3",
        {"decode": decode_table, "pack": pack, "Table": Table},
        decode="decode(data)",
        read=READ_TABLE,
        encode="pack(value, Table)",
        plain=plain_table,
    ),
]
