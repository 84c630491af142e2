"""Walks the schemas of `layout.py` and writes `generated.py`: `python -m dmproto.wire.compile [--check]`.

The module it writes needs neither construct nor the schemas. A test writes it again and compares.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from construct import IfThenElse

from dmproto.wire import emit_decode, emit_encode, layout
from dmproto.wire.emit import Source, chains_of, expression, format_of, python_type, record_of, steps
from dmproto.wire.flags import DmFlag
from dmproto.wire.primitives import Align, CharArray, Flags, Payload, Text, Words
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
    for record in _classes(found).values():
        _emit_class(out, record)
    for name, (doc, parts) in layout.BIT_FIELDS.items():
        _emit_bits(out, name, doc, parts)
    _emit_shapes(out, found)
    for record in {record.c_name: record for record in found.values()}.values():
        if record.fixed_size and record.c_name not in layout.FRAMES:
            _emit_view(out, record)
    _emit_codec(out, found)
    return out.text()


def _chars(found: dict[str, Record]) -> Iterator[CharArray]:
    for record in found.values():
        for member in record.subcons:
            if isinstance(member, Field) and isinstance(member.subcon, CharArray):
                yield member.subcon


def _classes(found: dict[str, Record]) -> dict[str, Record]:
    """A record for each value class: the one that has all its fields."""
    best: dict[str, Record] = {}
    for record in found.values():
        if record.cls not in best or len(record.absent) < len(best[record.cls].absent):
            best[record.cls] = record
    return best


def _optional(record: Record) -> set[str]:
    return {name for other in records().values() if other.cls == record.cls for name in other.absent}


def _emit_class(out: Source, record: Record) -> None:
    optional = _optional(record)
    whole = record.c_name in layout.FRAMES
    base = "Decimals, " if record.cls == "Geometry" else ""
    out.add("", "", f"class {record.cls}({base}msgspec.Struct, frozen=True, gc=False):")
    out.depth += 1
    out.add(f'"""{record.doc}', "", "Attributes:")
    fields = [m for m in record.subcons if isinstance(m, Field) and m.subcon.__class__.__name__ != "Room"]
    for field in fields:
        if not field.counts:
            out.add(f"    {field.name}: {field.doc}.")
    if whole:
        out.add("    anomalies: what lenient decoding found.")
    out.add('"""', "")
    for field in fields:
        if field.counts:
            continue
        kind = python_type(field) + (" | None" if field.name in optional else "")
        default = field.default
        if default is None and field.name in optional:
            out.add(f"{field.name}: {kind} = None")
        elif isinstance(field.subcon, Flags):
            out.add(f"{field.name}: {kind} = {type(default).__name__}({int(default)})")
        else:
            out.add(f"{field.name}: {kind}" + ("" if default is None else f" = {default!r}"))
    if whole:
        out.add("anomalies: tuple[Anomaly, ...] = ()")
    for field in fields:
        if field.counts:
            out.add("", "@property", f"def {field.name}(self) -> int:")
            out.add(f'    """{field.doc[0].upper()}{field.doc[1:]}."""', f"    return len(self.{field.counts})")
    out.depth -= 1


def _emit_bits(out: Source, name: str, doc: str, parts: dict[str, tuple[tuple[int, int, int], ...]]) -> None:
    out.add("", "", f"class {name}(msgspec.Struct, frozen=True, gc=False):")
    out.depth += 1
    out.add(f'"""{doc}"""', "", *(f"{part}: int" for part in parts), "")
    out.add("@classmethod", f"def from_word(cls, word: int) -> {name}:", '    """The parts of a word."""')
    taken = (
        " | ".join(f"(word >> {at} & {(1 << width) - 1}) << {to}" for at, to, width in pieces)
        for pieces in parts.values()
    )
    out.add(f"    return cls({', '.join(taken)})", "")
    out.add("@property", "def word(self) -> int:", '    """The parts put together; what does not fit is refused."""')
    for part, pieces in parts.items():
        limit = (1 << sum(width for _, _, width in pieces)) - 1
        refusal = f'EncodeError("{part}", "number/range", value=self.{part}, low=0, high={limit})'
        out.add(f"    if not 0 <= self.{part} <= {limit}:", f"        raise {refusal}")
    put = (
        f"(self.{part} >> {to} & {(1 << width) - 1}) << {at}"
        for part, pieces in parts.items()
        for at, to, width in pieces
    )
    out.add(f"    return {' | '.join(put)}")
    out.depth -= 1


def _emit_shapes(out: Source, found: dict[str, Record]) -> None:
    out.add("", "", "SHAPES: dict[str, Shape] = {")
    for key, record in found.items():
        out.add(f'    "{key}": Shape(', f"        {record.cls!r},", f"        {record.absent!r},", "        (")
        for member in record.subcons:
            part = _part(member)
            if part:
                out.add(f"            Part({part}),")
        out.add("        ),", "    ),")
    out.add("}")
    out.add("", "PAYLOADS: dict[str, Callable[[Header], str | None]] = {")
    keys = {id(record): key for key, record in found.items()}
    for name, at in layout.PAYLOADS.items():
        picked = ""
        for condition, schema in chains_of(at.subcon):
            key = keys[id(record_of(schema))]
            picked += f'"{key}"' if condition is None else f'"{key}" if {expression(condition)} else '
        present = f"({picked}) if {expression(at.present)} else None" if at.present is not None else picked
        out.add(f'    "{name}": lambda header: {present},')
    out.add("}", '"""The shape of each payload\'s records, by what the header says; None where there is no payload."""')
    chains = {name: at for name, at in layout.PAYLOADS.items() for _, s in chains_of(at.subcon) if hasattr(s, "base")}
    bases = {name: chains_of(at.subcon)[0][1].base for name, at in chains.items()}
    out.add(f"CHAINS: dict[str, str] = {bases!r}")
    out.add('"""The payloads that are chains, and what their `next` counts from."""')


def _part(member: Any) -> str:
    if isinstance(member, Align):
        return f'"align", size={member.to}'
    subcon, when = member.subcon, ""
    if isinstance(subcon, IfThenElse):
        name, mask = subcon.condfunc.lhs.__getfield__(), subcon.condfunc.rhs
        subcon, when = subcon.thensubcon, f", when=({name!r}, {mask})"
    more = f", within={tuple(member.within)!r}" if member.within else ""
    more += (f", counts={member.counts!r}" if member.counts else "") + when
    name = f'"{member.name}"'
    match subcon:
        case CharArray():
            return f'"chars", {name}, size={subcon.size}, limit={subcon.limit}, items={subcon.written}{more}'
        case Text():
            return f'"text", {name}, limit={subcon.limit}{more}'
        case Payload():
            return f'"payload", {name}, limit={subcon.limit}{more}'
        case Words(count=int()):
            return f'"row", {name}, "{subcon.word.code}", {subcon.sizeof()}, items={subcon.count}{more}'
        case Words():
            return f'"words", {name}, "{subcon.word.code}"{more}'
    return f'"word", {name}, "{format_of(member)}", {subcon.sizeof()}{more}' if member.fixed else ""


def _emit_view(out: Source, record: Record) -> None:
    name = f"{record.cls}View"
    out.add("", "", f"class {name}(View):", f'    """A `{record.c_name}` in place: its fixed part."""', "")
    out.add(f"    SIZE = {record.fixed_size}", "", "    __slots__ = ()")
    run = next(steps(record))
    assert run.run is not None
    for field, (label, offset, size) in zip(run.members, run.run.fields, strict=True):
        subcon, kind = field.subcon, python_type(field).replace("DmFlag", "int")
        if isinstance(subcon, CharArray):
            get, put = f"self._chars({offset}, {size})", f'self._set_chars({offset}, {size}, "{label}", value)'
        elif isinstance(subcon, Words):
            code, count, kind = subcon.word.code, subcon.count, "tuple[int, ...]"
            get = f'self._row("{code}", {offset}, {count})'
            put = f'self._set_row("{code}", {offset}, "{label}", value, {count})'
        else:
            code = format_of(field)
            get, put = f'self._word("{code}", {offset})', f'self._set_word("{code}", {offset}, "{label}", value)'
        out.add("", "    @property", f"    def {label}(self) -> {kind}:")
        out.add(f'        """{field.doc[0].upper()}{field.doc[1:]}."""', f"        return {get}")
        out.add("", f"    @{label}.setter", f"    def {label}(self, value: {kind}) -> None:", f"        {put}")


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
        emit_decode.emit_structs(out, record, key)
        if record is not layout.dm_ioctl and record.c_name not in layout.FRAMES:
            emit_encode.emit_structs(out, record, key)
    emit_decode.emit_header(out, layout.dm_ioctl, "dm_ioctl")
    emit_encode.emit_header(out, layout.dm_ioctl, "dm_ioctl")
    for name, at in layout.PAYLOADS.items():
        emit_decode.emit_payload(out, name, at, keys)
        emit_encode.emit_payload(out, name, at, keys)
    for name, record in layout.FRAMES.items():
        emit_decode.emit_frame(out, record, name)
        emit_encode.emit_frame(out, record, name)
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
