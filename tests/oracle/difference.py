"""Where a kernel and the dispatcher differ: the steps that led there, cut down to those it takes, and told in words."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from dmproto.errors import DmprotoError
from dmproto.wire.codec import decode_reply, decode_request
from dmproto.wire.command import Command
from tests.oracle.steps import Ioctl, Step

NAME: Final = 48
PAYLOAD: Final = 312


class Answer(NamedTuple):
    """What one side answered: the system call's value, the memory afterwards, and on our side the rule."""

    ret: int
    memory: bytes
    rule: str | None = None


BLOCKED: Final = Answer(1 << 16, b"blocked")


class Difference(NamedTuple):
    """A step, the last of `steps`, that the two sides answer differently."""

    steps: list[Step]
    kernel: Answer
    ours: Answer

    @property
    def step(self) -> Step:
        """The step itself."""
        return self.steps[-1]

    @property
    def offsets(self) -> list[int]:
        """Where the memories differ."""
        return [at for at, (one, other) in _pairs(self.kernel.memory, self.ours.memory) if one != other]

    @property
    def signature(self) -> tuple[object, ...]:
        """What differences of the same cause have in common."""
        where = sorted({at // 4 * 4 if at < NAME else NAME if at < PAYLOAD else PAYLOAD for at in self.offsets})
        return (command_of(self.step), self.kernel.ret, self.ours.ret, self.ours.rule, *where)


def command_of(step: Step) -> str:
    """An ioctl's command, or what else the step is."""
    if not isinstance(step, Ioctl):
        return type(step).__name__.lower()
    number = step.code & 0xFF
    return Command(number).name if number <= Command.GET_TARGET_VERSION else "unknown"


def reduce(difference: Difference, again: Callable[[Sequence[Step]], Difference | None]) -> Difference:
    """The same difference with no step more than it takes."""
    best = difference
    size = max(1, len(best.steps) // 2)
    while True:
        at = 0
        shrunk = False
        while at < len(best.steps) - 1:
            found = again([*best.steps[:at], *best.steps[min(at + size, len(best.steps) - 1) :]])
            if found is not None and found.signature == best.signature and len(found.steps) < len(best.steps):
                best, shrunk = found, True
            else:
                at += size
        if size == 1 and not shrunk:
            return best
        if not shrunk or size > 1:
            size = max(1, size // 2)


def describe(difference: Difference) -> str:
    """A difference for someone who is to find its cause."""
    lines = [f"{difference.signature}"]
    lines += [f"  {index}: {told(step)}" for index, step in enumerate(difference.steps)]
    if isinstance(difference.step, Ioctl):
        memory = difference.step.memory.ljust(difference.step.mapped, b"\0")
        for who, answer in (("kernel", difference.kernel), ("ours", difference.ours)):
            name = os.strerror(-answer.ret) if answer.ret < 0 else ""
            changed = [at for at, (one, other) in _pairs(memory, answer.memory) if one != other]
            lines.append(f"  {who}: {answer.ret} {name} {answer.rule or ''} changed {spans(changed)}")
            for start, end in spans(difference.offsets):
                lines.append(
                    f"    [{start}:{end}] {answer.memory[start:end].hex(' ')} {answer.memory[start:end]!r}"[:160]
                )
            try:
                lines.append(f"    {decode_reply(difference.step.code, answer.memory, strict=False)}"[:700])
            except (DmprotoError, ValueError) as error:
                lines.append(f"    {error}")
    else:
        lines += (
            f"  {who}: {answer.ret} {answer.memory.decode()}"
            for who, answer in (("kernel", difference.kernel), ("ours", difference.ours))
        )
    return "\n".join(lines)


def told(step: Step) -> str:
    """A step in a line or two."""
    if not isinstance(step, Ioctl):
        return str(step)
    text = f"{step.file} {step.code:#x} mapped={step.mapped}{'' if step.capable else ' not capable'} "
    memory = step.memory.ljust(step.mapped, b"\0")
    try:
        request = decode_request(step.code, memory, strict=False)
    except (DmprotoError, ValueError) as error:
        return f"{text}{error} {memory[:400].rstrip(bytes(1)).hex()}"
    header = request.header
    told_fields = [f"{name}={getattr(header, name)!r}" for name in header.__struct_fields__ if getattr(header, name)]
    return f"{text}{command_of(step)} {' '.join(told_fields)} {request.payload or ''} {request.anomalies or ''}"[:600]


def _pairs(one: bytes, other: bytes) -> Iterator[tuple[int, tuple[int, int]]]:
    """Bytes at the same offset, with the offset."""
    return enumerate(zip(one, other, strict=False))


def spans(offsets: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring offsets."""
    out: list[tuple[int, int]] = []
    for at in offsets:
        if out and out[-1][1] == at:
            out[-1] = out[-1][0], at + 1
        else:
            out.append((at, at + 1))
    return out
