"""Hex as people and tools write it: digits with blanks, commas or 0x between, `hexdump -C` and `xxd`."""

from __future__ import annotations

import re
from typing import Final

from dmproto.show.bad_input import BadInput

FILL: Final = 1 << 24
"""Most bytes that a `*` of a hexdump may stand for."""


def bytes_of(text: str) -> bytes:
    """The bytes of a hex text or of a hexdump.

    Raises:
        BadInput: it is neither.
    """
    lines = text.split("\n")
    return _dump(lines) if _is_dump(lines) else _hex(text)


_COLUMNS: Final = re.compile(r"([0-9a-f]{8,16})(?:  ((?:[0-9a-f]{2} {1,2}){1,64}) *\|.*\|)?\s*", re.IGNORECASE)
_COLON: Final = re.compile(r"([0-9a-f]{4,16}): ((?:[0-9a-f]+ )*[0-9a-f]+)(?: ?|  .*)\s*", re.IGNORECASE)
_WORDS: Final = re.compile(r"[0-9a-f]{7}(?: [0-9a-f]{4}){1,8} *", re.IGNORECASE)


def _is_dump(lines: list[str]) -> bool:
    first = next((line for line in lines if line.strip()), "")
    if _WORDS.fullmatch(first):
        raise BadInput("a hexdump of words, whose bytes depend on the machine: use hexdump -C, or xxd")
    columns = _COLUMNS.fullmatch(first)
    return bool(_COLON.fullmatch(first) or (columns and columns[2]))


def _dump(lines: list[str]) -> bytes:
    """The bytes of `hexdump -C` or `xxd`; a `*` stands for rows like the one above it."""
    data = bytearray()
    base: int | None = None
    row = b""
    starred = False
    for number, line in enumerate(lines, 1):
        if line.strip() in ("", "*"):
            starred = starred or line.strip() == "*"
            continue
        found = _COLON.fullmatch(line) or _COLUMNS.fullmatch(line)
        if found is None:
            raise BadInput(f"line {number} is no line of a hexdump")
        base = int(found[1], 16) if base is None else base
        at = int(found[1], 16) - base
        if starred and row and len(data) <= at <= len(data) + FILL:
            missing = at - len(data)
            data += (row * (missing // len(row) + 1))[:missing]
        if at != len(data):
            raise BadInput(f"line {number} of the hexdump is at {at + base:#x}, and {len(data) + base:#x} is next")
        starred, row = False, _digits(found[2] or "", f"line {number}")
        data += row
    return bytes(data)


def _digits(text: str, place: str) -> bytes:
    digits = "".join(text.split())
    if len(digits) % 2:
        raise BadInput(f"{place}: an odd number of hex digits")
    return bytes.fromhex(digits)


_WORD: Final = re.compile(r"[^\s,:]+")
_STRAY: Final = re.compile(r"[^0-9a-fA-F]")


def _hex(text: str) -> bytes:
    digits: list[str] = []
    for found in _WORD.finditer(text):
        word = found[0][2:] if found[0][:2] in ("0x", "0X") else found[0].replace("\\x", "")
        stray = _STRAY.search(word)
        if stray:
            raise BadInput("neither hex, a hexdump, JSON, nor strace's text", found.start())
        if word is not found[0] and len(word) % 2:
            raise BadInput("an odd number of hex digits", found.start())
        digits.append(word)
    whole = "".join(digits)
    if len(whole) % 2:
        raise BadInput(f"{len(whole)} hex digits: an odd number")
    if not whole:
        raise BadInput("the file is blank")
    return bytes.fromhex(whole)
