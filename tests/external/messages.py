"""Hypothesis strategies for whole messages: any numbers, any flags, odd bytes in every string."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from dmproto import (
    DeviceMessage,
    DmFlag,
    Geometry,
    Header,
    MessageAnswer,
    NameList,
    Rename,
    Reply,
    Request,
    TargetDeps,
    TargetMsg,
    TargetSpec,
    TargetVersions,
    encode,
)
from dmproto.wire.command import Command
from dmproto.wire.limits import DATA_SIZE_MAX, DM_NAME_LEN, DM_UUID_LEN, FRAME_PAYLOAD_MAX, HEADER_SIZE

U32 = st.integers(0, 2**32 - 1)
S32 = st.integers(-(2**31), 2**31 - 1)
U64 = st.integers(0, 2**64 - 1)
STEPS = st.integers(0, 3).map(lambda slots: slots * 8)


def texts(limit: int) -> st.SearchStrategy[str]:
    """Any bytes but NUL, as our text."""
    raw = st.binary(max_size=limit) | st.text(st.characters(codec="ascii"), max_size=limit).map(str.encode)
    return raw.map(lambda raw: raw.replace(b"\0", b"\xff").decode("utf-8", "surrogateescape"))


def aligned(size: int) -> int:
    """The next multiple of 8."""
    return size + -size % 8


def length(text: str) -> int:
    """Bytes of a text, its NUL included."""
    return len(text.encode("utf-8", "surrogateescape")) + 1


@st.composite
def headers(draw: st.DrawFn) -> Header:
    """A header of any command; `fitted` gives it a size."""
    return Header(
        version=(4, draw(st.integers(0, 60) | U32), draw(U32)),
        data_size=DATA_SIZE_MAX,
        target_count=draw(U32),
        open_count=draw(S32),
        flags=DmFlag(draw(U32)),
        event_nr=draw(U32),
        padding=draw(U32),
        dev=draw(U64 | st.just(0)),
        name=draw(texts(DM_NAME_LEN - 1)),
        uuid=draw(texts(DM_UUID_LEN - 1)),
    )


def fitted(draw: st.DrawFn, message: Any) -> Any:
    """The same message with a data_size that has room for it, and no room to spare one time in two."""
    _, raw = encode(message)
    least = HEADER_SIZE if message.payload in (None, ()) else len(raw)
    size = draw(st.just(least) | st.integers(least, DATA_SIZE_MAX))
    return replaced(message, data_size=size)


def replaced(message: Any, **fields: Any) -> Any:
    """The message with other header fields."""
    return msgspec.structs.replace(message, header=msgspec.structs.replace(message.header, **fields))


def specs(draw: st.DrawFn, *, from_first: bool, least: int = 0) -> tuple[TargetSpec, ...]:
    """Target records, with gaps between them."""
    made = []
    at = 0
    for _ in range(draw(st.integers(least, 4))):
        parameters = draw(texts(60))
        step = aligned(40 + length(parameters)) + draw(STEPS)
        at += step
        made.append(
            TargetSpec(
                sector_start=draw(U64),
                length=draw(U64),
                status=draw(S32),
                next=at if from_first else step,
                target_type=draw(texts(15)),
                parameters=parameters,
            )
        )
    return tuple(made)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """A request of any command of the control node."""
    command = draw(st.sampled_from([command for command in Command if command.facts.door == "control"]))
    header = draw(headers())
    start = draw(st.sampled_from([312, 320, 400]))
    payload: Any = None
    match command.facts.request:
        case "table_load":
            payload = specs(draw, from_first=False)
            header = msgspec.structs.replace(header, target_count=len(payload))
        case "target_msg":
            payload = TargetMsg(draw(U64), draw(texts(200)))
        case "rename":
            limit = DM_UUID_LEN - 1 if header.flags & DmFlag.UUID else DM_NAME_LEN - 1
            payload = Rename(draw(texts(limit)))
        case "geometry":
            payload = Geometry(draw(texts(40)))
        case None:
            start = draw(U32)
    request: Request = fitted(draw, replaced(Request(command, header, payload), data_start=start))
    return request


def listed(draw: st.DrawFn, minor: int) -> tuple[NameList, ...]:
    """Records of a list of devices, as a driver of this minor version writes them."""
    made = []
    names = draw(st.lists(texts(40), min_size=1, max_size=4))
    for index, name in enumerate(names):
        record = NameList(dev=draw(U64), next=0, name=name)
        size = 12 + length(name)
        if minor >= 37:
            record = msgspec.structs.replace(record, event_nr=draw(U32))
            size = aligned(size) + 4
        if minor >= 45:
            flags = draw(U32)
            uuid = draw(texts(DM_UUID_LEN - 1)) if flags & 1 else None
            record = msgspec.structs.replace(record, flags=flags, uuid=uuid)
            size += 4 + (length(uuid) if uuid is not None else 0)
        step = aligned(size) + draw(STEPS) if index + 1 < len(names) else 0
        made.append(msgspec.structs.replace(record, next=step))
    return tuple(made)


def versions(draw: st.DrawFn) -> tuple[TargetVersions, ...]:
    """Records of a list of target types."""
    names = draw(st.lists(texts(15), min_size=1, max_size=4))
    steps = [aligned(16 + length(name)) + draw(STEPS) for name in names[:-1]] + [0]
    return tuple(
        TargetVersions(next=step, version=(draw(U32), draw(U32), draw(U32)), name=name)
        for name, step in zip(names, steps, strict=True)
    )


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    """A reply that carries a payload."""
    command = draw(st.sampled_from([command for command in Command if command.facts.reply]))
    header = draw(headers())
    payload: Any = None
    match command.facts.reply:
        case "table_status":
            payload = specs(draw, from_first=True, least=1)
            header = msgspec.structs.replace(header, target_count=len(payload))
        case "name_list":
            payload = listed(draw, header.version[1])
        case "target_versions":
            payload = versions(draw)
        case "target_deps":
            payload = TargetDeps(padding=draw(U32), dev=tuple(draw(st.lists(U64, max_size=5))))
        case "message_answer":
            payload = MessageAnswer(draw(texts(200)))
    reply: Reply = fitted(draw, Reply(command, header, payload))
    return reply


def device_messages(*, tagged: bool, signed: bool) -> st.SearchStrategy[DeviceMessage]:
    """A direct device message of one of the dialects' forms."""
    word = S32 if signed else U32
    payload = st.binary(max_size=FRAME_PAYLOAD_MAX)
    return st.builds(DeviceMessage, word, word if tagged else st.none(), payload)
