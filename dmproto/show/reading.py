"""What a file holds, told apart: raw bytes, hex text, a hexdump, JSON with vectors, or strace's text.

Messages start with numbers whose high bytes are zero, so that raw bytes are known by their NULs. Text is JSON where it
starts like JSON, strace's where it has an `ioctl(`, and else must be hex.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, BinaryIO, Final

from dmproto.show.bad_input import BadInput
from dmproto.show.hextext import bytes_of
from dmproto.show.recordings import Capture, captures, of_strace
from dmproto.show.strace import read as read_strace

LIMIT: Final = 1 << 26
"""Most bytes read of a file."""


def read_file(name: str) -> bytes:
    """The bytes of a file; `-` is standard input.

    Raises:
        BadInput: it cannot be read, is empty, or has more than `LIMIT` bytes.
    """
    try:
        if name == "-":
            data = _bounded(sys.stdin.buffer)
        else:
            with Path(name).open("rb") as file:
                data = _bounded(file)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise BadInput(f"{name}: {getattr(error, 'strerror', None) or error}") from None
    if not data:
        raise BadInput(f"{name}: the file is empty")
    if len(data) > LIMIT:
        raise BadInput(f"{name}: more than {LIMIT} bytes")
    return data


def _bounded(file: BinaryIO) -> bytes:
    parts = []
    left = LIMIT + 1
    while left > 0 and (part := file.read(min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def tell_apart(raw: bytes, *, arch: str = "generic") -> bytes | list[Capture]:
    """The bytes of one message, or the calls that were recorded.

    Args:
        raw: what the file holds.
        arch: the architecture that strace ran on.

    Raises:
        BadInput: it is neither.
        DecodeError: it looks like strace's text, and is not.
    """
    text = _text(raw)
    if text is None:
        return raw
    if text.lstrip()[:1] in ("{", "["):
        return captures(load_json(raw))
    if "ioctl(" in text or "<... ioctl" in text:
        return [of_strace(item) for item in read_strace(text, arch=arch)]
    return bytes_of(text)


_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")


def _text(raw: bytes) -> str | None:
    if b"ioctl(" not in raw and _BINARY.search(raw):
        return None
    if b"\0" in raw:
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"ioctl(" in raw:
            return raw.decode("utf-8", "surrogateescape")
        raise BadInput("neither text nor a message: no UTF-8, and no NUL", error.start) from None


def load_json(raw: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        BadInput: it is none.
    """
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise BadInput(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}", error.pos) from None
    except UnicodeDecodeError as error:
        raise BadInput("not JSON: no UTF-8", error.start) from None
    except (RecursionError, ValueError):  # nested too deeply; a number with too many digits
        raise BadInput("not JSON that can be read: nested too deeply, or a number of too many digits") from None
