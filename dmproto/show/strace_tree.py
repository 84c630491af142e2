"""What the reader of strace's notation makes of it: a tree of these, of ints, and of lists for arrays."""

from __future__ import annotations

from typing import Any, NamedTuple


class Quoted(NamedTuple):
    """A string; `cut` where strace printed dots for the rest, or the memory holds no NUL."""

    raw: bytes
    cut: bool = False


class Names(NamedTuple):
    """Names and numbers joined by `|`."""

    parts: tuple[str | int, ...]


class Made(NamedTuple):
    """A macro and its arguments, `makedev(0xfe, 0)`."""

    name: str
    arguments: tuple[Any, ...]


class Struct(NamedTuple):
    """A structure: its named members, the ones without a name, and the comment it ends with."""

    members: dict[str, Any]
    unnamed: tuple[Any, ...]
    comment: str = ""


class Mark(NamedTuple):
    """`...` or `???`, with the comment strace gives for it."""

    text: str
    comment: str = ""
