"""bitstruct.c: big-endian only, so the bytes are swapped first; values are tuples."""

import importlib
from typing import Any

from bench.candidate import Candidate, cut_text, field_values
from bench.workloads import Plain

bitstruct: Any = importlib.import_module("bitstruct.c")

HEADER: Any = bitstruct.compile("u32" * 6 + "s32" + "u32" * 3 + "u64" + "r1024" + "r1032")
HEADER_SWAPS = "4" * 10 + "8"
HEAD: Any = bitstruct.compile("u32u32u32")
HEAD_SWAPS = "444"


def decode_header(data: bytes) -> Any:
    """Read a header."""
    header = HEADER.unpack(bitstruct.byteswap(HEADER_SWAPS, data[:48]) + data[48:])
    if header[0] != 4 or not 305 <= header[3] <= 0x40000000:
        raise ValueError("version or data_size")
    if 0 not in header[11] or 0 not in header[12]:
        raise ValueError("name or uuid without NUL")
    return header


def encode_header(*header: Any) -> bytes:
    """Write a header; values are given as they were read."""
    if len(header[11]) > 128 or len(header[12]) > 129:
        raise ValueError("name or uuid")
    packed: bytes = HEADER.pack(*header)
    swapped: bytes = bitstruct.byteswap(HEADER_SWAPS, packed[:48])
    return swapped + packed[48:] + bytes(7)


def build_header(version: tuple[int, ...], *rest: Any) -> bytes:
    """Write a header from its values."""
    *numbers, name, uuid = rest
    if len(name) > 127 or 0 in name or len(uuid) > 128 or 0 in uuid:
        raise ValueError("name or uuid")
    return encode_header(*version, *numbers, name.ljust(128, b"\0"), uuid.ljust(129, b"\0"))


def decode_frame(data: bytes) -> tuple[int, int, bytes]:
    """Read a frame."""
    target_index, tag, length = HEAD.unpack(bitstruct.byteswap(HEAD_SWAPS, data[:12]))
    if length > 64:
        raise ValueError("length")
    payload = data[12 : 12 + length]
    if len(payload) != length:
        raise ValueError("short payload")
    return target_index, tag, payload


def encode_frame(target_index: int, tag: int, payload: bytes) -> bytes:
    """Write a frame."""
    if len(payload) > 64:
        raise ValueError("payload")
    head: bytes = bitstruct.byteswap(HEAD_SWAPS, HEAD.pack(target_index, tag, len(payload)))
    return head + payload


def plain_header(header: tuple[Any, ...]) -> Plain:
    """Return the plain value of a header."""
    return (header[:3], *header[3:11], cut_text(header[11]), cut_text(header[12]))


NAME = "bitstruct.c (+byteswap)"

CANDIDATES = [
    Candidate(
        NAME,
        "W1",
        {**field_values("W1"), "decode": decode_header, "encode": encode_header, "build": build_header},
        decode="decode(data)",
        read=tuple(f"o[{index}]" for index in range(13)),
        encode="encode(*value)",
        build="build(version, data_size, data_start, target_count, open_count, flags, event_nr, padding, dev,"
        " name_bytes, uuid_bytes)",
        plain=plain_header,
    ),
    Candidate(
        NAME,
        "W2",
        {**field_values("W2"), "decode": decode_frame, "encode": encode_frame},
        decode="decode(data)",
        read=("o[0]", "o[1]", "o[2]"),
        encode="encode(*value)",
        build="encode(target_index, tag, payload)",
        plain=tuple,
    ),
]
