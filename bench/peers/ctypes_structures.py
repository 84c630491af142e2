"""ctypes: the C structures themselves, copied from the buffer.

Three variants.  The bare one copies bytes and checks nothing beyond the length.  The second makes dmproto's checks and
gives names as ``bytes``; each field is read once, by the check or after it.  The third also turns the names into
``str``, as dmproto does.
"""

import ctypes
from typing import Any

from bench.candidate import READ_HEADER, Candidate, cut_text, field_values, fresh, plain_header
from bench.workloads import HEADER_FIELDS, Plain


class Header(ctypes.LittleEndianStructure):
    """``struct dm_ioctl``."""

    _fields_ = (
        ("version", ctypes.c_uint32 * 3),
        ("data_size", ctypes.c_uint32),
        ("data_start", ctypes.c_uint32),
        ("target_count", ctypes.c_uint32),
        ("open_count", ctypes.c_int32),
        ("flags", ctypes.c_uint32),
        ("event_nr", ctypes.c_uint32),
        ("padding", ctypes.c_uint32),
        ("dev", ctypes.c_uint64),
        ("name", ctypes.c_char * 128),
        ("uuid", ctypes.c_char * 129),
        ("data", ctypes.c_char * 7),
    )


class Frame(ctypes.LittleEndianStructure):
    """The head of a direct message frame; its payload has no fixed size, and stands beside it."""

    _fields_ = (
        ("target_index", ctypes.c_uint32),
        ("tag", ctypes.c_uint32),
        ("length", ctypes.c_uint32),
    )


class Spec(ctypes.LittleEndianStructure):
    """``struct dm_target_spec``."""

    _fields_ = (
        ("sector_start", ctypes.c_uint64),
        ("length", ctypes.c_uint64),
        ("status", ctypes.c_int32),
        ("next", ctypes.c_uint32),
        ("target_type", ctypes.c_char * 16),
    )


def check_header(data: bytes) -> Header:
    """Copy a header and make the checks; for decoding alone."""
    header = Header.from_buffer_copy(data)
    if header.version[0] != 4:
        raise ValueError("version")
    if not 305 <= header.data_size <= 0x40000000:
        raise ValueError("data_size")
    # An array of characters reads up to its NUL: one that is full has none.
    if len(header.name) > 127 or len(header.uuid) > 128:
        raise ValueError("name or uuid without NUL")
    return header


def read_header(data: bytes) -> tuple[Any, ...]:
    """Copy a header, check it and read every field once."""
    header = Header.from_buffer_copy(data)
    version = header.version
    if version[0] != 4:
        raise ValueError("version")
    data_size = header.data_size
    if not 305 <= data_size <= 0x40000000:
        raise ValueError("data_size")
    name = header.name
    uuid = header.uuid
    if len(name) > 127 or len(uuid) > 128:
        raise ValueError("name or uuid without NUL")
    _ = header.data_start
    _ = header.target_count
    _ = header.open_count
    _ = header.flags
    _ = header.event_nr
    _ = header.padding
    _ = header.dev
    return name, uuid


def read_header_str(data: bytes) -> tuple[Any, ...]:
    """Copy a header, check it, read every field once and turn the names into text."""
    name, uuid = read_header(data)
    try:
        return name.decode(), uuid.decode()
    except UnicodeDecodeError:
        return name.decode("utf-8", "surrogateescape"), uuid.decode("utf-8", "surrogateescape")


def encode_header(header: Header) -> bytes:
    """Write a header: ctypes itself refuses names that are too long, and wraps numbers that are."""
    if header.version[0] != 4 or not 305 <= header.data_size <= 0x40000000:
        raise ValueError("version or data_size")
    if len(header.name) > 127 or len(header.uuid) > 128:
        raise ValueError("name or uuid without NUL")
    return bytes(header)


def decode_frame(data: bytes) -> tuple[Frame, bytes]:
    """Copy the head, check it and slice the payload."""
    frame = Frame.from_buffer_copy(data)
    length = frame.length
    if length > 64:
        raise ValueError("length")
    payload = data[12 : 12 + length]
    if len(payload) != length:
        raise ValueError("short payload")
    return frame, payload


def encode_frame(frame: Frame, payload: bytes) -> bytes:
    """Write a frame."""
    if len(payload) > 64:
        raise ValueError("payload")
    return bytes(frame) + payload


def decode_table(data: bytes) -> tuple[Header, list[tuple[Spec, bytes]]]:
    """Copy a header and its target specs, checking only what Python checks by itself."""
    header = Header.from_buffer_copy(data)
    offset = header.data_start
    specs = []
    for _ in range(header.target_count):
        spec = Spec.from_buffer_copy(data, offset)
        start = offset + 40
        specs.append((spec, data[start : data.index(b"\0", start)]))
        offset += spec.next
    return header, specs


def decode_table_checked(data: bytes) -> tuple[Header, list[tuple[Spec, bytes]]]:
    """Copy a header and its target specs, with the checks."""
    header = check_header(data)
    data = data[: header.data_size]
    offset = header.data_start
    if offset < 312:
        raise ValueError("data_start")
    specs = []
    for left in range(header.target_count, 0, -1):
        start = offset + 40
        if offset & 7 or start > len(data):
            raise ValueError("spec not aligned or outside the data")
        spec = Spec.from_buffer_copy(data, offset)
        if len(spec.target_type) > 15:
            raise ValueError("target_type without NUL")
        offset += spec.next
        parameters, stop, _ = data[start:offset].partition(b"\0")
        if not stop:
            parameters, stop, _ = data[start:].partition(b"\0")
            if left > 1 or not stop:
                raise ValueError("parameters without NUL, or next inside the record")
        specs.append((spec, parameters))
    return header, specs


def encode_table(table: tuple[Header, list[tuple[Spec, bytes]]]) -> bytes:
    """Write a header and its target specs."""
    header, specs = table
    parts = [bytes(header)]
    for spec, parameters in specs:
        following = spec.next
        if following < 41 + len(parameters) or following & 7:
            raise ValueError("next")
        parts.append(bytes(spec))
        parts.append(parameters.ljust(following - 40, b"\0"))
    return b"".join(parts)


def plain_pair(pair: tuple[Frame, bytes]) -> Plain:
    """Return the plain value of a frame and its payload."""
    frame, payload = pair
    return frame.target_index, frame.tag, payload


def plain_pairs(table: tuple[Header, list[tuple[Spec, bytes]]]) -> Plain:
    """Return the plain value of a header and its specs with their parameters."""
    header, specs = table
    return plain_header(header), tuple(
        (s.sector_start, s.length, s.status, s.next, cut_text(s.target_type), cut_text(parameters))
        for s, parameters in specs
    )


READ_SPECS = (
    "header, specs = o",
    *(f"header.{name}" for name in HEADER_FIELDS),
    "for spec, parameters in specs:",
    *(f"    spec.{name}" for name in ("sector_start", "length", "status", "next", "target_type")),
)
BUILD = (
    "encode(Header(version, data_size, data_start, target_count, open_count, flags, event_nr, padding, dev,"
    " name_bytes, uuid_bytes))"
)
W1_NAMES = {**field_values("W1"), "Header": Header}

CANDIDATES = [
    Candidate(
        "ctypes from_buffer_copy, no checks",
        "W1",
        W1_NAMES | {"encode": bytes},
        decode="Header.from_buffer_copy(data)",
        read=READ_HEADER,
        encode="bytes(value)",
        build=BUILD.replace("encode", "bytes"),
        plain=plain_header,
    ),
    Candidate(
        "ctypes from_buffer_copy",
        "W1",
        W1_NAMES | {"decode_header": fresh(check_header), "read": fresh(read_header), "encode": fresh(encode_header)},
        decode="decode_header(data)",
        fully_read="read(data)",
        encode="encode(value)",
        build=BUILD,
        plain=plain_header,
    ),
    Candidate(
        "ctypes from_buffer_copy, names to str",
        "W1",
        W1_NAMES | {"decode_header": check_header, "read": fresh(read_header_str, read_header=fresh(read_header))},
        decode="decode_header(data)",
        fully_read="read(data)",
        plain=plain_header,
    ),
    Candidate(
        "ctypes from_buffer_copy",
        "W2",
        {**field_values("W2"), "decode": decode_frame, "encode": encode_frame, "Frame": Frame},
        decode="decode(data)",
        read=("frame, payload = o", "frame.target_index", "frame.tag"),
        encode="encode(*value)",
        build="encode(Frame(target_index, tag, len(payload)), payload)",
        plain=plain_pair,
    ),
    Candidate(
        "ctypes from_buffer_copy, no checks",
        "W3",
        {"decode": decode_table},
        decode="decode(data)",
        read=READ_SPECS,
        plain=plain_pairs,
    ),
    Candidate(
        "ctypes from_buffer_copy",
        "W3",
        {"decode": fresh(decode_table_checked, check_header=fresh(check_header)), "encode": encode_table},
        decode="decode(data)",
        read=READ_SPECS,
        encode="encode(value)",
        plain=plain_pairs,
    ),
]
