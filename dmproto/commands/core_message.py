"""Messages to the core, which begin with @; a device needs no table for them, and their sector is not looked at.

Source: dm_stats_message and what it calls, drivers/md/dm-stats.c of Linux 6.1, whose answers were seen running.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from dmproto.errors import Refused
from dmproto.model.device import Device
from dmproto.model.kernel import Kernel
from dmproto.model.stats import NONE, WORD, Region, free_number
from dmproto.model.words import decimal
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.checks import TEXT_ERRORS
from dmproto.wire.limits import STRUCT_SIZE

SPACES: Final = r"[ \t\n\v\f\r\udca0]*"
"""What sscanf skips before a number: blanks that a backslash brought into a word."""

UNSIGNED: Final = re.compile(SPACES + r"(\d+)", re.ASCII)
SIGNED: Final = re.compile(SPACES + r"(-?)(\d+)", re.ASCII)
RANGE: Final = re.compile(SPACES + r"(\d+)\+" + SPACES + r"(\d+)", re.ASCII)
DIVISOR: Final = re.compile("/" + SPACES + r"(\d+)", re.ASCII)
UINT: Final = 1 << 32
INT_MAX: Final = (1 << 31) - 1

ALL: Final = "-"
"""The whole device, the first area, or all areas: where a range or a number may stand."""

PRECISE: Final = "precise_timestamps"
HISTOGRAM: Final = "histogram:"


class StatsCall(NamedTuple):
    """A message while it is carried out.

    Attributes:
        kernel: the kernel.
        device: the device it came to.
        words: what follows the keyword.
        room: the size of the result area.
    """

    kernel: Kernel
    device: Device
    words: list[str]
    room: int

    def region(self) -> Region:
        """The region the first word names; there is one, or the message is refused."""
        return self.device.regions[self.number()]

    def number(self) -> int:
        """The number of the region the first word names.

        Raises:
            Refused: `stats/region-id` or `stats/region`.
        """
        match = SIGNED.fullmatch(self.words[0])
        number = _number(match[2]) * (-1 if match[1] else 1) % UINT if match else UINT
        if number > INT_MAX:
            raise Refused("stats/region-id", word=self.words[0])
        if number not in self.device.regions:
            raise Refused("stats/region", region=number, name=self.device.name)
        return number


class StatsMessage(NamedTuple):
    """A row of the table of messages.

    Attributes:
        handler: carries it out; what it wrote.
        counts: how many words may follow the keyword.
        wanted: which.
        answers: an answer is sent, even if nothing was written.
    """

    handler: Callable[[StatsCall], str]
    counts: tuple[int, ...] | range
    wanted: str
    answers: bool


def core_message(copy: WorkingCopy, kernel: Kernel, device: Device, words: list[str]) -> str | None:
    """Carry a message out; the answer is None where none is sent.

    A message that answers, but writes nothing, answers with what lies in the result area already: that is, as a rule,
    the request's own sector number and, split into words, its text.

    Raises:
        Refused: `message/core`, or a rule of `stats/`.
    """
    keyword = words[0].lower()
    if keyword == "@cancel_deferred_remove" and len(words) == 1:
        device.deferred_remove = False
        return None
    message = MESSAGES.get(keyword)
    if message is None:
        raise Refused("message/core", message=" ".join(words))
    if len(words) - 1 not in message.counts:
        raise Refused("stats/words", message=words[0], wanted=message.wanted, got=len(words) - 1)
    text = message.handler(StatsCall(kernel, device, words[1:], copy.size - STRUCT_SIZE))
    if not message.answers:
        return None
    if not text:
        text = (copy.text_at(STRUCT_SIZE) or b"").decode("utf-8", TEXT_ERRORS)
    return text


def _create(call: StatsCall) -> str:
    # The kernel looks first whether ten digits fit: they do, since this message itself is longer
    start, length = _range(call.device, call.words[0])
    step = _step(length, call.words[1])
    words = call.words[2:]
    precise, histogram = _features(words)
    if len(words) > 2:
        raise Refused("stats/surplus", word=words[2])
    program, aux = [*words, *[NONE] * 2][:2]
    region = Region(start, length, step, program, aux, precise, histogram)
    region.check(other for device in call.kernel.devices for other in device.regions.values())
    number = free_number(call.device.regions)
    call.device.regions[number] = region
    return str(number)


def _delete(call: StatsCall) -> str:
    del call.device.regions[call.number()]
    return ""


def _clear(call: StatsCall) -> str:
    call.region()  # its counters are 0 as they are
    return ""


def _set_aux(call: StatsCall) -> str:
    call.region().aux = call.words[1]
    return ""


def _list(call: StatsCall) -> str:
    return "".join(
        region.told(number)
        for number, region in sorted(call.device.regions.items())
        if not call.words or region.program == call.words[0]
    )


def _print(call: StatsCall) -> str:
    first, count = 0, WORD - 1
    if len(call.words) > 1:
        first, count = _areas(call.words[1], first), _areas(call.words[2], count)
    return call.region().counters(first, count, call.room)


MESSAGES: Final[dict[str, StatsMessage]] = {
    "@stats_create": StatsMessage(_create, range(2, WORD), "a range, a step, features, program and text", True),
    "@stats_delete": StatsMessage(_delete, (1,), "a region id", False),
    "@stats_clear": StatsMessage(_clear, (1,), "a region id", True),
    "@stats_list": StatsMessage(_list, (0, 1), "at most a program id", True),
    "@stats_print": StatsMessage(_print, (1, 3), "a region id, and perhaps first area and count", True),
    "@stats_print_clear": StatsMessage(_print, (1, 3), "a region id, and perhaps first area and count", True),
    "@stats_set_aux": StatsMessage(_set_aux, (2,), "a region id and a text", False),
}
"""Every message of statistics, by its keyword in small letters."""


def _range(device: Device, word: str) -> tuple[int, int]:
    """Start and length: of the device, or as given; the end must not wrap round."""
    if word == ALL:
        return 0, (device.active.size if device.active else 0) or 1
    match = RANGE.fullmatch(word)
    start, length = (_number(match[1]), _number(match[2])) if match else (0, 0)
    if not 0 < length < WORD - start:
        raise Refused("stats/range", word=word)
    return start, length


def _step(length: int, word: str) -> int:
    """Sectors in an area: as given, or the range divided."""
    divisor = DIVISOR.fullmatch(word)
    number = _number(divisor[1]) % UINT if divisor else _unsigned(word)
    if not number:
        raise Refused("stats/step", word=word)
    return -(-length // number) if divisor else number


def _features(words: list[str]) -> tuple[bool, tuple[int, ...]]:
    """Take the features off the words, if a number says how many there are."""
    precise = False
    histogram: tuple[int, ...] = ()
    count = _unsigned(words[0]) if words else None
    if count is None:
        return precise, histogram
    del words[0]
    for index in range(count % UINT):
        if not words:
            raise Refused("stats/features", wanted=count % UINT, got=index)
        word = words.pop(0)
        if word.lower() == PRECISE:
            precise = True
        elif word[: len(HISTOGRAM)].lower() == HISTOGRAM and not histogram:
            histogram = tuple(_boundaries(word))
        else:
            raise Refused("stats/feature", word=word)
    return precise, histogram


def _boundaries(word: str) -> Iterator[int]:
    last = 0
    for text in word[len(HISTOGRAM) :].split(","):
        boundary = _unsigned(text)
        if boundary is None or boundary <= last:
            raise Refused("stats/histogram", boundary=text, last=last)
        last = boundary
        yield boundary


def _areas(word: str, default: int) -> int:
    """A number of areas."""
    number = default if word == ALL else _unsigned(word)
    if number is None:
        raise Refused("stats/area", word=word)
    return number


def _unsigned(word: str) -> int | None:
    match = UNSIGNED.fullmatch(word)
    return _number(match[1]) if match else None


def _number(digits: str) -> int:
    number = decimal(digits)
    assert number is not None, "it is digits"
    return number
