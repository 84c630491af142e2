"""Straight-line decoders from the schemas: what is fixed in one `unpack`, what is not by `find` and slices.

The code does the checks in the schema's order and raises nothing itself on the way a good message takes; what is off
goes to `checks`, which raises, or notes and lets the code go on as the interpreted schema does.
"""

from __future__ import annotations

from dmproto.wire.emit.source import Source, Step, expression, format_of, locals_of, steps, text_name
from dmproto.wire.primitives import Align, CharArray, Flags, Text, Words
from dmproto.wire.records import Field, Record

BEHIND = "begin + len(raw) + 1"
"""Where a text ends that was cut out of the bytes before the next record."""


class RecordDecoder:
    """Emits the statements that read one record into locals and build its value.

    Attributes:
        out: where the lines go.
        record: the record.
        key: the prefix of the record's names in the generated module.
        path: an f-string's inside that names the record, `payload[{len(values)}]`.
        stop: the statement that gives up on the record in lenient decoding.
        then: in a chain, where the next record starts: the first text of a good record ends before it.
        end: where the record ends, once its body is emitted.
    """

    def __init__(self, out: Source, record: Record, key: str, path: str, stop: str) -> None:
        self.out = out
        self.record = record
        self.key = key
        self.path = path
        self.stop = stop
        self.then = ""
        self.end = ""

    def where(self, name: str) -> str:
        """The expression for a field's path."""
        path = f"{self.path}.{name}" if self.path else name
        return f'f"{path}"' if "{" in path else f'"{path}"'

    def body(self) -> str:
        """Emit the reading, and note in `end` where it ends; the answer is the expression of the record's value."""
        place = "at"
        for step in steps(self.record):
            if step.run:
                self._run(step, place)
                place = f"{place} + {step.run.size}"
            elif isinstance(step.subcon, Align):
                to = step.subcon.to
                self.out.add(f"spot = ({place} + {to - 1}) & -{to}")
                place = "spot"
            elif step.condition is not None:
                self.out.add(f"{text_name(step)} = None", f"end = {place}")
                with self.out.block(f"if {expression(step.condition)}:"):
                    self._text(step, place)
                place = "end"
            elif isinstance(step.subcon, Text):
                self._text(step, place)
                place = BEHIND if self.then else "end"
            else:
                assert isinstance(step.subcon, Words), "a payload stands in frames only"
                self._words(step, place)
        self.end = place
        return self.value()

    def _run(self, step: Step, place: str) -> None:
        run = step.run
        assert run is not None
        names = [name for field in step.members for name in locals_of(field)]
        if step.first:
            with self.out.block(f"if {place} + {run.size} > limit:"):
                rule = "edge(len(data), header.data_size)"
                path = f'f"{self.path}"'
                self.out.add(f"short(found, {path}, {place}, {run_name(self.key, step)}, limit, {rule})", self.stop)
        self.out.add(f"{', '.join(names)}{',' * (len(names) == 1)} = {unpack_name(self.key, step)}(data, {place})")
        self.fields(step, place)

    def fields(self, step: Step, place: str) -> None:
        """Emit the checks of a run's fields, and what makes texts of their bytes."""
        assert step.run is not None
        for field, (name, offset, _) in zip(step.members, step.run.fields, strict=True):
            self._fixed(field, str(name), f"{place} + {offset}" if place != "0" else str(offset))

    def _fixed(self, field: Field, name: str, offset: str) -> None:
        if field.within is not None:
            rule, low, high, item = field.within
            value = locals_of(field)[item or 0]
            test = f"{value} != {low}" if low == high else f"not {low} <= {value} <= {high}"
            whole = f"({', '.join(locals_of(field))})" if item is not None else value
            with self.out.block(f"if {test}:"):
                ends = f"low={low}, high={high}"
                self.out.add(f'fail(found, {self.where(name)}, {offset}, "{rule}", value={whole}, {ends})')
        if isinstance(field.subcon, CharArray):
            self._chars(field.subcon, name, offset)

    def _chars(self, chars: CharArray, name: str, offset: str) -> None:
        refusal = f'fail(found, {self.where(name)}, {offset}, "text/terminated", limit={offset} + {chars.size})'
        if chars.size <= 16:  # short and few: a table of the raw bytes is faster than any decoding
            self.out.add(f"{name} = {cache_name(chars)}[{name}_raw]")
            if chars.written == chars.size:
                with self.out.block(f"if {name} is None:"):
                    self.out.add(refusal, f"{name} = text_of({name}_raw)")
            return
        self.out.add(f'{name}_raw, nul, _ = {name}_raw.partition(b"\\0")')
        with self.out.block("if not nul:"):
            self.out.add(refusal)
        self._str(name, f"{name}_raw")

    def _str(self, name: str, raw: str) -> None:
        with self.out.block("try:"):
            self.out.add(f"{name} = {raw}.decode()")
        with self.out.block("except UnicodeDecodeError:"):
            self.out.add(f"{name} = text_of({raw})")

    def _text(self, step: Step, place: str) -> None:
        name, limit = text_name(step), step.subcon.limit
        if self.then and step.condition is None:
            self._bounded_text(name, limit, place)
            return
        begin = place if place == "at" else "begin"
        if place != "at":
            self.out.add(f"begin = {place}")
        self.out.add(f'stop = data.find(b"\\0", {begin}, limit)')
        with self.out.block("if stop < 0:"):
            where = self.where(name)
            self.out.add(
                f"unterminated(found, {where}, {begin}, limit, len(data), header.data_size)",
                "stop = limit",
            )
        if limit is not None:
            with self.out.block(f"elif stop - {begin} > {limit}:"):
                size = f"size=stop - {begin}, limit={limit}"
                self.out.add(f'fail(found, {self.where(name)}, {begin}, "text/limit", {size})')
        self.out.add("end = stop + 1")
        self._str(name, f"data[{begin}:stop]")

    def _bounded_text(self, name: str, limit: int | None, place: str) -> None:
        self.out.add(f"then = {self.then}", f"begin = {place}", 'raw, nul, _ = data[begin:then].partition(b"\\0")')
        with self.out.block("if not nul:"):
            self.out.add('stop = data.find(b"\\0", begin, limit)')
            with self.out.block("if stop < 0:"):
                where = self.where(name)
                self.out.add(f"unterminated(found, {where}, begin, limit, len(data), header.data_size)", "stop = limit")
            self.out.add("raw = data[begin:stop]")
        if limit is not None:
            refusal = f'fail(found, {self.where(name)}, begin, "text/limit", size=len(raw), limit={limit})'
            self.out.add(f"if len(raw) > {limit} and (nul or stop < limit):", f"    {refusal}")
        self._str(name, "raw")

    def _words(self, step: Step, place: str) -> None:
        name, words = text_name(step), step.subcon
        size = words.word.sizeof()
        self.out.add(f"begin = {place}", f"count = {expression(words.count)}", f"fits = (limit - begin) // {size}")
        with self.out.block("if count > fits:"):
            end = f"begin + fits * {size}"
            self.out.add(
                "rule = edge(len(data), header.data_size)",
                f'fail(found, f"{self.path}.{name}[{{fits}}]", {end}, rule, end={end} + {size}, limit=limit)',
                "count = fits",
            )
        self.out.add(f'{name} = unpack_from(f"{{order}}{{count}}{words.word.code}", data, begin)')

    def value(self) -> str:
        """The expression of the record's value."""
        return f"{self.record.cls}({', '.join(arguments(self.record))})"


def arguments(record: Record) -> list[str]:
    """The values of the class's fields, in the class's order: this form's own, and None for those it lacks."""
    own = {str(member.name): member for member in record.subcons if isinstance(member, Field) and not member.counts}
    arguments = []
    for name in class_fields(record):
        if name in record.absent:
            arguments.append("None")
        elif isinstance(own[name].subcon, Words) and own[name].fixed:
            arguments.append(f"({', '.join(locals_of(own[name]))})")
        elif isinstance(own[name].subcon, Flags):
            arguments.append(f"FLAGS[{name}]")
        else:
            arguments.append(name)
    return arguments


def class_fields(record: Record) -> list[str]:
    """The fields of a record's value class, in its order, those that this form lacks in their place."""
    own = [
        str(member.name)
        for member in record.subcons
        if isinstance(member, Field) and not member.counts and member.subcon.__class__.__name__ != "Room"
    ]
    if record.absent == ("tag",):  # the one field that a form lacks in the middle
        return [own[0], "tag", *own[1:]]
    return [*own, *record.absent]


def run_name(key: str, step: Step) -> str:
    """The name of a run's table of fields."""
    return f"_{key.upper()}_{step.first}"


def unpack_name(key: str, step: Step) -> str:
    """The name of a run's `unpack_from`."""
    return f"{key}_unpack_{step.first}"


def cache_name(chars: CharArray) -> str:
    """The name of the table of a short `char[]`."""
    return f"_NAMES_{chars.size}_{chars.written}"


def emit_structs(out: Source, record: Record, key: str) -> None:
    """Emit the compiled formats of a record's runs."""
    for step in steps(record):
        if step.run:
            formats = "".join(format_of(field) for field in step.members)
            out.add(f'{unpack_name(key, step)} = Struct(order + "{formats}").unpack_from')
