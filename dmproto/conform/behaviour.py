"""Behaviour vectors: played step by step on whatever answers, and each answer held against the vector's."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from typing import Any, Final, Protocol

from dmproto.conform.outcome import BROKEN, HELD, NOT_SHOWN, Difference, Outcome
from dmproto.errors import DmprotoError
from dmproto.rules import sentence
from dmproto.scenario import ScenarioError
from dmproto.show.places import places
from dmproto.wire.codec import decode_reply, decode_request
from dmproto.wire.command import COMMANDS, Command

Document = dict[str, Any]

ANSWERS: Final = ("blocked", "ret", "revents")
"""What a step may answer beside memory."""

VERSION_NUMBERS: Final = 3
MAJOR_DIGITS: Final = 8
"""Hex digits of the major version."""


class Peer(Protocol):
    """Whatever answers: the dispatcher, or a program.

    Attributes:
        foreign: whether it is another kernel than the vector's, and so answers an interface version of its own.
    """

    foreign: bool

    def why_not(self, index: int) -> str:
        """Why a step cannot be played, and so none after it; empty where it can."""

    def step(self, index: int) -> Document:
        """Play a step: what came back, in a transcript's keys."""


def play(document: Document, peer: Peer) -> Outcome:
    """Play a vector; where something differs on to its end, or as far as that is possible.

    Raises:
        ScenarioError: a step cannot be played, though nothing differs before it.
    """
    steps: list[Document] = document["steps"]
    codes: dict[str, str] = {}
    differing: dict[int, Difference] = {}
    not_played, played = "", 0
    for index, kept in enumerate(steps):
        if reason := peer.why_not(index):
            not_played = f"from step {index} on: {reason}" if index else reason
            break
        if "start" in kept:
            codes[kept["start"]] = kept["ioctl"]
        code = kept.get("ioctl") or codes.get(kept.get("finish", ""), "0")
        try:
            came = peer.step(index)
        except ScenarioError as error:
            if not differing:
                raise
            not_played = f"from step {index} on: {error}"
            break
        if peer.foreign:
            came = in_version(document["kernel"], kept, came)
        found = next(compare(index, int(code, 16), kept, came), None)
        played = index + 1
        if found:
            differing[index] = found
    return Outcome(
        document["name"],
        "behaviour",
        len(steps),
        played,
        list(differing.values()),
        document["result"] == "acceptable",
        not_played,
        {rule: _state(rule, steps, played, differing) for rule in document["rules"]},
    )


def _state(rule: str, steps: list[Document], played: int, differing: dict[int, Difference]) -> str:
    """Whether a rule holds: at the steps that name it or, where none does, in the whole vector."""
    named = [index for index, step in enumerate(steps) if step.get("rule") == rule] or range(len(steps))
    if any(index in differing for index in named):
        return BROKEN
    return HELD if all(index < played for index in named) else NOT_SHOWN


def compare(index: int, code: int, kept: Document, came: Document) -> Iterator[Difference]:
    """Where an answer differs from the vector's; the rule is compared where both name one."""
    command = name_of(code) if code else next(iter(kept))
    why = f"{came['rule']}: {came.get('sentence') or sentence(came['rule'])}" if "rule" in came else ""
    for what in ANSWERS:
        if kept.get(what) != came.get(what):
            yield Difference(index, command, what, None, answer(what, came), answer(what, kept), why)
    if came.get("rule", kept.get("rule")) != kept.get("rule", came.get("rule")):
        yield Difference(index, command, "rule", None, came["rule"], kept["rule"])
    ours, theirs = bytes.fromhex(came.get("out", "")), bytes.fromhex(kept.get("out", ""))
    size = max(len(ours), len(theirs))
    ours, theirs = ours.ljust(size, b"\0"), theirs.ljust(size, b"\0")
    for at in range(size):
        if ours[at] != theirs[at]:
            yield _byte(index, code, kept, at, ours, theirs)
            return


def in_version(kernel: str, kept: Document, came: Document) -> Document:
    """An answer of another kernel, with the interface version of the vector's in place of its own."""
    numbers = [int(number) for number in kernel.rpartition(" ")[2].split(".") if number.isdigit()]
    version = b"".join(number.to_bytes(4, "little") for number in numbers).hex()
    ours, theirs = (step.get("out", "").ljust(len(version), "0") for step in (came, kept))
    if len(numbers) != VERSION_NUMBERS or not theirs.startswith(version):
        return came
    same_major = ours[:MAJOR_DIGITS] == theirs[:MAJOR_DIGITS]
    return came | {"out": version + ours[len(version) :]} if same_major else came


def answer(what: str, step: Document) -> str:
    """An answer in words."""
    if what not in step:
        return "blocked" if step.get("blocked") else "none"
    value = step[what]
    if what == "ret" and value < 0:
        return f"-{errno.errorcode.get(-value, -value)}"
    return str(value)


def _byte(index: int, code: int, kept: Document, at: int, ours: bytes, theirs: bytes) -> Difference:
    """A difference in memory, as the field in which it is."""
    decode = decode_reply if kept.get("ret") == 0 else decode_request
    named, told = _field(code, at, theirs, decode)
    same, mine = _field(code, at, ours, decode)
    if named == same and told != mine:
        return Difference(index, name_of(code), f"{named}, byte", at, mine, told)
    piece = slice(at, at + 16)
    return Difference(index, name_of(code), f"{named}, byte", at, ours[piece].hex(" "), theirs[piece].hex(" "))


def _field(code: int, at: int, memory: bytes, decode: Any) -> tuple[str, str]:
    """The field a byte belongs to, and its value; no name where the memory says nothing of it."""
    try:
        value = decode(code, memory, byteorder=sys.byteorder, strict=False)
        for span in places(value, len(memory)):
            if span.offset <= at < span.offset + span.size:
                return span.path, repr(span.value)
    except (DmprotoError, ValueError, AttributeError, TypeError):  # a message of which a part is missing
        pass
    return "no field", ""


def name_of(code: int) -> str:
    """The command's name, or its number."""
    number = code & 0xFF
    return Command(number).c_name if number in COMMANDS else f"{code:#x}"
