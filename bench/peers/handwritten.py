"""What a careful programmer writes by hand, with dmproto's checks, for five kinds of value: header and frame."""

import dataclasses
import struct
import typing
from collections.abc import Callable
from typing import Any

import msgspec

from bench.candidate import Candidate, field_values, fresh, with_attributes
from bench.peers.flag_words import FLAGS, FlagWord
from bench.workloads import HEADER_FIELDS

HEADER_TYPES: list[tuple[str, Any]] = [
    ("version", tuple[int, int, int]),
    ("data_size", int),
    ("data_start", int),
    ("target_count", int),
    ("open_count", int),
    ("flags", FlagWord),
    ("event_nr", int),
    ("padding", int),
    ("dev", int),
    ("name", str),
    ("uuid", str),
]
FRAME_TYPES: list[tuple[str, Any]] = [("target_index", int), ("tag", int), ("payload", bytes)]

# How each kind of value makes a class from a name and its typed fields.
MAKERS: dict[str, Callable[[str, list[tuple[str, Any]]], Any]] = {
    "msgspec.Struct frozen gc=False": lambda name, fields: msgspec.defstruct(name, fields, frozen=True, gc=False),
    "msgspec.Struct": msgspec.defstruct,
    "slots dataclass": lambda name, fields: dataclasses.make_dataclass(name, fields, slots=True),
    "frozen slots dataclass": lambda name, fields: dataclasses.make_dataclass(name, fields, slots=True, frozen=True),
    "NamedTuple": typing.NamedTuple,
}

UNPACK_HEADER = struct.Struct("<3I3Ii3IQ128s129s").unpack_from
PACK_HEADER = struct.Struct("<3I3Ii3IQ128s129s7x").pack
UNPACK_HEAD = struct.Struct("<III").unpack_from
PACK_HEAD = struct.Struct("<III").pack

# Each candidate gets a copy of the functions below in which these stand for its own classes.
Header: Any = None
Frame: Any = None


def decode_header(data: bytes) -> Any:
    """Read a header."""
    try:
        (
            major, minor, patch, data_size, data_start, target_count, open_count, flags, event_nr, padding, dev,
            raw_name, raw_uuid,
        ) = UNPACK_HEADER(data)  # fmt: skip
    except struct.error as error:
        raise ValueError("short header") from error
    if major != 4:
        raise ValueError("version")
    if not 305 <= data_size <= 0x40000000:
        raise ValueError("data_size")
    raw_name, name_end, _ = raw_name.partition(b"\0")
    raw_uuid, uuid_end, _ = raw_uuid.partition(b"\0")
    if not name_end or not uuid_end:
        raise ValueError("name or uuid without NUL")
    try:
        name = raw_name.decode()
        uuid = raw_uuid.decode()
    except UnicodeDecodeError:
        name = raw_name.decode("utf-8", "surrogateescape")
        uuid = raw_uuid.decode("utf-8", "surrogateescape")
    return Header(
        (major, minor, patch), data_size, data_start, target_count, open_count, FLAGS[flags], event_nr, padding, dev,
        name, uuid,
    )  # fmt: skip


def encode_header(header: Any) -> bytes:
    """Write a header."""
    try:
        name = header.name.encode()
        uuid = header.uuid.encode()
    except UnicodeEncodeError:
        name = header.name.encode("utf-8", "surrogateescape")
        uuid = header.uuid.encode("utf-8", "surrogateescape")
    if len(name) > 127 or 0 in name:
        raise ValueError("name")
    if len(uuid) > 128 or 0 in uuid:
        raise ValueError("uuid")
    major, minor, patch = header.version
    if major != 4 or not 305 <= header.data_size <= 0x40000000:
        raise ValueError("version or data_size")
    try:
        return PACK_HEADER(
            major, minor, patch, header.data_size, header.data_start, header.target_count, header.open_count,
            header.flags, header.event_nr, header.padding, header.dev, name, uuid,
        )  # fmt: skip
    except struct.error as error:
        raise ValueError("number out of range") from error


def decode_frame(data: bytes) -> Any:
    """Read a frame."""
    try:
        target_index, tag, length = UNPACK_HEAD(data)
    except struct.error as error:
        raise ValueError("short head") from error
    if length > 64:
        raise ValueError("length")
    payload = data[12 : 12 + length]
    if len(payload) != length:
        raise ValueError("short payload")
    return Frame(target_index, tag, payload)


def encode_frame(frame: Any) -> bytes:
    """Write a frame."""
    payload = frame.payload
    length = len(payload)
    if length > 64:
        raise ValueError("payload")
    try:
        return PACK_HEAD(frame.target_index, frame.tag, length) + payload  # type: ignore[no-any-return]
    except struct.error as error:
        raise ValueError("number out of range") from error


def candidates() -> list[Candidate]:
    """Return the candidates of both workloads for each kind of value."""
    found = []
    for kind, make in MAKERS.items():
        header, frame = make("Header", HEADER_TYPES), make("Frame", FRAME_TYPES)
        found.append(
            with_attributes(
                f"hand struct + {kind}",
                "W1",
                names={
                    **field_values("W1"),
                    "decode": fresh(decode_header, Header=header),
                    "encode": fresh(encode_header),
                    "Header": header,
                },
                decode="decode(data)",
                encode="encode(value)",
                build=f"encode(Header({', '.join(HEADER_FIELDS)}))",
                is_strict=True,
            )
        )
        found.append(
            with_attributes(
                f"hand struct + {kind}",
                "W2",
                names={
                    **field_values("W2"),
                    "decode": fresh(decode_frame, Frame=frame),
                    "encode": fresh(encode_frame),
                    "Frame": frame,
                },
                decode="decode(data)",
                encode="encode(value)",
                build="encode(Frame(target_index, tag, payload))",
                is_strict=True,
            )
        )
    return found


CANDIDATES = candidates()
