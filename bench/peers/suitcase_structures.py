"""suitcase: structures with its field classes.  Names are raw bytes in a tuple of one, the version is three fields."""

import importlib
from typing import Any

from bench.candidate import Candidate, cut_text, field_values, plain_frame
from bench.peers.raw_checks import check_payload, pad_name
from bench.workloads import HEADER_FIELDS, Plain

fields: Any = importlib.import_module("suitcase.fields")
Structure: Any = importlib.import_module("suitcase.structure").Structure


def characters(size: int) -> Any:
    """Return a field for ``char[size]``: suitcase has sequences of numbers only, but takes any format."""
    return fields.BaseFixedByteSequence(lambda length: f"{length}s", size)


class Header(Structure):  # type: ignore[misc,unused-ignore]
    """``struct dm_ioctl``."""

    major = fields.ULInt32()
    minor = fields.ULInt32()
    patch = fields.ULInt32()
    data_size = fields.ULInt32()
    data_start = fields.ULInt32()
    target_count = fields.ULInt32()
    open_count = fields.SLInt32()
    flags = fields.ULInt32()
    event_nr = fields.ULInt32()
    padding = fields.ULInt32()
    dev = fields.ULInt64()
    name = characters(128)
    uuid = characters(129)
    data = characters(7)


class Frame(Structure):  # type: ignore[misc,unused-ignore]
    """The direct message frame."""

    target_index = fields.ULInt32()
    tag = fields.ULInt32()
    length = fields.LengthField(fields.ULInt32())
    payload = fields.Payload(length)


def decode_header(data: bytes) -> Header:
    """Read a header."""
    header: Header = Header.from_data(data)
    if header.major != 4 or not 305 <= header.data_size <= 0x40000000:
        raise ValueError("version or data_size")
    if 0 not in header.name[0] or 0 not in header.uuid[0]:
        raise ValueError("name or uuid without NUL")
    return header


def decode_frame(data: bytes) -> Frame:
    """Read a frame."""
    frame: Frame = Frame.from_data(data)
    if frame.length > 64:
        raise ValueError("length")
    return frame


def plain_header(header: Header) -> Plain:
    """Return the plain value of a header."""
    numbers = (getattr(header, name) for name in HEADER_FIELDS[1:-2])
    version = (header.major, header.minor, header.patch)
    return (version, *numbers, cut_text(header.name[0]), cut_text(header.uuid[0]))


NUMBERS = ", ".join(f"{name}={name}" for name in HEADER_FIELDS[1:-2])

CANDIDATES = [
    Candidate(
        "suitcase",
        "W1",
        {**field_values("W1"), "decode": decode_header, "Header": Header, "pad": pad_name},
        decode="decode(data)",
        read=tuple(f"o.{name}" for name in ("major", "minor", "patch", *HEADER_FIELDS[1:])),
        encode="value.pack()",
        build=f"Header(major=version[0], minor=version[1], patch=version[2], {NUMBERS}, name=(pad(name_bytes, 128),),"
        " uuid=(pad(uuid_bytes, 129),), data=(bytes(7),)).pack()",
        plain=plain_header,
    ),
    Candidate(
        "suitcase",
        "W2",
        {**field_values("W2"), "decode": decode_frame, "Frame": Frame, "check": check_payload},
        decode="decode(data)",
        read=("o.target_index", "o.tag", "o.payload"),
        encode="value.pack()",
        build="Frame(target_index=target_index, tag=tag, payload=check(payload)).pack()",
        plain=plain_frame,
    ),
]
