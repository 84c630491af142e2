"""construct-typing: the same construct schemas, behind dataclasses."""

# ruff: noqa: RUF009 - its field specifiers are calls in dataclass defaults

import dataclasses
import importlib
from typing import Any

from bench.candidate import field_values, with_attributes
from bench.peers.construct_schemas import READ_TABLE, Flags, Parameters, construct, own_text, plain_container, this
from bench.workloads import HEADER_FIELDS

construct_typed: Any = importlib.import_module("construct_typed")
csfield: Any = construct_typed.csfield
csfield_noinit: Any = construct_typed.csfield_noinit


@dataclasses.dataclass
class Header(construct_typed.DataclassMixin):  # type: ignore[misc,name-defined,unused-ignore]
    """``struct dm_ioctl``."""

    version: list[int] = csfield(construct.Int32ul[3])
    data_size: int = csfield(construct.Int32ul)
    data_start: int = csfield(construct.Int32ul)
    target_count: int = csfield(construct.Int32ul)
    open_count: int = csfield(construct.Int32sl)
    flags: int = csfield(Flags(construct.Int32ul))
    event_nr: int = csfield(construct.Int32ul)
    padding: int = csfield(construct.Int32ul)
    dev: int = csfield(construct.Int64ul)
    name: str = csfield(own_text(128))
    uuid: str = csfield(own_text(129))
    unused: None = csfield_noinit(construct.Padding(7))
    is_version_4: None = csfield_noinit(construct.Check(this.version[0] == 4))
    is_size_valid: None = csfield_noinit(construct.Check((this.data_size >= 305) & (this.data_size <= 0x40000000)))


@dataclasses.dataclass
class Frame(construct_typed.DataclassMixin):  # type: ignore[misc,name-defined,unused-ignore]
    """The direct message frame."""

    target_index: int = csfield(construct.Int32ul)
    tag: int = csfield(construct.Int32ul)
    length: int | None = csfield_noinit(construct.Rebuild(construct.Int32ul, construct.len_(this.payload)))
    is_short: None = csfield_noinit(construct.Check(this.length <= 64))
    payload: bytes = csfield(construct.Bytes(this.length), kw_only=True)


@dataclasses.dataclass
class Spec(construct_typed.DataclassMixin):  # type: ignore[misc,name-defined,unused-ignore]
    """``struct dm_target_spec`` and its parameters."""

    sector_start: int = csfield(construct.Int64ul)
    length: int = csfield(construct.Int64ul)
    status: int = csfield(construct.Int32sl)
    next: int = csfield(construct.Int32ul)
    is_aligned: None = csfield_noinit(construct.Check(this.next % 8 == 0))
    target_type: str = csfield(own_text(16), kw_only=True)
    parameters: str = csfield(Parameters(construct.Bytes(this.next - 40)), kw_only=True)


HEADER: Any = construct_typed.DataclassStruct(Header)
SPEC: Any = construct_typed.DataclassStruct(Spec)


@dataclasses.dataclass
class Table(construct_typed.DataclassMixin):  # type: ignore[misc,name-defined,unused-ignore]
    """A header and its target specs."""

    header: Header = csfield(HEADER)
    is_start_valid: None = csfield_noinit(
        construct.Check((this.header.data_start >= 312) & (this.header.data_start % 8 == 0))
    )
    gap: None = csfield_noinit(construct.Padding(this.header.data_start - 312))
    specs: list[Spec] = csfield(construct.Array(this.header.target_count, SPEC), kw_only=True)


FRAME: Any = construct_typed.DataclassStruct(Frame)
TABLE: Any = construct_typed.DataclassStruct(Table)

CANDIDATES = [
    with_attributes(
        "construct-typing dataclass",
        "W1",
        names={**field_values("W1"), "parse": HEADER.parse, "build": HEADER.build, "Header": Header},
        decode="parse(data)",
        encode="build(value)",
        build=f"build(Header({', '.join(HEADER_FIELDS)}))",
    ),
    with_attributes(
        "construct-typing dataclass",
        "W2",
        names={**field_values("W2"), "parse": FRAME.parse, "build": FRAME.build, "Frame": Frame},
        decode="parse(data)",
        encode="build(value)",
        build="build(Frame(target_index, tag, payload=payload))",
    ),
    with_attributes(
        "construct-typing dataclass",
        "W3",
        names={"parse": TABLE.parse, "build": TABLE.build},
        decode="parse(data)",
        read=READ_TABLE,
        encode="build(value)",
        plain=plain_container,
    ),
]
