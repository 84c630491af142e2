"""The lines of an `strace` text: which call each belongs to, and what it came back with.

Before the call stand, as asked for, a process number and a time; a call that another one interrupts is printed in two
parts. Lines about signals, exits and stacks are passed over, and so is what a program printed between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dmproto.errors import DecodeError

UNFINISHED = "<unfinished ...>"


class Call(NamedTuple):
    """One call.

    Attributes:
        line: the number of its first line, from 1.
        offset: where that line's call starts in the text.
        pid: the process, where strace says it.
        name: the system call.
        text: all of it, from the parenthesis on.
        whole: whether its end was seen.
    """

    line: int
    offset: int
    pid: int | None
    name: str
    text: str
    whole: bool = True


def calls(text: str) -> Iterator[Call]:
    """The system calls, in the order in which they were completed; those that never were come last.

    Raises:
        DecodeError: `strace/text`, there is none, nor any other line of strace.
    """
    waiting: dict[int | None, Call] = {}
    offset = 0
    found = False
    for number, line in enumerate(text.split("\n"), 1):
        pid, at = _prefix(line)
        rest = line[at:].rstrip("\r ")
        start, offset = offset + at, offset + len(line) + 1
        if rest.startswith("<... "):
            name, resumed, tail = rest[5:].partition(" resumed>")
            call = waiting.get(pid)
            found = found or bool(resumed)
            if resumed and call is not None and call.name == name:
                tail = f"{call.text} {tail}"
                del waiting[pid]
                yield call._replace(text=tail)
            continue
        name, parenthesis, tail = rest.partition("(")
        if not parenthesis or not name.isidentifier():
            found = found or rest.startswith(("+++ ", "--- ", "strace: "))
            continue
        found = found or name == "ioctl" or " = " in tail or tail.endswith(UNFINISHED)
        call = Call(number, start + len(name) + 1, pid, name, tail)
        if tail.endswith(UNFINISHED):
            waiting[pid] = call._replace(text=tail.removesuffix(UNFINISHED))
        else:
            yield call
    if not found:
        raise DecodeError("line 1", 0, "strace/text")
    for call in waiting.values():
        yield call._replace(whole=False)


def outcome(text: str) -> tuple[int | None, str | None] | None:
    """What follows a call: its result and the errno's name; `?` is no result, and None no such text at all."""
    words = text.split(maxsplit=3)
    if len(words) < 2 or words[0] != "=":
        return None
    error = words[2] if len(words) > 2 and words[2][:1] == "E" and words[2].isidentifier() else None
    if words[1] == "?":
        return None, error
    digits = words[1].removeprefix("-")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 10:
        return None
    return int(words[1]), error


def _prefix(line: str) -> tuple[int | None, int]:
    """The process number before a call, and where the call starts."""
    pid: int | None = None
    at = 0
    while at < len(line):
        if line[at] == " ":
            at += 1
        elif line[at] == "[" and (end := line.find("]", at)) > 0:
            kind, _, number = line[at + 1 : end].partition(" ")
            pid = _process(number) if kind == "pid" else pid
            at = end + 1
        elif line[at] == "(" and (end := line.find(")", at)) > 0:
            at = end + 1
        elif line[at].isdecimal():
            word, _, _ = line[at:].partition(" ")
            pid = _process(word) if at == 0 else pid
            at += len(word)
        else:
            break
    return pid, at


def _process(word: str) -> int | None:
    number = word.strip().partition("<")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= 10 else None
