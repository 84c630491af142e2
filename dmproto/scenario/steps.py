"""A scenario as typed values, read from JSON: what is wrong with a file is said with the place in it.

A scenario is `{"name", "profile", "dm_major", "disks", "steps"}`, 64-bit integers as strings; a transcript is the same
with what came back. Keys that a step's kind does not know (`ret`, `comment`) are kept: a transcript is a scenario.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from dmproto.errors import DmprotoError

Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,20}$")]
Hex = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-fA-F]{2})*$")]
Code = Annotated[str, msgspec.Meta(pattern=r"^0[xX][0-9a-fA-F]{1,16}$")]
MAPPED_MAX = 1 << 30
KINDS = ("ioctl", "open", "close", "finish", "event", "poll")
"""What a step can be."""


class ScenarioError(DmprotoError):
    """A scenario cannot be played: the sentence says what is wrong, and where."""


class ScenarioDisk(msgspec.Struct, frozen=True):
    """An underlying disk: its size in sectors and its path."""

    sectors: Number
    path: str = ""


class Step(msgspec.Struct, frozen=True, rename={"in_": "in", "as_": "as"}):
    """One step; which of the keys in `KINDS` it has is its kind.

    Attributes:
        ioctl: the request number.
        open: `control` or a device number, to be opened as `as_`.
        as_: the name of the file that is opened.
        close: a file to close.
        finish: a job started before, to be waited for.
        event: a device number whose target raises an event.
        poll: a control file to poll.
        in_: the memory behind the pointer, in hex.
        mapped: how many bytes of memory there are; zeros follow `in_`.
        file: what the ioctl is issued on.
        capable: whether the caller has CAP_SYS_ADMIN.
        start: the name of the job, for a call that may block.
    """

    ioctl: Code | None = None
    open: str | None = None
    as_: str | None = None
    close: str | None = None
    finish: str | None = None
    event: str | None = None
    poll: str | None = None
    in_: Hex = ""
    mapped: Annotated[int, msgspec.Meta(ge=0, le=MAPPED_MAX)] | None = None
    file: str = "control"
    capable: bool = True
    start: str | None = None

    @property
    def kind(self) -> str:
        """`ioctl`, `open`, `close`, `finish`, `event` or `poll`.

        Raises:
            ScenarioError: it is none of them, or more than one.
        """
        kinds = [name for name in KINDS if getattr(self, name) is not None]
        if len(kinds) != 1:
            raise ScenarioError(f"a step is one of {', '.join(KINDS)}; this is {' and '.join(kinds) or 'none'}")
        return kinds[0]

    @property
    def memory(self) -> bytearray:
        """The memory behind the pointer."""
        data = bytes.fromhex(self.in_)
        return bytearray(data.ljust(self.mapped, b"\0")[: self.mapped] if self.mapped is not None else data)


class Scenario(msgspec.Struct, frozen=True):
    """A scenario: the kernel, its disks, and what is done.

    Attributes:
        steps: each step as it stands in the file; `step` gives it typed.
    """

    name: str
    steps: list[dict[str, Any]]
    profile: str = "linux-6.1.176"
    dm_major: Annotated[int, msgspec.Meta(ge=1, le=4095)] = 254
    disks: dict[str, ScenarioDisk] = {}

    def step(self, index: int) -> Step:
        """A step, typed.

        Raises:
            ScenarioError: it is no step.
        """
        try:
            return msgspec.convert(self.steps[index], Step)
        except msgspec.ValidationError as error:
            raise ScenarioError(f"{self.name}: step {index}: {error}") from None


def read(document: object) -> Scenario:
    """A scenario from a JSON document.

    Raises:
        ScenarioError: it is none.
    """
    try:
        return msgspec.convert(document, Scenario)
    except msgspec.ValidationError as error:
        raise ScenarioError(f"this is no scenario: {error}") from None
