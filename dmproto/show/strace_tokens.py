"""strace's notation: the tokens of one printed call, and the small reader that makes a tree of them.

Structures, arrays, strings with C escapes, numbers, names joined by `|`, `makedev(…)` and `_IOC(…)`, the marks `...`
(more follows), `???` (misplaced) and `=>` (what came back), and comments. The text is read only as far as it is asked
for, so that what follows the call (an error's message in any language) needs no grammar.
"""

from __future__ import annotations

from typing import Any, Final

from dmproto.errors import DecodeError
from dmproto.show.strace_tree import Made, Mark, Names, Quoted, Struct

DEPTH: Final = 8
"""strace nests a structure in an array in a structure; anything much deeper is not its output."""

DIGITS: Final = 20
"""The digits of the greatest 64-bit number."""

_NAME: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")
_DIGIT: Final = frozenset("0123456789")
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_OCTAL: Final = frozenset("01234567")
_ESCAPES: Final = {"n": 10, "t": 9, "r": 13, "v": 11, "f": 12, "a": 7, "b": 8, '"': 34, "\\": 92}
_MARKS: Final = ("...", "???", "=>", "{", "}", "[", "]", "(", ")", ",", "=", "|")


class Reader:
    """Reads one printed call.

    Attributes:
        text: the call, as one line.
        at: the position in it.
        path: what errors call it, `line 3`.
        offset: where the line starts in the whole text.

    Raises:
        DecodeError: `strace/syntax`, from any of its methods.
    """

    def __init__(self, text: str, path: str, offset: int) -> None:
        self.text = text
        self.at = 0
        self.path = path
        self.offset = offset
        self.comment = ""
        self._depth = 0

    def refuse(self, wanted: str) -> DecodeError:
        """The error for something else than `wanted` at this place."""
        got = self.text[self.at : self.at + 16] or "the end"
        return DecodeError(self.path, self.offset + self.at, "strace/syntax", wanted=wanted, got=got)

    def peek(self) -> str:
        """The character the next token starts with, or "" at the end; comments before it are kept in `comment`."""
        text = self.text
        while self.at < len(text):
            if text[self.at] == " ":
                self.at += 1
            elif text.startswith("/*", self.at):
                end = text.find("*/", self.at)
                if end < 0:
                    raise self.refuse("a whole comment")
                self.comment = text[self.at + 2 : end].strip()
                self.at = end + 2
            elif text.startswith("<unfinished ...>", self.at):
                self.at += len("<unfinished ...>")
            else:
                return text[self.at]
        return ""

    def take(self, mark: str) -> bool:
        """Whether this mark is next; it is then behind us."""
        self.peek()
        if self._mark() != mark:
            return False
        self.at += len(mark)
        return True

    def need(self, mark: str) -> None:
        """Pass this mark."""
        if not self.take(mark):
            raise self.refuse(f"{mark!r}")

    def _mark(self) -> str:
        return next((mark for mark in _MARKS if self.text.startswith(mark, self.at)), "")

    def skip_place(self) -> None:
        """Pass the `<…>` that -y prints after a descriptor."""
        depth = 0
        while self.at < len(self.text):
            depth += {"<": 1, ">": -1}.get(self.text[self.at], 0)
            if not depth:
                break
            self.at += 1
        self.at += self.text[self.at : self.at + 1] == ">"

    def value(self) -> Any:
        """The next value: an int, `Quoted`, `Names`, `Made`, `Struct`, `Mark`, or a list for an array."""
        first = self.peek()
        if first == '"':
            return self._quoted()
        if first in ("{", "["):
            if self._depth == DEPTH:
                raise self.refuse(f"at most {DEPTH} levels")
            self.at += 1
            self._depth += 1
            made = self._struct() if first == "{" else self._list("]")
            self._depth -= 1
            return made
        mark = self._mark()
        if mark in ("...", "???"):
            self.at += len(mark)
            self.comment = ""
            self.peek()
            return Mark(mark, self.comment)
        return self._names()

    def _list(self, close: str) -> list[Any]:
        items: list[Any] = []
        while not self.take(close):
            if items:
                self.need(",")
            items.append(self.value())
        return items

    def _struct(self) -> Struct:
        members: dict[str, Any] = {}
        unnamed: list[Any] = []
        while not self.take("}"):
            if members or unnamed:
                self.need(",")
            name = self._field()
            if name in members:
                raise self.refuse(f"{name} once")
            self.comment = ""
            item = self.value()
            if name:
                members[name] = item
            else:
                unnamed.append(item)
        return Struct(members, tuple(unnamed), self.comment)

    def _field(self) -> str:
        self.peek()
        end = self._run(_NAME)
        if end == self.at or self.text[end : end + 1] != "=":
            return ""
        name = self.text[self.at : end]
        self.at = end + 1
        return name

    def _run(self, alphabet: frozenset[str], at: int | None = None) -> int:
        at = self.at if at is None else at
        while at < len(self.text) and self.text[at] in alphabet:
            at += 1
        return at

    def _names(self) -> Any:
        parts = [self._word()]
        if isinstance(parts[0], str) and self.take("("):
            self._depth += 1
            if self._depth > DEPTH:
                raise self.refuse(f"at most {DEPTH} levels")
            made = Made(parts[0], tuple(self._list(")")))
            self._depth -= 1
            return made
        while self.take("|"):
            parts.append(self._word())
        if len(parts) == 1 and isinstance(parts[0], int):
            return parts[0]
        return Names(tuple(parts))

    def _word(self) -> str | int:
        first = self.peek()
        start = self.at + (first == "-")
        end = self._run(_NAME, start)
        word = self.text[start:end]
        if not word:
            raise self.refuse("a value")
        if word[0] not in _DIGIT:
            if first == "-":
                raise self.refuse("a value")
            self.at = end
            return 0 if word == "NULL" else word
        digits, base = (word[2:], 16) if word[:2] == "0x" else (word, 10)
        if not digits or len(digits) > DIGITS or not _HEX.issuperset(digits) or (base == 10 and not word.isdecimal()):
            raise self.refuse("a number")
        self.at = end
        return int(digits, base) * (-1 if first == "-" else 1)

    def _quoted(self) -> Quoted:
        raw = bytearray()
        text, at = self.text, self.at + 1
        while at < len(text) and text[at] != '"':
            if text[at] != "\\":
                end = at + 1
                while end < len(text) and text[end] not in '"\\':
                    end += 1
                try:
                    raw += text[at:end].encode("utf-8", "surrogateescape")
                except UnicodeEncodeError:
                    raise self.refuse("bytes") from None
                at = end
                continue
            letter = text[at + 1 : at + 2]
            if letter in _ESCAPES:
                raw.append(_ESCAPES[letter])
                at += 2
                continue
            start, digits, base = (at + 2, _HEX, 16) if letter == "x" else (at + 1, _OCTAL, 8)
            end = min(self._run(digits, start), start + (2 if base == 16 else 3))
            if end == start or (code := int(text[start:end], base)) > 255:
                raise self.refuse("an escape")
            raw.append(code)
            at = end
        if at >= len(text):
            raise self.refuse("a whole string")
        self.at = at + 1
        cut = text.startswith("...", self.at)
        self.at += 3 * cut
        return Quoted(bytes(raw), cut)
