"""dmproto's checks on objects whose names are raw bytes, for peers that have no checks of their own."""

from typing import Any


def check_header(header: Any) -> Any:
    """Return the header, or raise ValueError."""
    if header.version[0] != 4 or not 305 <= header.data_size <= 0x40000000:
        raise ValueError("version or data_size")
    if 0 not in header.name or 0 not in header.uuid:
        raise ValueError("name or uuid without NUL")
    return header


def pad_name(name: bytes, size: int) -> bytes:
    """Return a name in the ``char[size]`` it is written to, or raise ValueError."""
    if len(name) >= size or 0 in name:
        raise ValueError("name too long or with a NUL")
    return name.ljust(size, b"\0")


def check_payload(payload: bytes) -> bytes:
    """Return the payload of a frame that is to be written, or raise ValueError."""
    if len(payload) > 64:
        raise ValueError("payload too long")
    return payload
