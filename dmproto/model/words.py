"""How the kernel splits constructor parameters and messages into words, and reads a number."""

from __future__ import annotations

from typing import Final

from dmproto.wire.checks import TEXT_ERRORS

SPACE: Final = frozenset(b" \t\n\v\f\r\xa0")
"""What separates words: the kernel's isspace, for which 0xA0 is a space, too (lib/ctype.c)."""

BLANKS: Final = bytes(sorted(SPACE)).decode("utf-8", TEXT_ERRORS)
"""The same as text; a backslash gets one into a word."""

BACKSLASH: Final = ord("\\")


def split_in_place(buffer: bytearray, at: int) -> list[str]:
    """The words of the NUL-terminated text at an offset (dm_split_args, drivers/md/dm-table.c).

    A backslash takes the next byte as it is and goes; before the NUL it stays. Quotes mean nothing. As in the kernel
    the words stay where they are, less their backslashes, and each is ended by a NUL.
    """
    words: list[str] = []
    while True:
        while buffer[at] in SPACE:
            at += 1
        if not buffer[at]:
            return words
        start = out = at
        while buffer[at] and buffer[at] not in SPACE:
            if buffer[at] == BACKSLASH and buffer[at + 1]:
                at += 1
            buffer[out] = buffer[at]
            out += 1
            at += 1
        at += bool(buffer[at])
        buffer[out] = 0
        words.append(buffer[start:out].decode("utf-8", TEXT_ERRORS))


def split(text: bytes) -> list[str]:
    """The words of a text."""
    return split_in_place(bytearray(text + b"\0"), 0)


def decimal(word: str) -> int | None:
    """A number as `sscanf("%llu%c")` reads it: blanks, then digits; 2**64 wraps round to 0. None where it is none."""
    word = word.lstrip(BLANKS)
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
