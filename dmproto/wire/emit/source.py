"""What both emitters share: indented source text, expressions, and the parts of a record as they follow one another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from construct import IfThenElse

from dmproto.wire.chains import Chain
from dmproto.wire.primitives import Align, CharArray, Flags, Payload, Room, Text, Word, Words
from dmproto.wire.records import Field, Record, Run


class Source:
    """Lines of Python, indented as they are added."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 0

    def add(self, *lines: str) -> None:
        """Add lines at the present depth; an empty one is a blank line."""
        self.lines.extend("    " * self.depth + line if line else "" for line in lines)

    def block(self, head: str) -> Block:
        """Add `head` and indent what is added inside the `with`."""
        self.add(head)
        return Block(self)

    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines) + "\n"


class Block:
    """The indented part under a head."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def __enter__(self) -> None:
        self.source.depth += 1

    def __exit__(self, *_: object) -> None:
        self.source.depth -= 1


class Step(NamedTuple):
    """One thing to read or write: a run of fixed members, or a single variable one.

    Attributes:
        first: index of its first member in the record.
        run: the run, if it is one.
        members: the run's fields.
        field: the single member's field, if it has a name.
        subcon: the single member.
        condition: an expression over the record; the member is there only where it holds.
    """

    first: int
    run: Run | None = None
    members: tuple[Field, ...] = ()
    field: Field | None = None
    subcon: Any = None
    condition: Any = None


def steps(record: Record) -> Iterator[Step]:
    """The record as runs and variable members, in order.

    Raises:
        TypeError: a member is of a kind that no code is made for.
    """
    runs = record.runs
    covered = 0
    for index, member in enumerate(record.subcons):
        if index < covered:
            continue
        if index in runs:
            covered = index + len(runs[index].fields)
            yield Step(index, run=runs[index], members=tuple(record.subcons[index:covered]))
            continue
        field = member if isinstance(member, Field) else None
        subcon = field.subcon if field else member
        if isinstance(subcon, IfThenElse):
            yield Step(index, field=field, subcon=subcon.thensubcon, condition=subcon.condfunc)
        elif isinstance(subcon, Text | Payload | Align | Words):
            yield Step(index, field=field, subcon=subcon)
        elif not isinstance(subcon, Room):  # that one counts in sizeof and is not read
            raise TypeError(f"{record.c_name}: no code is made for {subcon!r}")


def text_name(step: Step) -> str:
    """The field of a variable step."""
    assert step.field is not None
    return str(step.field.name)


def format_of(field: Field, order: str = "") -> str:
    """The `struct` format of a fixed field."""
    subcon = field.subcon
    if isinstance(subcon, CharArray):
        return f"{order}{subcon.size}s"
    if isinstance(subcon, Words):
        return f"{order}{subcon.count}{subcon.word.code}"
    return f"{order}{(subcon.subcon if isinstance(subcon, Flags) else subcon).code}"


def locals_of(field: Field) -> list[str]:
    """The local names a fixed field is unpacked to."""
    name = str(field.name)
    if isinstance(field.subcon, Words):
        return [f"{name}_{item}" for item in range(field.subcon.count)]
    return [f"{name}_raw" if isinstance(field.subcon, CharArray) else name]


def expression(condition: Any, record: str = "") -> str:
    """A construct expression as Python: `this.x` is a local or, with `record`, its attribute; or it is the header's."""
    text = repr(condition).replace("this['_params']['header']", "header")
    text = re.sub(r"this\['(\w+)'\]", rf"{record}\1", text)
    text = re.sub(r"\['(\w+)'\]", r".\1", text)
    return text[1:-1] if text.startswith("(") else text


def chains_of(schema: Any) -> list[Any]:
    """The alternatives of a payload, in the order in which their conditions are tried: (condition or None, schema)."""
    if isinstance(schema, IfThenElse):
        return [(schema.condfunc, schema.thensubcon), *chains_of(schema.elsesubcon)]
    return [(None, schema)]


def record_of(schema: Any) -> Record:
    """The record of a payload alternative."""
    record = schema.record if isinstance(schema, Chain) else schema
    assert isinstance(record, Record)
    return record


def python_type(field: Field) -> str:
    """The type of a field's value."""
    subcon = field.subcon
    if isinstance(subcon, IfThenElse):
        subcon = subcon.thensubcon
    match subcon:
        case Flags():
            return subcon.word.__name__
        case CharArray() | Text():
            return "str"
        case Payload():
            return "bytes"
        case Words(count=int()):
            return f"tuple[{', '.join(['int'] * subcon.count)}]"
        case Words():
            return "tuple[int, ...]"
        case Word():
            return "int"
        case _:
            raise TypeError(f"no type is known for {subcon!r}")
