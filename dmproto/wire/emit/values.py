"""What is not a codec: value classes, words made of parts, the shapes of records, accessors in place."""

from __future__ import annotations

from typing import Any

from construct import IfThenElse

from dmproto.wire import layout
from dmproto.wire.emit.source import Source, chains_of, expression, format_of, python_type, record_of, steps
from dmproto.wire.primitives import Align, CharArray, Flags, Payload, Text, Words
from dmproto.wire.records import Field, Record


def classes(found: dict[str, Record]) -> dict[str, Record]:
    """A record for each value class: the one that has all its fields."""
    best: dict[str, Record] = {}
    for record in found.values():
        if record.cls not in best or len(record.absent) < len(best[record.cls].absent):
            best[record.cls] = record
    return best


def _optional(record: Record, found: dict[str, Record]) -> set[str]:
    """Fields of the value class that some form of the record does not have."""
    return {name for other in found.values() if other.cls == record.cls for name in other.absent}


def emit_class(out: Source, record: Record, found: dict[str, Record]) -> None:
    """Emit a record's value class."""
    optional = _optional(record, found)
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


def emit_bits(out: Source, name: str, doc: str, parts: dict[str, tuple[tuple[int, int, int], ...]]) -> None:
    """Emit the class of a word made of smaller numbers."""
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


def emit_shapes(out: Source, found: dict[str, Record]) -> None:
    """Emit every record's shape, and which of them make up a payload."""
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


def emit_view(out: Source, record: Record) -> None:
    """Emit a record's accessors in place."""
    name = f"{record.cls}View"
    out.add("", "", f"class {name}(View):", f'    """A `{record.c_name}` in place: its fixed part."""', "")
    run = next(steps(record))
    assert run.run is not None
    offsets = {label: offset for label, offset, _ in run.run.fields}
    out.add(f"    SIZE = {record.fixed_size}", f"    OFFSETS = {offsets!r}", "", "    __slots__ = ()")
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
