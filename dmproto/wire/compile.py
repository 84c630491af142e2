"""Walks the schemas of `layout.py` and writes `generated.py`: `python -m dmproto.wire.compile [--check]`.

The module it writes needs neither construct nor the schemas. A test writes it again and compares.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dmproto.wire import layout
from dmproto.wire.emit import decode, encode, readers, values, writers
from dmproto.wire.emit.source import Source, format_of, steps
from dmproto.wire.flags import DmFlag
from dmproto.wire.primitives import CharArray
from dmproto.wire.records import Field, Record

GENERATED: Final = Path(__file__).with_name("generated.py")

_HEAD: Final = '''\
"""Typed values, codecs for both byte orders and in-place accessors of every record of the wire.

Written by `python -m dmproto.wire.compile` from `layout.py`; change that one.
"""

# ruff: noqa
from __future__ import annotations

from collections.abc import Callable
from struct import Struct, pack, unpack_from
from struct import error as StructError
from typing import Any, NamedTuple

import msgspec

from dmproto.errors import EncodeError
from dmproto.wire.checks import Anomaly, Found, NameCache, escaped
from dmproto.wire.checks import check_start, counted, edge, fail, refuse_last, refuse_start, refuse_step, row, short
from dmproto.wire.checks import stray, text_of
from dmproto.wire.checks import misplaced as absent
from dmproto.wire.checks import unterminated
from dmproto.wire.decimals import Decimals
from dmproto.wire.flags import DmFlag, FlagCache
from dmproto.wire.shape import Part, Shape, check, refuse
from dmproto.wire.tables import TROUBLE, ByteCache, PackTable
from dmproto.wire.view import View

Buffer = bytes | bytearray
FLAGS = FlagCache(DmFlag)
'''


def records() -> dict[str, Record]:
    """Every record of the layout by the key its generated names start with."""
    found: dict[str, Record] = {}
    for name, value in {**vars(layout), **layout.FRAMES}.items():
        if isinstance(value, Record):
            found[name] = value
    return found


def write() -> str:
    """The text of `generated.py`."""
    out = Source()
    found = records()
    out.lines += _HEAD.splitlines()
    out.add(f"BUFFER_FULL = {int(DmFlag.BUFFER_FULL)}", "")
    for chars in sorted({(c.size, c.written) for c in _chars(found) if c.size <= 16}):
        out.add(f"_NAMES_{chars[0]}_{chars[1]} = NameCache({chars[0]}, {chars[1]})")
        out.add(f"_BYTES_{chars[0]}_{chars[1]} = ByteCache({min(chars[1], chars[0] - 1)})")
    for key, record in found.items():
        for step in steps(record):
            if step.run:
                out.add(f"_{key.upper()}_{step.first} = {step.run.fields!r}")
    for record in values.classes(found).values():
        values.emit_class(out, record, found)
    for name, (doc, parts) in layout.BIT_FIELDS.items():
        values.emit_bits(out, name, doc, parts)
    values.emit_shapes(out, found)
    for record in {record.c_name: record for record in found.values()}.values():
        if record.fixed_size and record.c_name not in layout.FRAMES:
            values.emit_view(out, record)
    _emit_codec(out, found)
    return out.text()


def _chars(found: dict[str, Record]) -> Iterator[CharArray]:
    for record in found.values():
        for member in record.subcons:
            if isinstance(member, Field) and isinstance(member.subcon, CharArray):
                yield member.subcon


def _emit_codec(out: Source, found: dict[str, Record]) -> None:
    keys = {id(record): key for key, record in found.items()}
    out.add(
        "",
        "",
        "class Codec(NamedTuple):",
        '    """All decoders and encoders for one byte order."""',
        "",
        "    order: str",
        "    decode_dm_ioctl: Callable[..., Header]",
        "    encode_dm_ioctl: Callable[[Header], bytes]",
        "    decode_payload: dict[str, Callable[[Buffer, Header, Found], Any]]",
        "    encode_payload: dict[str, Callable[[Header, Any], bytes]]",
        "    decode_frame: dict[str, Callable[..., DeviceMessage]]",
        "    encode_frame: dict[str, Callable[[DeviceMessage], bytes]]",
    )
    for name, (_, fields) in layout.PROJECTIONS.items():
        out.add(f"    project_{name}: Callable[..., tuple[{', '.join(['int'] * len(fields))}]]")
    out.add("", "", "def _codec(order: str) -> Codec:")
    out.depth = 1
    for key, record in found.items():
        decode.emit_structs(out, record, key)
        if record is not layout.dm_ioctl and record.c_name not in layout.FRAMES:
            encode.emit_structs(out, record, key)
    readers.emit_header(out, layout.dm_ioctl, "dm_ioctl")
    writers.emit_header(out, layout.dm_ioctl, "dm_ioctl")
    for name, at in layout.PAYLOADS.items():
        readers.emit_payload(out, name, at, keys)
        writers.emit_payload(out, name, at, keys)
    for name, record in layout.FRAMES.items():
        readers.emit_frame(out, record, name)
        writers.emit_frame(out, record, name)
    for name, (record, wanted) in layout.PROJECTIONS.items():
        _emit_projection(out, name, record, wanted)
    out.add("return Codec(", "    order,", "    decode_dm_ioctl,", "    encode_dm_ioctl,")
    for verb, table in (("decode", layout.PAYLOADS), ("encode", layout.PAYLOADS)):
        out.add("    {" + ", ".join(f'"{name}": {verb}_{name}' for name in table) + "},")
    for verb in ("decode", "encode"):
        out.add("    {" + ", ".join(f'"{name}": {verb}_{name}' for name in layout.FRAMES) + "},")
    out.add(*(f"    project_{name}," for name in layout.PROJECTIONS), ")")
    out.depth = 0
    out.add("", "", 'LITTLE = _codec("<")', 'BIG = _codec(">")')


def _emit_projection(out: Source, name: str, record: Record, wanted: tuple[str, ...]) -> None:
    run = next(steps(record))
    assert run.run is not None
    formats, at = "", 0
    for field, (label, offset, size) in zip(run.members, run.run.fields, strict=True):
        if label in wanted:
            formats += f"{offset - at}x" * (offset > at) + format_of(field)
            at = offset + size
    kinds = ", ".join(["int"] * len(wanted))
    out.add(f'{name}_unpack = Struct(order + "{formats}").unpack_from', "")
    with out.block(f"def project_{name}(data: Buffer, at: int = 0) -> tuple[{kinds}]:"):
        with out.block(f"if len(data) < at + {at}:"):
            out.add('short(None, "header", at, _DM_IOCTL_0, len(data))')
        out.add(f"return {name}_unpack(data, at)")
    out.add("")


def main(argv: list[str] | None = None) -> int:
    """Write `generated.py`, or with `--check` say whether it is what would be written."""
    parser = argparse.ArgumentParser(prog="python -m dmproto.wire.compile", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; exit status 1 when it differs")
    text = write()
    if parser.parse_args(argv).check:
        return 0 if GENERATED.read_text() == text else 1
    GENERATED.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
