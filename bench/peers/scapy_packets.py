"""scapy: packets with its field classes; names as raw bytes."""

# ruff: noqa: RUF012 - its declarations are lists in the class body

import importlib
from typing import Any

from bench.candidate import Candidate, cut_text, field_values
from bench.peers.raw_checks import check_payload, pad_name
from bench.workloads import HEADER_FIELDS, Plain

fields: Any = importlib.import_module("scapy.fields")
Packet: Any = importlib.import_module("scapy.packet").Packet


class Header(Packet):  # type: ignore[misc,unused-ignore]
    """``struct dm_ioctl``."""

    name = "dm_ioctl"
    fields_desc = [
        fields.FieldListField("version", [], fields.LEIntField("", 0), count_from=lambda _packet: 3),
        fields.LEIntField("data_size", 0),
        fields.LEIntField("data_start", 0),
        fields.LEIntField("target_count", 0),
        fields.LESignedIntField("open_count", 0),
        fields.LEIntField("flags", 0),
        fields.LEIntField("event_nr", 0),
        fields.LEIntField("padding", 0),
        fields.LELongField("dev", 0),
        # Packet.name is the name of the protocol.
        fields.StrFixedLenField("dm_name", b"", 128),
        fields.StrFixedLenField("uuid", b"", 129),
        fields.StrFixedLenField("data", b"", 7),
    ]


class Frame(Packet):  # type: ignore[misc,unused-ignore]
    """The direct message frame; ``message`` because scapy's ``payload`` is what follows a packet."""

    name = "dm_devmessage"
    fields_desc = [
        fields.LEIntField("target_index", 0),
        fields.LEIntField("tag", 0),
        fields.FieldLenField("length", None, length_of="message", fmt="<I"),
        fields.StrLenField("message", b"", length_from=lambda packet: packet.length),
    ]


def decode_header(data: bytes) -> Header:
    """Read a header."""
    header = Header(data)
    if header.version[0] != 4 or not 305 <= header.data_size <= 0x40000000:
        raise ValueError("version or data_size")
    if 0 not in header.dm_name or 0 not in header.uuid:
        raise ValueError("name or uuid without NUL")
    return header


def decode_frame(data: bytes) -> Frame:
    """Read a frame."""
    frame = Frame(data)
    if frame.length > 64 or len(frame.message) != frame.length:
        raise ValueError("length")
    return frame


def plain_header(header: Header) -> Plain:
    """Return the plain value of a header."""
    numbers = (getattr(header, name) for name in HEADER_FIELDS[1:-2])
    return (tuple(header.version), *numbers, cut_text(header.dm_name), cut_text(header.uuid))


def plain_frame(frame: Frame) -> Plain:
    """Return the plain value of a frame."""
    return frame.target_index, frame.tag, frame.message


BUILD_HEADER = (
    "Header(version=list(version), data_size=data_size, data_start=data_start, target_count=target_count,"
    " open_count=open_count, flags=flags, event_nr=event_nr, padding=padding, dev=dev, dm_name=pad(name_bytes, 128),"
    " uuid=pad(uuid_bytes, 129), data=bytes(7))"
)
BUILD_FRAME = "Frame(target_index=target_index, tag=tag, message=check(payload))"
W1_NAMES = {**field_values("W1"), "Header": Header, "decode": decode_header, "pad": pad_name}
W2_NAMES = {**field_values("W2"), "Frame": Frame, "decode": decode_frame, "check": check_payload}

# A packet that was read keeps its bytes and writes those: what is written here was built from values.
CANDIDATES = [
    Candidate(
        "scapy Packet",
        "W1",
        W1_NAMES | {"built": eval(BUILD_HEADER, dict(W1_NAMES))},
        decode="decode(data)",
        read=tuple(f"o.{name}" for name in (*HEADER_FIELDS[:-2], "dm_name", "uuid")),
        encode="bytes(built)",
        build=f"bytes({BUILD_HEADER})",
        plain=plain_header,
    ),
    Candidate(
        "scapy Packet",
        "W2",
        W2_NAMES | {"built": eval(BUILD_FRAME, dict(W2_NAMES))},
        decode="decode(data)",
        read=("o.target_index", "o.tag", "o.message"),
        encode="bytes(built)",
        build=f"bytes({BUILD_FRAME})",
        plain=plain_frame,
    ),
]
