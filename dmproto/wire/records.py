"""How primitives make records, records make chains, and a header says where a payload starts.

Declarations and, like the primitives, interpreted parsers and builders. A record parses to a plain `dict` and builds
from the value class of its name; neither knows the generated code.
"""

from __future__ import annotations

import io
from typing import Any, NamedTuple

from construct import Construct, Container, IfThenElse, Renamed, Struct

from dmproto.errors import EncodeError
from dmproto.wire import checks
from dmproto.wire.flags import DmFlag
from dmproto.wire.limits import HEADER_SIZE
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


class Chain(Construct):
    """Records, each of which says where the next one starts; construct's `GreedyRange` swallows every error.

    A step leads forward, past the end of the record it starts from: so a chain without an end, backward or overlapping
    ends in an error after no more work than its bytes are worth.

    Attributes:
        record: the record.
        count: an expression for how many there are; None where a `next` of 0 is the last.
        base: `record` or `first`: what `next` counts from.
        full: the chain may stop short of `count` where DM_BUFFER_FULL_FLAG is set and the message ends with a record.
    """

    def __init__(self, record: Record, *, count: Any = None, base: str = "record", full: bool = False) -> None:
        super().__init__()
        self.record = record
        self.count = count
        self.base = base
        self.full = full

    def _full(self, context: Container, end: int) -> bool:
        header = context._params.header
        return self.full and bool(header.flags & DmFlag.BUFFER_FULL) and end == header.data_size

    def _parse(self, stream: io.BytesIO, context: Container, path: str) -> tuple[Any, ...]:
        params, found = context._params, context._params.found
        values: list[dict[str, Any]] = []
        count = self.count(context) if self.count else None
        first = at = stream.tell()
        if count == 0 or (count is None and at == params.header.data_size):
            return ()
        while True:
            where = f"{path} -> [{len(values)}]"
            try:
                value = self.record._parsereport(stream, context, where)
            except checks.Unreadable:
                break
            values.append(value)
            end = stream.tell()
            if len(values) == count or (count is None and not value["next"]) or self._full(context, end):
                break
            then = (first if self.base == "first" else at) + value["next"]
            where, offset = field_path(where) + ".next", at + self.record.offset_of("next")
            fixed = self.record.fixed_size
            if checks.stray(found, where, offset, value["next"], then, end, fixed, params.limit, params.edge):
                break
            at = stream.seek(then)
        return tuple(values)

    def _build(self, obj: Any, stream: io.BytesIO, context: Container, path: str) -> Any:
        header = context._params.header
        checks.row(obj, field_path(path), None)
        first = at = end = stream.tell()
        for index, value in enumerate(obj):
            where = f"{path} -> [{index}]"
            self.record._build(value, stream, context, where)
            end = stream.tell()
            if index + 1 == len(obj):
                if end > header.data_size or (self.count is None and value.next):
                    checks.refuse_last(index, value.next, end, header.data_size)
                break
            then = (first if self.base == "first" else at) + value.next
            checks.refuse_step(index, value.next, then, end, self.record.fixed_size, header.data_size)
            at = stream.seek(then)
        if self.count is None and not obj and at != header.data_size:
            raise EncodeError("header.data_size", "chain/empty", value=header.data_size, start=at)
        count = self.count(context) if self.count else len(obj)
        if count != len(obj) and not (count > len(obj) and self._full(context, end)):
            raise EncodeError("header.target_count", "chain/count", wanted=len(obj), got=count)
        return obj


class At(Construct):
    """A payload, at the header's `data_start`.

    Attributes:
        subcon: the payload.
        low: the least `data_start` the strictest kernel takes.
        align: what it must be a multiple of.
        present: an expression for whether there is a payload; None for always.
        absent: the value where there is none.
    """

    def __init__(
        self, subcon: Any, *, low: int = HEADER_SIZE, align: int = 1, present: Any = None, absent: Any = None
    ) -> None:
        super().__init__()
        self.subcon = subcon
        self.low = low
        self.align = align
        self.present = present
        self.absent = absent

    def _parse(self, stream: io.BytesIO, context: Container, path: str) -> Any:
        params, start = context._params, context._params.header.data_start
        if self.present and not self.present(context):
            return self.absent
        if checks.check_start(params.found, start, self.low, self.align, params.limit, params.edge):
            return self.absent
        stream.seek(start)
        try:
            return self.subcon._parsereport(stream, context, path)
        except checks.Unreadable:
            return self.absent

    def _build(self, obj: Any, stream: io.BytesIO, context: Container, path: str) -> Any:
        header = context._params.header
        if self.present and not self.present(context):
            if obj != self.absent:
                checks.misplaced(obj, field_path(path))
            return obj
        checks.refuse_start(header.data_start, self.low, self.align, header.data_size)
        stream.seek(header.data_start)
        self.subcon._build(obj, stream, context, path)
        if stream.tell() > header.data_size:
            raise EncodeError("header.data_size", "payload/bounds", end=stream.tell(), limit=header.data_size)
        return obj
