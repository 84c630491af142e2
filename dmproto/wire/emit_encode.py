"""Straight-line encoders from the schemas: the checks as one condition, then one `pack`.

A condition that does not hold, and whatever `struct` refuses, is explained by `shape.check`, which walks the record's
shape for the first field that cannot be written.
"""

from __future__ import annotations

from dmproto.wire.emit import Source, Step, chains_of, expression, format_of, record_of, steps
from dmproto.wire.limits import ALIGNMENT, STRUCT_SIZE
from dmproto.wire.primitives import Align, CharArray, Payload, Text, Words
from dmproto.wire.records import At, Chain, Field, Record

SHORT = 16
_TROUBLE = "except TROUBLE:"


class RecordEncoder:
    """Emits the statements that make one record's bytes from `value`.

    Attributes:
        out: where the lines go.
        record: the record.
        key: the prefix of the record's names in the generated module.
        path: the expression of the record's path.
    """

    def __init__(self, out: Source, record: Record, key: str, path: str) -> None:
        self.out = out
        self.record = record
        self.key = key
        self.path = path

    @property
    def shape(self) -> str:
        """The name of the record's shape."""
        return f'SHAPES["{self.key}"]'

    def checked(self) -> None:
        """Emit the fields that must become bytes, and the condition under which the value cannot be written."""
        texts = [name for step in steps(self.record) for name in self._plain_texts(step)]
        self._bytes(texts)
        tests = [f"type(value) is not {self.record.cls}"]
        tests += [f"value.{name} is not None" for name in self.record.absent]
        for step in steps(self.record):
            for field in step.members:
                tests += self._field(field)
            if isinstance(step.subcon, Text):
                tests += self._text(step)
            elif isinstance(step.subcon, Words):
                self.out.add(f"{_name(step)} = value.{_name(step)}")
                tests.append(f"type({_name(step)}) is not tuple")
            elif isinstance(step.subcon, Payload):
                self.out.add("payload = value.payload", "size = len(payload)")
                tests.append("type(payload) is not bytes")
        self.out.add(f"if {' or '.join(tests)}:", f"    check({self.shape}, value, {self.path})")

    def _plain_texts(self, step: Step) -> list[str]:
        """The texts of a step that are always there and are not looked up in a table."""
        if isinstance(step.subcon, Text) and step.condition is None:
            return [_name(step)]
        return [str(field.name) for field in step.members if isinstance(field.subcon, CharArray) and not _short(field)]

    def _bytes(self, names: list[str]) -> None:
        if not names:
            return
        with self.out.block("try:"):
            self.out.add(*(f"{name} = value.{name}.encode()" for name in names))
        with self.out.block("except UnicodeEncodeError:"):
            self.out.add(*(f"{name} = escaped(value.{name})" for name in names))

    def _field(self, field: Field) -> list[str]:
        name = str(field.name)
        tests = []
        if _short(field):
            self.out.add(f"{name} = _BYTES_{field.subcon.size}_{field.subcon.written}[value.{name}]")
        elif isinstance(field.subcon, CharArray):
            tests += [f"len({name}) > {field.subcon.limit}", f"0 in {name}"]
        elif isinstance(field.subcon, Words):
            items = ", ".join(f"{name}_{item}" for item in range(field.subcon.count))
            self.out.add(f"{items} = value.{name}")
            tests.append(f"type(value.{name}) is not tuple")
        if field.within is not None:
            _, low, high, item = field.within
            target = f"value.{name}" if item is None else f"{name}_{item}"
            tests.append(f"{target} != {low}" if low == high else f"not {low} <= {target} <= {high}")
        return tests

    def _text(self, step: Step) -> list[str]:
        name, limit = _name(step), step.subcon.limit
        bound = [f"len({name}) > {limit}"] if limit is not None else []
        if step.condition is None:
            return [*bound, f"0 in {name}"]
        with self.out.block(f"if {expression(step.condition, 'value.')}:"):
            self._bytes([name])
            self.out.add(f"if {' or '.join([*bound, f'0 in {name}'])}:", f"    check({self.shape}, value, {self.path})")
        with self.out.block(f"elif value.{name} is not None:"):
            self.out.add(f"check({self.shape}, value, {self.path})")
        return []

    def values(self, members: tuple[Field, ...]) -> str:
        """The arguments of a run's `pack`."""
        arguments = []
        for field in members:
            name = str(field.name)
            if field.counts:
                arguments.append("size" if self.record.cut == "frame/short" else f"len({field.counts})")
            elif isinstance(field.subcon, CharArray):
                arguments.append(name)
            elif isinstance(field.subcon, Words):
                arguments += [f"{name}_{item}" for item in range(field.subcon.count)]
            else:
                arguments.append(f"value.{name}")
        return ", ".join(arguments)

    def piece(self, at: str) -> None:
        """Emit the record's bytes as `piece`, from offset `at` on."""
        started = False
        for step in steps(self.record):
            if isinstance(step.subcon, Align):
                self.out.add(f"piece += bytes(-({at} + len(piece)) % {step.subcon.to})")
                continue
            if step.run:
                part = f"{pack_name(self.key, step)}({self.values(step.members)})"
            elif isinstance(step.subcon, Text):
                part = f'{_name(step)} + b"\\0"'
            else:
                part = f'pack(f"{{order}}{{len({_name(step)})}}{step.subcon.word.code}", *{_name(step)})'
            if step.condition is not None:
                self.out.add(f"if {expression(step.condition, 'value.')}:", f"    piece += {part}")
            else:
                self.out.add(f"piece {'+=' if started else ': bytes ='} {part}".replace(" :", ":"))
            started = True


def _short(field: Field) -> bool:
    """Whether a field's texts are so short and few that a table of their bytes is faster than making them."""
    return isinstance(field.subcon, CharArray) and field.subcon.size <= SHORT


def _name(step: Step) -> str:
    assert step.field is not None
    return str(step.field.name)


def pack_name(key: str, step: Step) -> str:
    """The name of a run's `pack`."""
    return f"{key}_pack_{step.first}"


def tail_of(record: Record) -> Step | None:
    """The text of a record that is one run and a text: such a record is packed whole, its padding included."""
    run, *rest = list(steps(record))
    if run.run and len(rest) == 1 and isinstance(rest[0].subcon, Text):
        return rest[0]
    return None


def emit_structs(out: Source, record: Record, key: str) -> None:
    """Emit the compiled formats of a record's runs; a record of a run and a text has a table of them by text length."""
    for step in steps(record):
        if step.run:
            formats = "".join(format_of(field) for field in step.members)
            if tail_of(record):
                out.add(f'{pack_name(key, step)} = PackTable(order + "{formats}")')
            else:
                out.add(f'{pack_name(key, step)} = Struct(order + "{formats}").pack')


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
    run, name = next(steps(encoder.record)), _name(tail)
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
            need = f"{size + 1} + len({_name(tail)})" if tail else "len(piece)"
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
