"""Straight-line encoders from the schemas: the checks as one condition, then one `pack`.

A condition that does not hold, and whatever `struct` refuses, is explained by `shape.check`, which walks the record's
shape for the first field that cannot be written.
"""

from __future__ import annotations

from dmproto.wire.emit.source import Source, Step, expression, format_of, steps, text_name
from dmproto.wire.primitives import Align, CharArray, Payload, Text, Words
from dmproto.wire.records import Field, Record

SHORT = 16


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
                self.out.add(f"{text_name(step)} = value.{text_name(step)}")
                tests.append(f"type({text_name(step)}) is not tuple")
            elif isinstance(step.subcon, Payload):
                self.out.add("payload = value.payload", "size = len(payload)")
                tests.append("type(payload) is not bytes")
        self.out.add(f"if {' or '.join(tests)}:", f"    check({self.shape}, value, {self.path})")

    def _plain_texts(self, step: Step) -> list[str]:
        """The texts of a step that are always there and are not looked up in a table."""
        if isinstance(step.subcon, Text) and step.condition is None:
            return [text_name(step)]
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
            self.out.add(f"{name} = value.{name}", f"{items} = {name}")
            tests.append(f"type({name}) is not tuple")
        if field.within is not None:
            _, low, high, item = field.within
            target = name if item is None else f"{name}_{item}"
            if item is None:
                self.out.add(f"{name} = value.{name}")
            tests.append(f"{target} != {low}" if low == high else f"not {low} <= {target} <= {high}")
        return tests

    def _text(self, step: Step) -> list[str]:
        name, limit = text_name(step), step.subcon.limit
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
                arguments.append(name if field.within else f"value.{name}")
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
                part = f'{text_name(step)} + b"\\0"'
            else:
                part = f'pack(f"{{order}}{{len({text_name(step)})}}{step.subcon.word.code}", *{text_name(step)})'
            if step.condition is not None:
                self.out.add(f"if {expression(step.condition, 'value.')}:", f"    piece += {part}")
            else:
                self.out.add(f"piece {'+=' if started else ': bytes ='} {part}".replace(" :", ":"))
            started = True


def _short(field: Field) -> bool:
    """Whether a field's texts are so short and few that a table of their bytes is faster than making them."""
    return isinstance(field.subcon, CharArray) and field.subcon.size <= SHORT


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
