"""construct: interpreted and compiled, names through an adapter of our own or through its stock strings.

The checks are ``Check`` members; ``.compile()`` compiles those and calls the adapters.  The header needs all 312 bytes.
"""

import importlib
from typing import Any

from bench.candidate import Candidate, field_values, plain_header, plain_spec, with_attributes
from bench.peers.flag_words import FLAGS
from bench.workloads import HEADER_FIELDS, SPEC_FIELDS, Plain

# The stubs of construct come with construct-typing: the types must not depend on whether that is installed.
construct: Any = importlib.import_module("construct")
this = construct.this


class CutAtNul(construct.Adapter):  # type: ignore[misc,name-defined,unused-ignore]
    """Text before the first NUL of a fixed-size array of characters."""

    def _decode(self, obj: Any, _context: Any, path: Any) -> str:
        text, end, _ = bytes(obj).partition(b"\0")
        if not end:
            raise construct.ValidationError("no NUL", path=path)
        return text.decode("utf-8", "surrogateescape")

    def _encode(self, obj: Any, _context: Any, path: Any) -> bytes:
        text: bytes = obj.encode("utf-8", "surrogateescape")
        size: int = self.subcon.sizeof()
        if len(text) >= size or 0 in text:
            raise construct.ValidationError("too long or with a NUL", path=path)
        return text.ljust(size, b"\0")


class Flags(construct.Adapter):  # type: ignore[misc,name-defined,unused-ignore]
    """A flag word as a cached subclass of int."""

    def _decode(self, obj: Any, _context: Any, _path: Any) -> int:
        return FLAGS[obj]

    def _encode(self, obj: Any, _context: Any, _path: Any) -> int:
        return int(obj)


def own_text(size: int) -> Any:
    """Return ``char[size]`` through our adapter."""
    return CutAtNul(construct.Bytes(size))


def stock_text(size: int) -> Any:
    """Return ``char[size]`` of construct's own parts, which read up to the NUL byte by byte."""
    text = construct.NullTerminated(construct.GreedyBytes)
    return construct.FixedSized(size, construct.StringEncoded(text, "utf8"))


def header_schema(text: Any) -> Any:
    """Return the schema of ``struct dm_ioctl`` with names made by ``text``."""
    return construct.Struct(
        "version" / construct.Int32ul[3],
        construct.Check(this.version[0] == 4),
        "data_size" / construct.Int32ul,
        construct.Check((this.data_size >= 305) & (this.data_size <= 0x40000000)),
        "data_start" / construct.Int32ul,
        "target_count" / construct.Int32ul,
        "open_count" / construct.Int32sl,
        "flags" / Flags(construct.Int32ul),
        "event_nr" / construct.Int32ul,
        "padding" / construct.Int32ul,
        "dev" / construct.Int64ul,
        "name" / text(128),
        "uuid" / text(129),
        construct.Padding(7),
    )


FRAME = construct.Struct(
    "target_index" / construct.Int32ul,
    "tag" / construct.Int32ul,
    "length" / construct.Rebuild(construct.Int32ul, construct.len_(this.payload)),
    construct.Check(this.length <= 64),
    "payload" / construct.Bytes(this.length),
)


class Parameters(CutAtNul):
    """Text before the first NUL of what is left of a record."""

    def _encode(self, obj: Any, context: Any, path: Any) -> bytes:
        text: bytes = obj.encode("utf-8", "surrogateescape")
        if len(text) >= context.next - 40 or 0 in text:
            raise construct.ValidationError("too long or with a NUL", path=path)
        return text.ljust(context.next - 40, b"\0")


SPEC = construct.Struct(
    "sector_start" / construct.Int64ul,
    "length" / construct.Int64ul,
    "status" / construct.Int32sl,
    "next" / construct.Int32ul,
    construct.Check(this.next % 8 == 0),
    "target_type" / own_text(16),
    # The record reaches up to the next one, and its parameters must end within it.
    "parameters" / Parameters(construct.Bytes(this.next - 40)),
)
TABLE = construct.Struct(
    "header" / header_schema(own_text),
    construct.Check((this.header.data_start >= 312) & (this.header.data_start % 8 == 0)),
    construct.Padding(this.header.data_start - 312),
    "specs" / construct.Array(this.header.target_count, SPEC),
)

HEADERS = {
    "construct interpreted (own CStr adapter)": header_schema(own_text),
    "construct .compile() (own CStr adapter)": header_schema(own_text).compile(),
    "construct interpreted (stock NullTerminated)": header_schema(stock_text),
    "construct .compile() (stock NullTerminated)": header_schema(stock_text).compile(),
}
FRAMES = {"construct interpreted": FRAME, "construct .compile()": FRAME.compile()}
TABLES = {"construct interpreted": TABLE, "construct .compile()": TABLE.compile()}

BUILD_HEADER = f"build(dict({', '.join(f'{name}={name}' for name in HEADER_FIELDS)}))"
BUILD_FRAME = "build(dict(target_index=target_index, tag=tag, payload=payload))"
READ_TABLE = (
    "header = o.header",
    *(f"header.{name}" for name in HEADER_FIELDS),
    "for spec in o.specs:",
    *(f"    spec.{name}" for name in SPEC_FIELDS),
)


def candidates(schemas: dict[str, Any], workload: str, build: str | None = None, **settings: Any) -> list[Candidate]:
    """Return the candidates of one workload."""
    return [
        with_attributes(
            name,
            workload,
            names={**(field_values(workload) if build else {}), "parse": schema.parse, "build": schema.build},
            decode="parse(data)",
            encode="build(value)",
            build=build,
            **settings,
        )
        for name, schema in schemas.items()
    ]


def plain_container(table: Any) -> Plain:
    """Return the plain value of a parsed table."""
    return plain_header(table.header), tuple(map(plain_spec, table.specs))


CANDIDATES = [
    *candidates(HEADERS, "W1", BUILD_HEADER),
    *candidates(FRAMES, "W2", BUILD_FRAME),
    *candidates(TABLES, "W3", read=READ_TABLE, plain=plain_container),
]
