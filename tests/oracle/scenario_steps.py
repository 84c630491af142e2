"""The steps scenarios are written in: requests of `dmproto.wire.build`, and in them bytes that it would not write.

`rule` on a step is the rule that is to refuse it: what the scenario claims, and the kernel's answer has to bear out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from dmproto.wire.build import request
from dmproto.wire.codec import encode
from dmproto.wire.command import Command
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import TargetMsg, TargetSpec

Step = dict[str, Any]

BUFFER: Final = 1024
ZERO: Final = (0, 8, "zero", "")
LINEAR: Final = (0, 8, "linear", "98:0 0")
AT_ONCE: Final = 99
"""An event number no device has: who waits with it is answered at once."""

WORDS: Final = {"data_size": 12, "data_start": 16, "target_count": 20}
"""Header fields that a scenario may give any value, and where they stand."""

DISKS: Final = (65536, 8192)
"""Sizes in sectors of 98:0 and 98:16."""

NOTES: Final = {
    "Recorded": "Results and bytes are the kernel's; `rule` on a step is the rule of dmproto that says why.",
    "Interrupted": "A call that blocks and has no `start` is sent a signal.",
    "Modules": "Lists the target types a kernel has loaded, with their versions: another kernel may have others.",
}


class Scenario(NamedTuple):
    """What is to be recorded as one vector.

    Attributes:
        name: the file's.
        comment: what it shows.
        steps: what is done.
        flags: keys of `NOTES` beside `Recorded`.
        result: `acceptable` where kernels differ, else None: `invalid` where a rule refuses a step.
    """

    name: str
    comment: str
    steps: Sequence[Step]
    flags: tuple[str, ...] = ()
    result: str | None = None

    @property
    def rules(self) -> list[str]:
        """The rules it claims to show."""
        return sorted({step["rule"] for step in self.steps if "rule" in step})


def word(value: int) -> bytes:
    """32 bits, little-endian as the recordings are."""
    return value.to_bytes(4, "little")


def ask(
    command: Command,
    payload: Any = None,
    *,
    rule: str | None = None,
    comment: str | None = None,
    code: int | None = None,
    mapped: int | None = None,
    poke: Mapping[int, bytes] | None = None,
    start: str | None = None,
    capable: bool = True,
    buffer: int = BUFFER,
    **fields: Any,
) -> Step:
    """An ioctl on the control node.

    Args:
        command: what is asked.
        payload: with what.
        rule: the rule that refuses it.
        comment: what the step is for.
        code: another request number.
        mapped: how much memory there is; as a rule data_size.
        poke: bytes to be put in, by their offset.
        start: the name of the job, for a call that blocks.
        capable: whether the caller has CAP_SYS_ADMIN.
        buffer: least size of the buffer.
        fields: header fields; version, sizes and counts may be wrong.
    """
    wrong = {WORDS[name]: word(fields.pop(name)) for name in WORDS if name in fields}
    if "version" in fields:
        wrong[0] = b"".join(map(word, fields.pop("version")))
    number, data = encode(made := request(command, payload, buffer=buffer, **fields))
    assert made.header is not None
    memory = bytearray(data.ljust(made.header.data_size, b"\0"))
    for at, piece in (wrong | dict(poke or {})).items():
        memory[at : at + len(piece)] = piece
    size = len(memory) if mapped is None else mapped
    step = {"ioctl": f"{number if code is None else code:#x}", "in": memory[:size].rstrip(b"\0").hex(), "mapped": size}
    optional = {"capable": None if capable else False, "start": start, "rule": rule, "comment": comment}
    return step | {key: value for key, value in optional.items() if value is not None}


def create(name: str, **more: Any) -> Step:
    """A device without tables."""
    return ask(Command.DEV_CREATE, name=name, **more)


def load(name: str, *lines: tuple[int, int, str, str], **more: Any) -> Step:
    """A device's inactive table: of each target the start, length, type and parameters."""
    specs = [
        TargetSpec(sector_start=at, length=size, target_type=kind, parameters=text) for at, size, kind, text in lines
    ]
    return ask(Command.TABLE_LOAD, specs, name=name, **more)


def suspend(name: str, **more: Any) -> Step:
    """Suspend a device."""
    return ask(Command.DEV_SUSPEND, name=name, flags=DmFlag.SUSPEND, **more)


def resume(name: str, **more: Any) -> Step:
    """Resume a device; its inactive table becomes the active one."""
    return ask(Command.DEV_SUSPEND, name=name, **more)


def remove(name: str, **more: Any) -> Step:
    """Remove a device."""
    return ask(Command.DEV_REMOVE, name=name, **more)


def status(name: str, **more: Any) -> Step:
    """What there is to say of a device."""
    return ask(Command.DEV_STATUS, name=name, **more)


def message(name: str, text: str, sector: int = 0, **more: Any) -> Step:
    """A message to the target at a sector."""
    return ask(Command.TARGET_MSG, TargetMsg(sector=sector, message=text), name=name, **more)


def active(name: str, *lines: tuple[int, int, str, str]) -> list[Step]:
    """A device with an active table."""
    return [create(name), load(name, *lines), resume(name)]
