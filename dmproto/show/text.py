"""Numbers and texts as they are printed, with nothing in them that a terminal would take for its own."""

from __future__ import annotations

import re
from typing import Final

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_QUOTED: Final = re.compile(r"[\\\"]")


def quoted(text: str) -> str:
    """A text in quotes; quotes, control characters, and bytes that are no UTF-8, as C writes them."""
    return '"' + printable(_QUOTED.sub(r"\\\g<0>", text)) + '"'


def printable(text: str) -> str:
    """A text with its control characters, and what turns its direction, as C writes them."""
    return _UNPRINTABLE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    number = ord(found[0])
    if 0xDC80 <= number <= 0xDCFF:  # a byte that is no UTF-8
        number -= 0xDC00
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def size_of(sectors: int) -> str:
    """So many sectors in bytes, rounded."""
    size: float = sectors * 512
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB"):
        if size < 1024:
            return f"{size:.4g} {unit}"
        size /= 1024
    return f"{size:.4g} EiB"
