"""Encoders of whole things: the header, a payload at its place, a chain of records, a direct message."""

from __future__ import annotations

from dmproto.wire.chains import At, Chain
from dmproto.wire.emit.encode import RecordEncoder, pack_name, tail_of
from dmproto.wire.emit.source import Source, chains_of, expression, format_of, record_of, steps, text_name
from dmproto.wire.limits import ALIGNMENT, STRUCT_SIZE
from dmproto.wire.records import Record

_TROUBLE = "except TROUBLE:"


def emit_header(out: Source, record: Record, key: str) -> None:
    """Emit the encoder of the header: the whole C struct, its last bytes zero."""
    run = next(steps(record))
    formats = "".join(format_of(field) for field in run.members)
    out.add(f'{pack_name(key, run)} = Struct(order + "{formats}{STRUCT_SIZE - record.fixed_size}x").pack', "")
    with out.block(f"def encode_{key}(value: {record.cls}) -> bytes:"):
        encoder = RecordEncoder(out, record, key, '"header"')
        with out.block("try:"):
            encoder.checked()
            out.add(f"return {pack_name(key, run)}({encoder.values(run.members)})")
        with out.block(_TROUBLE):
            out.add(f'refuse({encoder.shape}, value, "header")')
    out.add("")


def emit_payload(out: Source, name: str, at: At, keys: dict[int, str]) -> None:
    """Emit the encoder of a payload: the bytes from `data_start` on."""
    schemas = chains_of(at.subcon)
    for _, schema in schemas if len(schemas) > 1 else ():
        function = f"write_{keys[id(record_of(schema))]}"
        with out.block(f"def {function}(header: Header, payload: Any, at: int, limit: int) -> bytes:"):
            _emit_alternative(out, schema, keys)
        out.add("")
    with out.block(f"def encode_{name}(header: Header, payload: Any) -> bytes:"):
        if at.present is not None:
            with out.block(f"if not ({expression(at.present)}):"):
                with out.block(f"if payload != {at.absent!r}:"):
                    out.add('absent(payload, "payload")')
                out.add('return b""')
        out.add("at, limit = header.data_start, header.data_size")
        tests = [f"at < {at.low}", "at > limit", *([f"at & {at.align - 1}"] if at.align > 1 else [])]
        out.add(f"if {' or '.join(tests)}:", f"    refuse_start(at, {at.low}, {at.align}, limit)")
        for condition, schema in schemas if len(schemas) > 1 else ():
            call = f"return write_{keys[id(record_of(schema))]}(header, payload, at, limit)"
            out.add(*([call] if condition is None else [f"if {expression(condition)}:", f"    {call}"]))
        if len(schemas) == 1:
            _emit_alternative(out, schemas[0][1], keys)
    out.add("")


def _emit_alternative(out: Source, schema: Chain | Record, keys: dict[int, str]) -> None:
    key = keys[id(record_of(schema))]
    if isinstance(schema, Chain):
        _emit_chain(out, schema, key)
    else:
        _emit_record(out, schema, key)


def _emit_record(out: Source, record: Record, key: str) -> None:
    encoder = RecordEncoder(out, record, key, '"payload"')
    out.add("value = payload")
    with out.block("try:"):
        encoder.checked()
        _emit_piece(encoder, "at", None)
    with out.block(_TROUBLE):
        out.add(f'refuse({encoder.shape}, value, "payload")')
    out.add(
        "if at + len(piece) > limit:",
        '    raise EncodeError("header.data_size", "payload/bounds", end=at + len(piece), limit=limit)',
        "return piece",
    )


def _emit_piece(encoder: RecordEncoder, at: str, room: str | None) -> None:
    tail = tail_of(encoder.record)
    if tail is None:
        encoder.piece(at)
        return
    run, name = next(steps(encoder.record)), text_name(tail)
    table = pack_name(encoder.key, run)
    values = encoder.values(run.members).replace("value.next", "next")
    encoder.out.add(f"piece = {table}[{room or f'len({name}) + 1'}]({values}, {name})")


def _emit_chain(out: Source, chain: Chain, key: str) -> None:
    record, size = chain.record, chain.record.fixed_size
    encoder = RecordEncoder(out, record, key, 'f"payload[{len(pieces)}]"')
    tail = tail_of(record)
    out.add("if type(payload) is not tuple:", '    row(payload, "payload", None)')
    out.add("pieces: list[bytes] = []", "add = pieces.append", f"most = limit - {size}")
    if chain.base == "first":
        out.add("first = at")
    out.add("left = len(payload)")
    with out.block("for value in payload:"):
        with out.block("try:"):
            encoder.checked()
            if tail is None:
                encoder.piece("at")
            need = f"{size + 1} + len({text_name(tail)})" if tail else "len(piece)"
            room = "next" if chain.base == "record" else "then - at"
            out.add("next = value.next", "left -= 1")
            with out.block("if left:"):
                out.add(f"then = {'first' if chain.base == 'first' else 'at'} + next")
                with out.block(f"if {room} < {need} or next & {ALIGNMENT - 1} or then > most:"):
                    out.add(f"check({encoder.shape}, value, {encoder.path})")
                    out.add(f"refuse_step(len(pieces), next, then, at + {need}, {size}, limit)")
                if tail:
                    _emit_piece(encoder, "at", f"{room} - {size}")
                else:
                    out.add(f'piece = piece.ljust({room}, b"\\0")')
            with out.block("else:"):
                out.add(f"then = at + {need}")
                with out.block(f"if then > limit{' or next' if chain.count is None else ''}:"):
                    out.add(
                        f"check({encoder.shape}, value, {encoder.path})", "refuse_last(len(pieces), next, then, limit)"
                    )
                if tail:
                    _emit_piece(encoder, "at", None)
        with out.block(_TROUBLE):
            out.add(f"refuse({encoder.shape}, value, {encoder.path})")
        out.add("add(piece)", "at = then")
    if chain.count is None:
        with out.block("if not pieces and at != limit:"):
            out.add('raise EncodeError("header.data_size", "chain/empty", value=limit, start=at)')
    else:
        out.add(f"count = {expression(chain.count)}")
        spared = " and not (count > len(pieces) and header.flags & BUFFER_FULL and at == limit)" if chain.full else ""
        with out.block(f"if count != len(pieces){spared}:"):
            out.add('raise EncodeError("header.target_count", "chain/count", wanted=len(pieces), got=count)')
    out.add('return b"".join(pieces)')


def emit_frame(out: Source, record: Record, key: str) -> None:
    """Emit the encoder of a direct message: one `pack` for each length its payload can have."""
    fixed, payload = list(steps(record))
    formats = "".join(format_of(field) for field in fixed.members)
    limit = payload.subcon.limit
    out.add(
        f'{key}_packs = tuple(Struct(f"{{order}}{formats}{{n}}s").pack for n in range({limit + 1}))',
        "",
    )
    with out.block(f"def encode_{key}(value: {record.cls}) -> bytes:"):
        encoder = RecordEncoder(out, record, key, '""')
        with out.block("try:"):
            encoder.checked()
            out.add(f"return {key}_packs[size]({encoder.values(fixed.members)}, payload)")
        with out.block("except (*TROUBLE, IndexError):"):
            out.add(f'refuse({encoder.shape}, value, "")')
    out.add("")
