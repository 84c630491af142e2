"""How the kernel splits constructor parameters and messages into words, and reads a number."""

from __future__ import annotations

from typing import Final

from dmproto.wire.checks import TEXT_ERRORS

SPACE: Final = frozenset(b" \t\n\v\f\r\xa0")
"""What separates words: the kernel's isspace, for which 0xA0 is a space, too (lib/ctype.c)."""

BACKSLASH: Final = ord("\\")


def split(text: bytes) -> list[str]:
    """The words of a text (dm_split_args, drivers/md/dm-table.c).

    A backslash takes the next byte as it is and goes; the last byte of the text it leaves alone. Quotes mean nothing.
    """
    words: list[str] = []
    word = bytearray()
    inside = False
    index = 0
    while index < len(text):
        byte = text[index]
        if byte == BACKSLASH and index + 1 < len(text):
            index += 1
            word.append(text[index])
            inside = True
        elif byte in SPACE:
            if inside:
                words.append(word.decode("utf-8", TEXT_ERRORS))
                word.clear()
            inside = False
        else:
            word.append(byte)
            inside = True
        index += 1
    if inside:
        words.append(word.decode("utf-8", TEXT_ERRORS))
    return words


def decimal(word: str) -> int | None:
    """A number as `sscanf("%llu%c")` reads it: digits only, and 2**64 wraps round to 0; None where it is none."""
    if not word.isascii() or not word.isdigit():
        return None
    number = 0
    for start in range(0, len(word), 18):  # in pieces: Python refuses to convert very long ones at once
        piece = word[start : start + 18]
        number = (number * 10 ** len(piece) + int(piece)) % (1 << 64)
    return number


def unsigned(word: str, bits: int) -> int | None:
    """A number as `kstrtouint` reads it: a plus sign before it and a newline behind may be, and it must fit."""
    digits = word.removeprefix("+").removesuffix("\n")
    if not digits.isascii() or not digits.isdigit() or len(digits.lstrip("0")) > 20:
        return None
    number = int(digits.lstrip("0") or "0")
    return number if number < 1 << bits else None
