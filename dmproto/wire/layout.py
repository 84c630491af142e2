"""The layout of every message: declarations and nothing else.

Names are C's. Each `Field` says what it is, which way it goes and since when; constraints carry the id of their rule
(`dmproto.rules`). `compile.py` writes `generated.py` from this module, and the documents are made from it.

All is in the byte order of the machine that issues the ioctl. Offsets and sizes are bytes; sectors are 512 bytes.
Source: `<linux/dm-ioctl.h>` 4.47.0; what the kernel writes, from Linux 6.1.176 running.
"""

from __future__ import annotations

from typing import Any, Final

from construct import If, IfThenElse, this

from dmproto.wire.chains import At, Chain
from dmproto.wire.flags import NAME_LIST_HAS_UUID, DmFlag
from dmproto.wire.limits import (
    ALIGNMENT,
    DATA_SIZE_MAX,
    DM_MAX_TYPE_NAME,
    DM_NAME_LEN,
    DM_UUID_LEN,
    DM_VERSION_MAJOR,
    FRAME_PAYLOAD_MAX,
    HEADER_SIZE,
    STRUCT_SIZE,
)
from dmproto.wire.primitives import Align, CharArray, Flags, Payload, Room, Text, Word, Words
from dmproto.wire.records import Field, Record, Within

U32: Final = Word("I")
S32: Final = Word("i")
U64: Final = Word("Q")

header: Final = this._params.header
"""The header a payload belongs to, for conditions and counts."""

dm_ioctl: Final = Record(
    "dm_ioctl",
    "Header",
    "The head of every control message: 312 bytes, of which the first 305 are a whole header.",
    Field(
        "version",
        Words(3, U32),
        "interface version: major, minor, patch level; the kernel answers its own",
        since=(1, 0, 0),
        default=(4, 0, 0),
        within=Within("header/version", DM_VERSION_MAJOR, DM_VERSION_MAJOR, item=0),
    ),
    Field(
        "data_size",
        U32,
        "request: size of the buffer, the header included; reply: bytes the kernel copied back",
        default=STRUCT_SIZE,
        within=Within("header/data-size", HEADER_SIZE, DATA_SIZE_MAX),
    ),
    Field("data_start", U32, "where the payload starts, from the start of the header", default=STRUCT_SIZE),
    Field("target_count", U32, "targets in the table", default=0),
    Field("open_count", S32, "how often the block device is open", direction="out", default=0),
    Field("flags", Flags(U32, DmFlag), "DM_*_FLAG; unknown bits are echoed", default=DmFlag(0)),
    Field("event_nr", U32, "event number; in a remove, rename or resume request a udev cookie and flags", default=0),
    Field("padding", U32, "unused; comes back as sent", default=0),
    Field("dev", U64, "device number in the kernel's huge encoding; only the low 32 bits count", default=0),
    Field("name", CharArray(DM_NAME_LEN), "name of the device", default=""),
    Field("uuid", CharArray(DM_UUID_LEN), "unique identifier of the device", default=""),
    Field("data", Room(STRUCT_SIZE - HEADER_SIZE), "padding or payload: makes the size equal on 32 and 64 bits"),
    cut="buffer/short",
    padded=True,
)


def _target_spec(target_type: CharArray, doc: str, next_doc: str) -> Record:
    return Record(
        "dm_target_spec",
        "TargetSpec",
        doc,
        Field("sector_start", U64, "first sector of the target in the device", default=0),
        Field("length", U64, "sectors the target covers", default=0),
        Field("status", S32, "not used by the kernel, which answers 0", direction="out", default=0),
        Field("next", U32, next_doc, default=0),
        Field("target_type", target_type, "name of the target type", default=""),
        Field("parameters", Text(), "constructor parameters; in an answer the status, table or IMA line", default=""),
    )


target_spec_load: Final = _target_spec(
    CharArray(DM_MAX_TYPE_NAME),
    "One target of a table to load: 40 bytes and the parameters, NUL-terminated.",
    "bytes from the start of this record to the next; not looked at in the last",
)
target_spec_status: Final = _target_spec(
    # Linux 6.1 copies 15 bytes and leaves the last as the caller had it
    CharArray(DM_MAX_TYPE_NAME, written=DM_MAX_TYPE_NAME - 1),
    "One target of a table, reported: 40 bytes and a line, NUL-terminated.",
    "bytes from the start of the first record to the one after this; set in the last one, too",
)


def _name_list(*tail: Any, absent: tuple[str, ...] = ()) -> Record:
    return Record(
        "dm_name_list",
        "NameList",
        "One device of a list: number and name; after the name, 8-byte aligned, its event number, flags and uuid.",
        Field("dev", U64, "device number", direction="out"),
        Field("next", U32, "bytes from the start of this record to the next; 0 in the last", direction="out"),
        Field("name", Text(DM_NAME_LEN - 1), "name of the device", direction="out"),
        *tail,
        absent=absent,
    )


_EVENT_NR = Field("event_nr", U32, "event number of the device", direction="out", since=(4, 37, 0))

# a 32-bit program under a 64-bit kernel found event_nr four bytes off until 4.37 (strace, src/dm.c)
name_list_37: Final = _name_list(Align(ALIGNMENT), _EVENT_NR, absent=("flags", "uuid"))
name_list_0: Final = _name_list(absent=("event_nr", "flags", "uuid"))
name_list_45: Final = _name_list(
    Align(ALIGNMENT),
    _EVENT_NR,
    Field("flags", U32, "1: a uuid follows; 2: there is none; 0: not asked", direction="out", since=(4, 45, 0)),
    Field(
        "uuid",
        If(this.flags & NAME_LIST_HAS_UUID, Text(DM_UUID_LEN - 1)),
        "unique identifier of the device",
        direction="out",
        since=(4, 45, 0),
    ),
)

dm_target_deps: Final = Record(
    "dm_target_deps",
    "TargetDeps",
    "The devices a table uses, the last acquired first.",
    Field("count", U32, "how many device numbers follow", direction="out", counts="dev"),
    Field("padding", U32, "unused; comes back as sent", default=0),
    Field("dev", Words(this.count, U64), "device numbers", direction="out", default=()),
)

dm_target_versions: Final = Record(
    "dm_target_versions",
    "TargetVersions",
    "One target type and its version.",
    Field("next", U32, "bytes from the start of this record to the next; 0 in the last", direction="out"),
    Field("version", Words(3, U32), "version of the target type", direction="out"),
    Field("name", Text(DM_MAX_TYPE_NAME - 1), "name of the target type", direction="out"),
)

dm_target_msg: Final = Record(
    "dm_target_msg",
    "TargetMsg",
    "A message to the target at a sector.",
    Field("sector", U64, "sector of the device that picks the target; not looked at by the core's @ messages"),
    Field("message", Text(), "words, split as constructor parameters are"),
)

message_answer: Final = Record(
    "message_answer",
    "MessageAnswer",
    "The text a message is answered with, where DM_DATA_OUT_FLAG is set.",
    Field("message", Text(), "the answer", direction="out", since=(4, 24, 0)),
)

rename_name: Final = Record(
    "rename",
    "Rename",
    "The new name of a device; with DM_UUID_FLAG its first uuid.",
    Field("new_name", Text(DM_NAME_LEN - 1), "the name or, with DM_UUID_FLAG, the uuid", direction="in"),
)
rename_uuid: Final = Record(
    "rename",
    "Rename",
    rename_name.doc,
    Field("new_name", Text(DM_UUID_LEN - 1), "the uuid", direction="in", since=(4, 19, 0)),
)

geometry: Final = Record(
    "geometry",
    "Geometry",
    "The geometry HDIO_GETGEO is to answer: cylinders, heads, sectors and start sector, in decimal.",
    Field("text", Text(), "four decimal numbers separated by white space", direction="in", since=(4, 6, 0)),
)

_COUNTED = header.target_count

_ANSWERED = header.data_size > HEADER_SIZE
"""An answer without a payload, BUFFER_FULL among them, is a bare header."""

PAYLOADS: Final[dict[str, At]] = {
    # Linux 6.12 and later insist on both; 6.1 takes any data_start from 40 on
    "table_load": At(
        Chain(target_spec_load, count=_COUNTED),
        low=STRUCT_SIZE,
        align=ALIGNMENT,
        present=_COUNTED,
        absent=(),
    ),
    "target_msg": At(dm_target_msg),
    "rename": At(IfThenElse(header.flags & int(DmFlag.UUID), rename_uuid, rename_name)),
    "geometry": At(geometry),
    "table_status": At(
        Chain(target_spec_status, count=_COUNTED, base="first", full=True), present=_ANSWERED, absent=()
    ),
    "name_list": At(
        IfThenElse(
            header.version[1] >= 45,
            Chain(name_list_45),
            IfThenElse(header.version[1] >= 37, Chain(name_list_37), Chain(name_list_0)),
        ),
        present=_ANSWERED,
    ),
    "target_versions": At(Chain(dm_target_versions), present=_ANSWERED),
    "target_deps": At(dm_target_deps, present=_ANSWERED),
    "message_answer": At(message_answer, present=_ANSWERED),
}
"""Every payload of a control message, by the name its command's row calls it."""


def _frame(c_name: str, doc: str, word: Word, *, tagged: bool = True) -> Record:
    tag = Field("tag", word, "meaning private to the target", direction="in", default=0)
    return Record(
        c_name,
        "DeviceMessage",
        doc,
        Field("target_index", word, "which target of the active table, from 0", direction="in"),
        *([tag] if tagged else ()),
        Field("length", word, "bytes of payload that follow", direction="in", counts="payload"),
        Field("payload", Payload("length", FRAME_PAYLOAD_MAX), "what the target is told", direction="in", default=b""),
        absent=() if tagged else ("tag",),
        cut="frame/short",
        padded=True,
    )


FRAMES: Final[dict[str, Record]] = {
    record.c_name: record
    for record in (
        _frame("devmessage", "A direct device message: three words and at most 64 bytes.", U32),
        _frame("devmessage_untagged", "The same without a tag, which is in the payload.", U32, tagged=False),
        # a negative length passes the kernel's only test, `len > 64`, and faults in the copy
        _frame("devmessage_signed", "The frame of the 2004 kernel patches: signed words.", S32),
    )
}
"""The frames of the direct device message, by the name their dialect calls them."""

PROJECTIONS: Final[dict[str, tuple[Record, tuple[str, ...]]]] = {
    "loop": (dm_ioctl, ("data_size", "data_start", "flags", "event_nr")),
}
"""Fields read together without decoding the rest: what a program that loops over ioctls wants of a reply."""

BIT_FIELDS: Final[dict[str, tuple[str, dict[str, tuple[tuple[int, int, int], ...]]]]] = {
    "DeviceNumber": (
        "A block device number in the kernel's huge encoding (`huge_encode_dev`): 12 bits of major, 20 of minor.",
        {"major": ((8, 0, 12),), "minor": ((0, 0, 8), (20, 8, 12))},
    ),
    "UdevEvent": (
        "An `event_nr` that carries a udev cookie: its low half in 16 bits, and udev flags in the other 16.",
        {"cookie": ((0, 0, 16),), "flags": ((16, 0, 16),)},
    ),
}
"""Words made of smaller numbers: each part as (bit in the word, bit in the part, width)."""
