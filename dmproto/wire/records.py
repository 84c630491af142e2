"""How primitives make records: fields with their facts, and the structs made of them.

Declarations and, like the primitives, interpreted parsers and builders. A record parses to a plain `dict` and builds
from the value class of its name; neither knows the generated code.
"""

from __future__ import annotations

import io
from typing import Any, NamedTuple

from construct import Container, IfThenElse, Renamed, Struct

from dmproto.errors import EncodeError
from dmproto.wire import checks
from dmproto.wire.primitives import CharArray, Flags, Word, Words, field_path


class Within(NamedTuple):
    """A constraint on a number: `low <= value <= high`, else `rule`; `item` picks one of a row."""

    rule: str
    low: int
    high: int
    item: int | None = None

    def holds(self, value: Any) -> bool:
        """Whether the constraint holds."""
        return bool(self.low <= (value if self.item is None else value[self.item]) <= self.high)

    @property
    def ends(self) -> dict[str, int]:
        """Both ends, as the rule's sentence names them."""
        return {"low": self.low, "high": self.high}


class Field(Renamed):
    """A named member of a record, with its facts; construct has room for one string only.

    Attributes:
        doc: what it says, in one line.
        direction: `in`, `out` or `in/out`, seen from the kernel.
        since: the interface version it appeared in.
        default: its value where a program gives none.
        within: the constraint on it, if there is one.
        counts: the field whose length it is; such a field is written, and is no part of the value.
    """

    def __init__(
        self,
        name: str,
        subcon: Any,
        doc: str,
        *,
        direction: str = "in/out",
        since: tuple[int, int, int] = (4, 0, 0),
        default: Any = None,
        within: Within | None = None,
        counts: str | None = None,
    ) -> None:
        super().__init__(subcon, newname=name, newdocs=doc)
        self.doc = doc
        self.direction = direction
        self.since = since
        self.default = default
        self.within = within
        self.counts = counts

    @property
    def fixed(self) -> bool:
        """Whether it has one size wherever it stands."""
        subcon = self.subcon
        return isinstance(subcon, Word | Flags | CharArray) or (
            isinstance(subcon, Words) and not callable(subcon.count)
        )

    def _parse(self, stream: io.BytesIO, context: Container, path: str) -> Any:
        at = stream.tell()
        value = super()._parse(stream, context, path)
        if self.within is not None and not self.within.holds(value):
            where = field_path(f"{path} -> {self.name}")
            checks.fail(context._params.found, where, at, self.within.rule, value=value, **self.within.ends)
        return value

    def _build(self, obj: Any, stream: io.BytesIO, context: Container, path: str) -> Any:
        built = super()._build(obj, stream, context, path)
        if self.within is not None and not self.within.holds(built):
            where = field_path(f"{path} -> {self.name}")
            raise EncodeError(where, self.within.rule, value=built, **self.within.ends)
        return built


class Run(NamedTuple):
    """Consecutive members of one size, read in one go: each as (name, offset in the run, size)."""

    fields: tuple[tuple[str, int, int], ...]
    size: int


class Record(Struct):
    """A C struct, with the variable parts that follow it.

    Attributes:
        c_name: its name in C, or ours where C has none.
        cls: the name of its value class.
        doc: what it is.
        absent: fields of the value class that this form of the record does not have.
        cut: the rule where the bytes end inside a run; None for the edge of the message.
        padded: lenient decoding reads what is missing as zeros.
    """

    def __init__(
        self,
        c_name: str,
        cls: str,
        doc: str,
        *members: Any,
        absent: tuple[str, ...] = (),
        cut: str | None = None,
        padded: bool = False,
    ) -> None:
        super().__init__(*members)
        self.c_name = c_name
        self.cls = cls
        self.doc = doc
        self.absent = absent
        self.cut = cut
        self.padded = padded

    @property
    def runs(self) -> dict[int, Run]:
        """The record's runs, by the index of their first member."""
        found: dict[int, Run] = {}
        start = None
        for index, member in enumerate(self.subcons):
            if not (isinstance(member, Field) and member.fixed):
                start = None
                continue
            start = index if start is None else start
            run = found.get(start, Run((), 0))
            size = member.sizeof()
            found[start] = Run((*run.fields, (str(member.name), run.size, size)), run.size + size)
        return found

    @property
    def fixed_size(self) -> int:
        """The size of the leading run: what C's struct has before its flexible member."""
        return self.runs[0].size if 0 in self.runs else 0

    def offset_of(self, name: str) -> int:
        """Where a field of the leading run stands."""
        return next(offset for field, offset, _ in self.runs[0].fields if field == name)

    def _parse(self, stream: io.BytesIO, context: Container, path: str) -> dict[str, Any]:
        params, runs = context._params, self.runs
        inner = Container(_params=params)
        for index, member in enumerate(self.subcons):
            run, at = runs.get(index), stream.tell()
            if run and at + run.size > params.limit:
                checks.short(params.found, field_path(path), at, run.fields, params.limit, self.cut or params.edge)
                if not self.padded:
                    raise checks.Unreadable
                stream.seek(0, io.SEEK_END)
                stream.write(bytes(run.size))
                stream.seek(at)
            value = member._parsereport(stream, inner, path)
            if member.name:
                inner[member.name] = value
        return {
            "class": self.cls,
            **{
                str(member.name): inner[member.name]
                for member in self.subcons
                if member.name and not getattr(member, "counts", None) and inner[member.name] is not None
            },
        }

    def _build(self, obj: Any, stream: io.BytesIO, context: Container, path: str) -> Any:
        where = field_path(path)
        if type(obj).__name__ != self.cls:
            raise EncodeError(where, "value/type", wanted=self.cls, got=type(obj).__name__)
        for name in self.absent:
            if getattr(obj, name) is not None:
                checks.misplaced(getattr(obj, name), field_path(f"{path} -> {name}"))
        inner = Container(_params=context._params)
        for member in self.subcons:
            counts = getattr(member, "counts", None)
            if counts:
                value: Any = len(getattr(obj, counts)) if isinstance(getattr(obj, counts), tuple | bytes) else 0
            else:
                value = getattr(obj, member.name) if member.name and hasattr(obj, member.name) else None
            if isinstance(member.subcon if member.name else member, IfThenElse) and not member.subcon.condfunc(inner):
                if value is not None:
                    checks.misplaced(value, field_path(f"{path} -> {member.name}"))
                continue
            if member.name:
                inner[member.name] = value
            member._build(value, stream, inner, path)
        return obj
