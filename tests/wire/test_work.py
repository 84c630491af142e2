"""Hostile chains and counts cost no more than their bytes are worth; measured in steps and memory, not in time."""

from __future__ import annotations

import struct
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, Final, Self

import pytest

from dmproto.errors import DecodeError
from dmproto.wire import codec, generated
from dmproto.wire.command import Command
from dmproto.wire.generated import Header, NameList, TargetDeps, TargetMsg, TargetSpec, TargetVersions
from dmproto.wire.values import Reply, Request

START: Final = 312
SIZES: Final = (1 << 10, 1 << 13, 1 << 16)
LARGEST: Final = 2**32 - 1

SPEC: Final = struct.Struct("<QQiI16s")
NAME: Final = struct.Struct("<QI")
VERSIONS: Final = struct.Struct("<I3I")


def message(body: bytes, count: int = 0) -> bytes:
    """A header, then these bytes."""
    header = Header((4, 47, 0), START + len(body), target_count=count)
    return codec.encode(Request(Command.VERSION, header), byteorder="little")[1] + body


def load(size: int, step: Callable[[int], int]) -> bytes:
    """Targets of 48 bytes each, four billion by the header, that name `step(index)` as the way to the next."""
    count = (size - START) // 48
    return message(b"".join(SPEC.pack(0, 1, 0, step(i), b"zero") + bytes(8) for i in range(count)), LARGEST)


def names(size: int, step: Callable[[int], int], name: bytes = b"n\0\0\0") -> bytes:
    """Devices of 32 bytes each."""
    count = (size - START) // 32
    return message(b"".join(NAME.pack(1, step(i)) + name.ljust(20, name[-1:]) for i in range(count)))


def versions(size: int, step: Callable[[int], int]) -> bytes:
    """Target types of 24 bytes each."""
    count = (size - START) // 24
    return message(b"".join(VERSIONS.pack(step(i), 1, 0, 0) + b"t".ljust(8, b"\0") for i in range(count)))


def deps(size: int) -> bytes:
    """Some devices that are used, and four billion by their count."""
    return message(struct.pack("<II", LARGEST, 0) + bytes((size - START - 8) // 8 * 8))


Read = Callable[..., Any]
LOAD: Final = (Command.TABLE_LOAD, codec.decode_request)
STATUS: Final = (Command.TABLE_STATUS, codec.decode_reply)
DEVICES: Final = (Command.LIST_DEVICES, codec.decode_reply)
TYPES: Final = (Command.LIST_VERSIONS, codec.decode_reply)
DEPS: Final = (Command.TABLE_DEPS, codec.decode_reply)

Hostile = tuple[tuple[Command, Read], Callable[[int], bytes], str]
HOSTILE: Final[dict[str, Hostile]] = {
    "a record that is its own next": (LOAD, lambda n: load(n, lambda _: 0), "chain/advance"),
    "a next into its own record": (LOAD, lambda n: load(n, lambda _: 8), "chain/advance"),
    "a next that wraps": (LOAD, lambda n: load(n, lambda i: 48 if i < 9 else 2**32 - 48), "payload/bounds"),
    "steps out of step": (LOAD, lambda n: load(n, lambda _: 49), "chain/aligned"),
    "four billion targets": (LOAD, lambda n: load(n, lambda _: 48), "payload/bounds"),
    "status that goes in circles": (STATUS, lambda n: load(n, lambda _: 48), "chain/advance"),
    "status that turns back": (STATUS, lambda n: load(n, lambda i: 48 * (i + 1) if i < 9 else 0), "chain/advance"),
    "status without an end": (STATUS, lambda n: load(n, lambda i: 48 * (i + 1)), "payload/bounds"),
    "devices that overlap": (DEVICES, lambda n: names(n, lambda _: 8), "chain/advance"),
    "devices without an end": (DEVICES, lambda n: names(n, lambda _: 32), "payload/bounds"),
    "names that run on": (DEVICES, lambda n: names(n, lambda _: 32, b"n"), "chain/advance"),
    "types without an end": (TYPES, lambda n: versions(n, lambda _: 24), "payload/bounds"),
    "types in a loop": (TYPES, lambda n: versions(n, lambda i: 24 if i < 9 else 2**32 - 216), "payload/bounds"),
    "four billion devices used": (DEPS, deps, "payload/bounds"),
}


class Steps:
    """Counts function calls, C's among them, and lines, in the generated module while it runs."""

    def __init__(self) -> None:
        self.calls = 0
        self.lines = 0

    def __enter__(self) -> Self:
        self._trace = sys.gettrace()
        sys.setprofile(self._call)
        sys.settrace(self._line)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        sys.settrace(self._trace)

    def _call(self, _frame: FrameType, event: str, _arg: object) -> None:
        self.calls += event in ("call", "c_call")

    def _line(self, frame: FrameType, event: str, _arg: object) -> Any:
        if frame.f_globals["__name__"] == generated.__name__:
            self.lines += event == "line"
            return self._line
        return None


def run(how: tuple[Command, Read], data: bytes, *, strict: bool) -> tuple[Any, str | None]:
    """The value, or the rule it is refused by."""
    command, read = how
    try:
        return read(command.code(), data, byteorder="little", strict=strict), None
    except DecodeError as error:
        return None, error.rule


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("name", HOSTILE)
def test_work_grows_with_the_bytes_and_no_faster(name: str, strict: bool) -> None:
    how, make, rule = HOSTILE[name]
    for size in SIZES:
        data = make(size)
        run(how, data, strict=strict)  # fills the tables that are kept between calls
        with Steps() as steps:
            _, ended = run(how, data, strict=strict)
        assert ended == (rule if strict else None)
        # a record takes at least 13 bytes, a handful of calls and some twenty lines
        assert steps.calls < 40 + size
        assert steps.lines < 60 + 2 * size


@pytest.mark.parametrize("name", HOSTILE)
def test_memory_grows_with_the_bytes_and_no_faster(name: str) -> None:
    how, make, _ = HOSTILE[name]
    for size in SIZES:
        data = make(size)
        tracemalloc.start()
        try:
            run(how, data, strict=False)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 20_000 + 40 * size


def records(payload: Any) -> Iterator[Any]:
    """The records of a payload."""
    yield from payload if isinstance(payload, tuple) else (payload,)


@pytest.mark.parametrize("name", HOSTILE)
def test_lenient_decoding_notes_no_more_than_the_records_it_read(name: str) -> None:
    how, make, _ = HOSTILE[name]
    for size in SIZES:
        value, _ = run(how, make(size), strict=False)
        found = sum(
            isinstance(item, TargetSpec | NameList | TargetVersions | TargetDeps) for item in records(value.payload)
        )
        assert found <= size // 13
        assert len(value.anomalies) <= 3 * found + 3


def test_encoding_never_allocates_to_data_size() -> None:
    value = Request(Command.TARGET_MSG, Header(data_size=1 << 30), TargetMsg(0, "m"))
    tracemalloc.start()
    try:
        _, data = codec.encode(value)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(data) == START + 8 + 2
    assert peak < 20_000


def test_a_message_whose_rest_is_not_there_is_read_without_it() -> None:
    value = Reply(
        Command.TABLE_STATUS, Header(data_size=1 << 30, target_count=1), (TargetSpec(1, 2, target_type="zero"),)
    )
    code, data = codec.encode(value)
    assert len(data) == START + 41
    assert codec.decode_reply(code, data) == value


@pytest.mark.parametrize("table", ["flags", "names", "packs", "bytes"])
def test_tables_kept_between_calls_are_bounded(table: str) -> None:
    from dmproto.wire.checks import NameCache
    from dmproto.wire.flags import DmFlag, FlagCache
    from dmproto.wire.tables import ByteCache, PackTable

    kept: dict[Any, Any]
    if table == "flags":
        kept = FlagCache(DmFlag)
        assert [kept[number] for number in range(5000)] == list(range(5000))
        assert len(kept) == FlagCache.LIMIT
    elif table == "names":
        kept = NameCache(16, 16)
        raw = [b"%015d\0" % number for number in range(1100)]
        assert [kept[item] for item in raw] == [item[:15].decode() for item in raw]
        assert len(kept) == NameCache.LIMIT
    elif table == "bytes":
        kept = ByteCache(15)
        assert [kept[str(number)] for number in range(1100)] == [b"%d" % number for number in range(1100)]
        assert len(kept) == ByteCache.LIMIT
    else:
        kept = PackTable("<I")
        assert all(len(kept[room](1, b"x")) == 4 + room for room in range(1100))
        assert len(kept) == PackTable.LIMIT
