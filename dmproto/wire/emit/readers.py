"""Decoders of whole things: the header, a payload at its place, a chain of records, a direct message."""

from __future__ import annotations

from dmproto.wire.chains import At, Chain
from dmproto.wire.emit.decode import BEHIND, RecordDecoder, arguments, unpack_name
from dmproto.wire.emit.source import Source, chains_of, expression, format_of, locals_of, record_of, steps
from dmproto.wire.limits import ALIGNMENT
from dmproto.wire.primitives import Payload
from dmproto.wire.records import Record

_BUFFER = "data: Buffer, header: Header, found: Found"


def emit_header(out: Source, record: Record, key: str) -> None:
    """Emit the decoder of the record that every control message starts with."""
    with out.block(f"def decode_{key}(data: Buffer, found: Found = None) -> {record.cls}:"):
        decoder = RecordDecoder(out, record, key, "header", "")
        first = next(steps(record))
        assert first.run is not None
        names = ", ".join(name for field in first.members for name in locals_of(field))
        with out.block("try:"):
            out.add(f"{names} = {unpack_name(key, first)}(data)")
        with out.block("except StructError:"):
            out.add(
                f'short(found, "header", 0, _{key.upper()}_0, len(data), "{record.cut}")',
                f"{names} = {unpack_name(key, first)}(bytes(data) + bytes({record.fixed_size}))",
            )
        decoder.fields(first, "0")
        out.add(f"return {decoder.value()}")
    out.add("")


def emit_payload(out: Source, name: str, at: At, keys: dict[int, str]) -> None:
    """Emit the decoder of a payload: its place, then the alternative that the header picks."""
    schemas = chains_of(at.subcon)
    for _, schema in schemas if len(schemas) > 1 else ():
        key = keys[id(record_of(schema))]
        with out.block(f"def read_{key}({_BUFFER}, at: int, limit: int) -> Any:"):
            _emit_alternative(out, schema, key, at)
        out.add("")
    with out.block(f"def decode_{name}({_BUFFER}) -> Any:"):
        if at.present is not None:
            with out.block(f"if not ({expression(at.present)}):"):
                out.add(f"return {at.absent!r}")
        out.add(
            "limit = len(data)",
            "at = header.data_start",
            "if header.data_size < limit:",
            "    limit = header.data_size",
        )
        tests = [f"at < {at.low}", "at > limit", *([f"at & {at.align - 1}"] if at.align > 1 else [])]
        with out.block(f"if {' or '.join(tests)}:"):
            rule = "edge(len(data), header.data_size)"
            with out.block(f"if check_start(found, at, {at.low}, {at.align}, limit, {rule}):"):
                out.add(f"return {at.absent!r}")
        for condition, schema in schemas if len(schemas) > 1 else ():
            call = f"return read_{keys[id(record_of(schema))]}(data, header, found, at, limit)"
            out.add(*([call] if condition is None else [f"if {expression(condition)}:", f"    {call}"]))
        if len(schemas) == 1:
            _emit_alternative(out, schemas[0][1], keys[id(record_of(schemas[0][1]))], at)
    out.add("")


def _emit_alternative(out: Source, schema: Chain | Record, key: str, at: At) -> None:
    record = record_of(schema)
    if isinstance(schema, Chain):
        _emit_chain(out, schema, key, counted=at.present is schema.count)
        return
    decoder = RecordDecoder(out, record, key, "payload", f"return {at.absent!r}")
    _emit_room(out, record, key, '"payload"', [f"return {at.absent!r}"])
    out.add(f"return {decoder.body()}")


def _emit_room(out: Source, record: Record, key: str, path: str, stop: list[str]) -> None:
    if record.fixed_size:
        with out.block(f"if at + {record.fixed_size} > limit:"):
            rule = "edge(len(data), header.data_size)"
            out.add(f"short(found, {path}, at, _{key.upper()}_0, limit, {rule})", *stop)


def _emit_chain(out: Source, chain: Chain, key: str, *, counted: bool) -> None:
    record = chain.record
    if chain.count is not None:
        out.add(f"left = {expression(chain.count)}")
        if not counted:
            with out.block("if not left:"):
                out.add("return ()")
    else:
        with out.block("if at == header.data_size:"):
            out.add("return ()")
    _emit_room(out, record, key, '"payload[0]"', ["return ()"])
    out.add("if len(data) > limit:", "    data = data[:limit]")
    out.add(f"values: list[{record.cls}] = []", "add = values.append")
    if chain.base == "first":
        out.add("first = at")
    with out.block("while True:"):
        decoder = RecordDecoder(out, record, key, "payload[{len(values)}]", "break")
        decoder.then = f"{'first' if chain.base == 'first' else 'at'} + next"
        out.add(f"add({decoder.body()})")
        if chain.count is not None:
            out.add("left -= 1")
        with out.block("if not left:" if chain.count is not None else "if not next:"):
            out.add("break")
        size = record.fixed_size
        if decoder.end not in {"end", BEHIND}:
            out.add(f"end = {decoder.end}")
        behind = "not nul" if decoder.end == BEHIND else "then < end"
        with out.block(f"if {behind} or next & {ALIGNMENT - 1} or then + {size} > limit:"):
            if decoder.end == BEHIND:
                out.add(f"end = {BEHIND}")
            if chain.full:
                with out.block("if end == header.data_size and header.flags & BUFFER_FULL:"):
                    out.add("break")
            offset = f"at + {record.offset_of('next')}"
            out.add('where = f"payload[{len(values) - 1}].next"', "rule = edge(len(data), header.data_size)")
            with out.block(f"if stray(found, where, {offset}, next, then, end, {size}, limit, rule):"):
                out.add("break")
        out.add("at = then")
    out.add("return tuple(values)")


def emit_frame(out: Source, record: Record, key: str) -> None:
    """Emit the decoder of a direct message: one `unpack` for each length it can have, the checks only if that fails."""
    fixed, payload = list(steps(record))
    assert fixed.run is not None
    assert isinstance(payload.subcon, Payload)
    names = [name for field in fixed.members for name in locals_of(field)]
    count, size, limit = payload.subcon.count, fixed.run.size, payload.subcon.limit
    formats = "".join(format_of(field) for field in fixed.members)
    value = f"{record.cls}({', '.join(arguments(record))})"
    out.add(
        f"{key}_frames = {{",
        f'    {size} + n: Struct(f"{{order}}{formats}{{n}}s").unpack for n in range({limit + 1})',
        "}",
        "",
    )
    with out.block(f"def decode_{key}(data: Buffer, found: Found = None) -> {record.cls}:"):
        with out.block("try:"):
            out.add(f"{', '.join(names)}, payload = {key}_frames[len(data)](data)")
            with out.block(f"if {count} == len(payload):"):
                out.add(f"return {value}")
        with out.block("except KeyError:"):
            out.add("pass")
        with out.block(f"if len(data) < {size}:"):
            out.add(
                f'short(found, "", 0, _{key.upper()}_0, len(data), "{record.cut}")',
                f"data = bytes(data) + bytes({size})",
            )
        out.add(f"{', '.join(names)} = {unpack_name(key, fixed)}(data, 0)")
        offset = next(offset for name, offset, _ in fixed.run.fields if name == count)
        out.add(f"payload = counted(found, data, {count}, {limit}, {size}, {offset})", f"return {value}")
    out.add("")
