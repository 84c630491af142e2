"""Hypothesis strategies for legal messages.

They draw all that the codec may take, not what is likely: odd places, slack between records, bits without a name.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from dmproto.wire import codec
from dmproto.wire.checks import text_of
from dmproto.wire.command import COMMANDS, Command
from dmproto.wire.dialects import DIALECTS
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import (
    DeviceMessage,
    Geometry,
    Header,
    MessageAnswer,
    NameList,
    Rename,
    TargetDeps,
    TargetMsg,
    TargetSpec,
    TargetVersions,
)
from dmproto.wire.limits import DATA_SIZE_MAX, FRAME_PAYLOAD_MAX, HEADER_SIZE, STRUCT_SIZE
from dmproto.wire.values import Reply, Request
from tests.wire.engines import Reading

U32: Final = st.integers(0, 2**32 - 1) | st.sampled_from((0, 1, 7, 8, 40, 304, 305, 311, 312, 2**31, 2**32 - 1))
S32: Final = st.integers(-(2**31), 2**31 - 1)
U64: Final = st.integers(0, 2**64 - 1) | st.sampled_from((0, 1, 2**32, 2**63, 2**64 - 1))
ORDERS: Final = st.sampled_from(("little", "big"))
UNKNOWN: Final = st.sampled_from(sorted(set(range(256)) - set(COMMANDS)))
NUMBERS: Final = st.sampled_from(sorted(COMMANDS)) | UNKNOWN
SLACK: Final = st.sampled_from((0, 0, 0, 8, 16, 256))
CONTROL: Final = tuple(command for command in Command if COMMANDS[command].door == "control")


def texts(limit: int = 40) -> st.SearchStrategy[str]:
    """Texts as the wire has them: any bytes but NUL, at most so many."""
    readable = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=limit)
    raw = st.binary(max_size=limit).map(lambda item: item.replace(b"\0", b" "))
    longest = st.just(b"n" * limit)
    return (readable.map(str.encode) | raw | longest).map(lambda item: text_of(item[:limit]))


class Case(NamedTuple):
    """A message that can be written, and how to read it back."""

    value: Any
    byteorder: str
    dialect: str = "rfc"

    @property
    def raw(self) -> bool:
        """Whether it is a message of a command that is not known."""
        return isinstance(self.value, Request | Reply) and not isinstance(self.value.command, Command)

    @property
    def bytes(self) -> bytes:
        """The message as bytes."""
        return codec.encode(self.value, byteorder=self.byteorder, dialect=self.dialect)[1]

    @property
    def reading(self) -> Reading:
        """How the bytes are read."""
        code = codec.encode(self.value, byteorder=self.byteorder, dialect=self.dialect)[0]
        kind = "reply" if isinstance(self.value, Reply) else "request"
        door = None if isinstance(self.value, DeviceMessage) or self.value.header is None else "control"
        return Reading(kind, code, self.byteorder, self.dialect, door)


def size_of(text: str) -> int:
    """The bytes of a text and its NUL."""
    return len(text.encode("utf-8", "surrogateescape")) + 1


def align(at: int) -> int:
    """The next multiple of eight."""
    return -(-at // 8) * 8


@st.composite
def headers(draw: st.DrawFn, /, **given: Any) -> Header:
    """Headers with these fields given, the others anything."""
    fields: dict[str, Any] = {
        "version": (4, draw(st.sampled_from((0, 36, 37, 44, 45, 47, 50)) | U32), draw(U32)),
        "data_size": draw(st.integers(HEADER_SIZE, DATA_SIZE_MAX) | st.sampled_from((HEADER_SIZE, STRUCT_SIZE))),
        "data_start": draw(U32),
        "target_count": draw(U32),
        "open_count": draw(S32),
        "flags": DmFlag(draw(U32)),
        "event_nr": draw(U32),
        "padding": draw(U32),
        "dev": draw(U64),
        "name": draw(texts(127)),
        "uuid": draw(texts(128)),
    }
    return Header(**(fields | given))


def _start(draw: st.DrawFn) -> int:
    return draw(st.sampled_from((312, 312, 305, 306, 311, 313, 320, 777)))


def _room(draw: st.DrawFn, end: int) -> int:
    return draw(st.just(end) | st.integers(end, end + 600) | st.integers(end, DATA_SIZE_MAX))


@st.composite
def singles(draw: st.DrawFn, name: str) -> tuple[Header, Any]:
    """A header and a payload that is one record."""
    start = _start(draw)
    flags = draw(U32)
    payload: Any
    match name:
        case "target_msg":
            payload = TargetMsg(draw(U64), draw(texts(200)))
            end = start + 8 + size_of(payload.message)
        case "rename":
            payload = Rename(draw(texts(128 if flags & DmFlag.UUID else 127)))
            end = start + size_of(payload.new_name)
        case "geometry":
            numbers = st.tuples(*[st.integers(0, 2**40)] * 4).map(lambda four: Geometry.of(*four).text)
            payload = Geometry(draw(texts() | numbers))
            end = start + size_of(payload.text)
        case "message_answer":
            payload = MessageAnswer(draw(texts(200)))
            end = start + size_of(payload.message)
        case _:
            payload = TargetDeps(draw(U32), tuple(draw(st.lists(U64, max_size=6))))
            end = start + 8 + 8 * payload.count
    return draw(headers(data_start=start, flags=DmFlag(flags), data_size=_room(draw, end))), payload


@st.composite
def loads(draw: st.DrawFn) -> tuple[Header, tuple[TargetSpec, ...]]:
    """A header and the targets of a table to load."""
    count = draw(st.integers(0, 5))
    at = start = draw(st.sampled_from((312, 320, 776)))
    records = []
    for index in range(count):
        parameters = draw(texts())
        end = at + 40 + size_of(parameters)
        step = align(end - at) + draw(SLACK) if index + 1 < count else draw(U32)
        records.append(TargetSpec(draw(U64), draw(U64), draw(S32), step, draw(texts(15)), parameters))
        at += step
    if not count:
        return draw(headers(target_count=0)), ()
    return draw(headers(data_start=start, target_count=count, data_size=_room(draw, end))), tuple(records)


@st.composite
def statuses(draw: st.DrawFn) -> tuple[Header, tuple[TargetSpec, ...]]:
    """A header and the targets of a table reported, perhaps cut short by a full buffer."""
    count = draw(st.integers(0, 5))
    start = end = at = _start(draw)
    records = []
    for _ in range(count):
        parameters = draw(texts())
        end = at + 40 + size_of(parameters)
        then = align(end - start) + draw(SLACK)
        records.append(TargetSpec(draw(U64), draw(U64), draw(S32), then, draw(texts(15)), parameters))
        at = start + then
    if not count and draw(st.booleans()):
        return draw(headers(data_size=HEADER_SIZE)), ()
    flags = draw(U32)
    if count and draw(st.booleans()):
        flags |= DmFlag.BUFFER_FULL
        total = count + draw(st.integers(0, 1000))
        return draw(headers(data_start=start, target_count=total, flags=DmFlag(flags), data_size=end)), tuple(records)
    if count and draw(st.booleans()):
        last = records[-1]
        records[-1] = TargetSpec(last.sector_start, last.length, last.status, draw(U32), last.target_type, parameters)
    size = max(HEADER_SIZE + 1, _room(draw, end))
    return draw(headers(data_start=start, target_count=count, flags=DmFlag(flags), data_size=size)), tuple(records)


def _tail(draw: st.DrawFn, minor: int) -> tuple[dict[str, Any], int]:
    if minor < 37:
        return {}, 0
    tail: dict[str, Any] = {"event_nr": draw(U32)}
    if minor < 45:
        return tail, 4
    tail["flags"] = draw(st.sampled_from((0, 1, 2)) | U32)
    if tail["flags"] & 1:
        tail["uuid"] = draw(texts(128))
        return tail, 8 + size_of(tail["uuid"])
    return tail, 8


@st.composite
def lists(draw: st.DrawFn, name: str) -> tuple[Header, Any]:
    """A header and a list of devices, as one interface version has it, or of target types; or none."""
    minor = draw(st.sampled_from((0, 36, 37, 44, 45, 47, 50)) | U32)
    version = (4, minor, draw(U32))
    if draw(st.integers(0, 9)) == 0:
        return draw(headers(version=version, data_size=HEADER_SIZE)), None
    count = draw(st.integers(0, 5))
    at = start = end = max(_start(draw), HEADER_SIZE + 1 if not count else 0)
    records: list[Any] = []
    for index in range(count):
        label = draw(texts(127 if name == "name_list" else 15))
        if name == "name_list":
            tail, size = _tail(draw, minor)
            end = at + 12 + size_of(label)
            end = align(end) + size if size else end
        else:
            end = at + 16 + size_of(label)
        step = align(end - at) + draw(SLACK) if index + 1 < count else 0
        if name == "name_list":
            records.append(NameList(draw(U64), step, label, **tail))
        else:
            records.append(TargetVersions(step, (draw(U32), draw(U32), draw(U32)), label))
        at += step
    size = _room(draw, end) if count else end
    return draw(headers(version=version, data_start=start, data_size=size)), tuple(records)


def payloads(name: str) -> st.SearchStrategy[tuple[Header, Any]]:
    """A header and the payload of this name."""
    if name == "table_load":
        return loads()
    if name == "table_status":
        return statuses()
    if name in ("name_list", "target_versions"):
        return lists(name)
    bare = headers(data_size=HEADER_SIZE).map(lambda header: (header, None))
    return singles(name) | bare if name in ("message_answer", "target_deps") else singles(name)


@st.composite
def controls(draw: st.DrawFn, name: str | None = None) -> Case:
    """Messages of the control node: of every command, known or not, or those that carry the payload of this name."""
    kind = draw(st.sampled_from((Request, Reply)))
    if name is not None:
        rows = [(k, c) for k in (Request, Reply) for c in CONTROL if codec.payload_name(k, c) == name]
        kind, command = draw(st.sampled_from(rows))
    elif draw(st.integers(0, 9)) == 0:
        raw = draw(st.binary(max_size=80))
        size = _room(draw, HEADER_SIZE + len(raw))
        return Case(kind(draw(UNKNOWN), draw(headers(data_size=size)), raw), draw(ORDERS))
    else:
        command = draw(st.sampled_from(CONTROL))
    found = codec.payload_name(kind, command)
    header, payload = draw(payloads(found)) if found else (draw(headers()), None)
    return Case(kind(command, header, payload), draw(ORDERS))


@st.composite
def frames(draw: st.DrawFn) -> Case:
    """Direct device messages of every dialect."""
    dialect = draw(st.sampled_from(sorted(DIALECTS)))
    word = S32 if dialect.startswith("csnap") else U32
    tag = None if dialect == "rfc-untagged" else draw(word)
    payload = draw(st.binary(max_size=FRAME_PAYLOAD_MAX))
    return Case(DeviceMessage(draw(word), tag, payload), draw(ORDERS), dialect)


def cases() -> st.SearchStrategy[Case]:
    """Every message there is."""
    return st.one_of(controls(), frames())
