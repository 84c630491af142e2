"""The host's side of the agent's line protocol (agent.md): memory as text, and one question at a time."""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).with_name("agent.c")
LINE: Final = 3000
"""Characters a line to the agent may have: a line of user-mode Linux stalls with some 4 KiB unread."""

RUN: Final = re.compile(rb"(.)\1{7,}", re.DOTALL)


class Gone(Exception):
    """The agent is no longer there, or did not answer in time."""


class ProtocolError(Exception):
    """The agent did not take a line."""


def build(target: Path) -> None:
    """Compile the agent, without shared libraries where there is a static C library."""
    command = ["gcc", "-O2", "-Wall", "-Wextra", "-o", str(target), str(SOURCE), "-pthread"]
    if subprocess.run([*command, "-static"], check=False, capture_output=True).returncode:
        subprocess.run(command, check=True)


def to_text(memory: bytes) -> str:
    """Memory in the protocol's form."""
    memory = memory.rstrip(b"\0")
    parts: list[str] = []
    done = 0
    for run in RUN.finditer(memory):
        start, end = run.span()
        parts.append(f"{memory[done:start].hex()}[{memory[start]:02x}*{end - start}]")
        done = end
    return "".join(parts) + memory[done:].hex() or "-"


def from_text(text: str) -> bytes:
    """Memory from the protocol's form, less trailing zeros."""
    if text == "-":
        return b""
    first, *runs = text.split("[")
    parts = [bytes.fromhex(first)]
    for run in runs:
        repeated, _, rest = run.partition("]")
        byte, _, count = repeated.partition("*")
        parts += (bytes.fromhex(byte) * int(count), bytes.fromhex(rest))
    return b"".join(parts)


def pieces(memory: bytes, limit: int = LINE) -> Iterator[str]:
    """The same as texts none of which is longer than `limit`; as a rule one."""
    text = to_text(memory)
    while len(text) > limit:
        cut = limit & ~1
        opened = text.rfind("[", 0, cut)
        closed = text.rfind("]", 0, cut)
        if opened > closed:  # inside a run
            cut = opened
        elif closed >= 0:  # an even number of digits behind the run
            cut -= (cut - closed - 1) & 1
        yield text[:cut]
        text = text[cut:]
    yield text


class Channel:
    """Two descriptors with an agent behind them.

    Args:
        to_agent: where to write.
        from_agent: where to read.
        timeout: seconds an answer may take.
    """

    def __init__(self, to_agent: int, from_agent: int, timeout: float = 30) -> None:
        self._write, self._read, self.timeout = to_agent, from_agent, timeout
        self._buffer = bytearray()
        self._poll = select.poll()
        self._poll.register(from_agent, select.POLLIN)

    def ask(self, line: str) -> str:
        """Send a line, get the line that answers it."""
        try:
            os.write(self._write, line.encode() + b"\n")
        except BrokenPipeError:
            raise Gone("the agent has closed the line") from None
        return self.answer()

    def answer(self) -> str:
        """The next line.

        Raises:
            Gone: there is none.
            ProtocolError: it says that the question made no sense.
        """
        deadline = time.monotonic() + self.timeout
        while (end := self._buffer.find(b"\n")) < 0:
            if not self._poll.poll(max(0, deadline - time.monotonic()) * 1000):
                raise Gone(f"no answer in {self.timeout} seconds")
            part = os.read(self._read, 1 << 16)
            if not part:
                raise Gone("the agent has closed the line")
            self._buffer += part
        line = self._buffer[:end].decode()
        del self._buffer[: end + 1]
        if line.startswith("error "):
            raise ProtocolError(line.removeprefix("error "))
        return line

    def close(self) -> None:
        """Close both descriptors."""
        os.close(self._write)
        os.close(self._read)
