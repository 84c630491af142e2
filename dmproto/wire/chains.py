"""How records make chains, and a header says where a payload starts.

Declarations and, like the primitives, interpreted parsers and builders.
"""

from __future__ import annotations

import io
from typing import Any

from construct import Construct, Container

from dmproto.errors import EncodeError
from dmproto.wire import checks
from dmproto.wire.flags import DmFlag
from dmproto.wire.limits import HEADER_SIZE
from dmproto.wire.primitives import field_path
from dmproto.wire.records import Record


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
