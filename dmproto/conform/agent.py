"""A program that speaks the agent's line protocol (tests/oracle/agent.md), as what answers.

One line asks, one line answers. Memory is text: pairs of hex digits, `[BB*N]` for N bytes BB, trailing zeros left out.
"""

from __future__ import annotations

import re
import select
import shlex
import subprocess
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final, Self

from dmproto.errors import DmprotoError
from dmproto.wire.build import request
from dmproto.wire.codec import decode_reply, encode
from dmproto.wire.command import Command

Document = dict[str, Any]

LINE: Final = 3000
"""Characters of memory a line may have."""

FINISH: Final = 1000
"""Milliseconds a call that was started may take to end."""

SETTLE: Final = 0.05
"""Seconds a kernel has to remove in the background what was closed."""

POLLIN: Final = 1
ROUNDS: Final = 10
LIST_SIZE: Final = 65536
RUN: Final = re.compile(rb"(.)\1{7,}", re.DOTALL)


class AgentError(DmprotoError):
    """The program did not answer, or not as the protocol says."""


def to_text(memory: bytes) -> str:
    """Memory as text."""
    parts: list[str] = []
    done = 0
    memory = memory.rstrip(b"\0")
    for run in RUN.finditer(memory):
        parts.append(f"{memory[done : run.start()].hex()}[{run[1].hex()}*{len(run[0])}]")
        done = run.end()
    return "".join(parts) + memory[done:].hex() or "-"


def from_text(text: str) -> bytes:
    """Text as memory."""
    pieces = re.findall(r"\[([0-9a-f]{2})\*(\d+)\]|([0-9a-f]+)", text)
    return b"".join(bytes.fromhex(digits) if digits else bytes.fromhex(byte) * int(n) for byte, n, digits in pieces)


def lines_of(memory: bytes) -> Iterator[str]:
    """The texts of memory's pieces, each short enough for a line."""
    size = LINE // 2 - 1
    pieces = [memory[at : at + size] for at in range(0, len(memory), size)] or [b""]
    for piece in pieces[:-1]:
        yield piece.hex()  # with its zeros: more follows
    yield to_text(pieces[-1])


class Agent:
    """A running program; a context manager that ends it.

    Args:
        command: how it is started, words as in a shell.
        timeout: seconds an answer may take.

    Attributes:
        release: the kernel it says it is.
        dm_major: device-mapper's block major there; 0 where it is not known.
    """

    def __init__(self, command: str, timeout: float = 30) -> None:
        words = shlex.split(command)
        if not words:
            raise AgentError("--exec names no program")
        self._timeout = timeout
        self._buffer = b""
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)  # noqa: S603
        try:
            greeting = self._answer().split()
            if len(greeting) != 7 or greeting[:2] != ["hello", "1"]:
                raise AgentError(f"{words[0]} greets with {' '.join(greeting)!r}: not the agent's protocol 1")
        except BaseException:
            self.close()
            raise
        self.release, self.byteorder, self.dm_major = greeting[2], greeting[4], int(greeting[6])

    def ask(self, line: str) -> str:
        """Send a line; the line that answers it.

        Raises:
            AgentError: there is none in time, or it says that it did not understand.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode() + b"\n")
        except BrokenPipeError:
            raise AgentError("the program has ended") from None
        return self._answer()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        descriptor, end = self._process.stdout, time.monotonic() + self._timeout
        while b"\n" not in self._buffer:
            if not select.select([descriptor], [], [], max(0, end - time.monotonic()))[0]:
                raise AgentError(f"the program has not answered in {self._timeout:g} seconds")
            part = descriptor.read(1 << 16)
            if not part:
                raise AgentError("the program has ended")
            self._buffer += part
        line, _, self._buffer = self._buffer.partition(b"\n")
        if line.startswith(b"error"):
            raise AgentError(f"the program answers {line.decode('utf-8', 'replace')!r}")
        return line.decode("utf-8", "replace")

    def number(self, line: str) -> int:
        """Ask what is answered with `ret N`."""
        answer = self.ask(line).split()
        if len(answer) != 2 or answer[0] != "ret":
            raise AgentError(f"{line.partition(' ')[0]!r} is answered {' '.join(answer)!r}")
        return int(answer[1])

    def call(self, how: str, file: str, code: int, memory: bytes, mapped: int, capable: bool = True) -> Answer:
        """Issue an ioctl, `how` being `ioctl` or `start JOB`."""
        *first, last = lines_of(memory)
        for piece in first:
            self.ask(f"more {piece}")
        return answered(self.ask(f"{how} {file} {code} {mapped} {capable:d} {last}"), mapped)

    def clear(self, *, destructive: bool) -> None:
        """Make sure that there are no devices.

        Raises:
            AgentError: there are, and they are not to be removed, or stay.
        """
        if ret := self.number("open clear control"):
            raise AgentError(f"the control node cannot be opened there: {ret}")
        for _ in range(ROUNDS):
            there = self._devices()
            if not there:
                self.ask("close clear")
                return
            if not destructive:
                raise AgentError(f"{len(there)} devices are there, {there[0]!r} the first; --destructive removes them")
            code, memory = encode(request(Command.REMOVE_ALL))
            self.call("ioctl", "clear", code, memory, len(memory))
            time.sleep(SETTLE)
        raise AgentError(f"the device {there[0]!r} cannot be removed")

    def _devices(self) -> list[str]:
        code, memory = encode(request(Command.LIST_DEVICES, buffer=LIST_SIZE))
        answer = self.call("ioctl", "clear", code, memory, LIST_SIZE)
        if answer is None or answer[0]:
            raise AgentError(f"DM_LIST_DEVICES is answered {answer and answer[0]}")
        return [record.name for record in decode_reply(code, answer[1], strict=False).payload or ()]

    def close(self) -> None:
        """End the program."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


Answer = tuple[int, bytes] | None


def answered(line: str, mapped: int) -> Answer:
    """The answer to `ioctl`, `start` and `finish`: result and memory, None while it is blocked."""
    if line == "blocked":
        return None
    words = line.split()
    if len(words) != 3 or words[0] != "ret":
        raise AgentError(f"an ioctl is answered {line[:80]!r}")
    return int(words[1]), from_text(words[2]).ljust(mapped, b"\0")
