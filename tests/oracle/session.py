"""A conversation with a real kernel: user-mode Linux with the agent in it, one ioctl at a time.

    with Session(disks=(65536,)) as session:
        session.open("c", "control")
        ret, memory = session.ioctl("c", 0xC138FD00, struct.pack("=3I", 4, 0, 0))

A kernel that dies or does not answer raises `channel.Gone`; the next call finds a new one, with nothing open.
"""

from __future__ import annotations

import struct
import time
from typing import Final

from tests.oracle import channel
from tests.oracle.guest import DM_MAJOR, Guest

CONTROL: Final = "."
"""The session's own control file, for what the caller did not ask."""

REMOVE_ALL, LIST_DEVICES, CREATE, REMOVE, SUSPEND, LOAD, CLEAR = (0xC138FD00 + nr for nr in (1, 2, 3, 4, 6, 9, 10))
HEADER: Final = 312
SIZE_AT: Final = 12
DEV_AT: Final = 40
SIZE: Final = struct.Struct("=I")
DEV: Final = struct.Struct("=Q")
RECORD: Final = struct.Struct("=QI")
NOFLUSH: Final = 1 << 11
ERROR: Final = struct.pack("=QQiI16s", 0, 8, 0, 0, b"error").ljust(48, b"\0")
ROUNDS: Final = 10


class Session(Guest):
    """A running kernel: files opened, ioctls issued, and everything undone again by `reset`."""

    def boot(self) -> None:
        """Start a kernel, with nothing open but the session's own control file."""
        self._files: set[str] = set()
        self._jobs: dict[str, int] = {}  # and the size of their memory
        super().boot()
        if self.open(CONTROL, "control"):
            raise channel.Gone("there is no control node")

    def open(self, file: str, what: str) -> int:
        """Open `control` or a device, `254:0`, under a name; 0 or -errno."""
        ret = int(self.ask(f"open {file} {what}").split()[1])
        if not ret:
            self._files.add(file)
        return ret

    def close(self, file: str) -> None:
        """Close a file."""
        self._files.discard(file)
        self.ask(f"close {file}")

    def ioctl(
        self, file: str, code: int, memory: bytes, mapped: int | None = None, *, capable: bool = True
    ) -> tuple[int, bytes]:
        """Issue an ioctl on `memory`, zeros behind it up to `mapped` bytes; the result and the memory afterwards."""
        size = len(memory) if mapped is None else mapped
        answered = self._call("ioctl", file, code, memory, size, capable)
        assert answered is not None
        return answered

    def start(
        self, job: str, file: str, code: int, memory: bytes, mapped: int | None = None, *, capable: bool = True
    ) -> tuple[int, bytes] | None:
        """The same in a thread; None when it is blocked."""
        size = len(memory) if mapped is None else mapped
        answered = self._call(f"start {job}", file, code, memory, size, capable)
        if answered is None:
            self._jobs[job] = size
        return answered

    def finish(self, job: str, milliseconds: int = 1000) -> tuple[int, bytes] | None:
        """How a started call ended; None when it is still blocked after that time."""
        answered = _answered(self.ask(f"finish {job} {milliseconds}"), self._jobs[job])
        if answered is not None:
            del self._jobs[job]
        return answered

    def interrupt(self, job: str) -> None:
        """Send a started call a signal."""
        self.ask(f"interrupt {job}")

    def _call(
        self, how: str, file: str, code: int, memory: bytes, mapped: int, capable: bool
    ) -> tuple[int, bytes] | None:
        *first, last = channel.pieces(memory)
        for piece in first:
            self.ask(f"more {piece}")
        return _answered(self.ask(f"{how} {file} {code} {mapped} {capable:d} {last}"), mapped)

    def poll(self, file: str) -> int:
        """The events poll(2) finds at once."""
        return int(self.ask(f"poll {file}").split()[1])

    def uevents(self) -> list[dict[str, str]]:
        """The uevents since the last question, each as its variables."""
        events = []
        for text in self.ask("uevents").split()[1:]:
            strings = channel.from_text(text).decode("utf-8", "surrogateescape").split("\0")
            events.append(dict(string.split("=", 1) for string in strings if "=" in string))
        return events

    def log(self) -> list[str]:
        """What the kernel logged since the last question."""
        return [channel.from_text(text).decode("utf-8", "replace") for text in self.ask("log").split()[1:]]

    def devices(self) -> list[int]:
        """The numbers of all devices, encoded as dev is."""
        memory = _request(1 << 16)
        _, memory = self.ioctl(CONTROL, LIST_DEVICES, memory, 1 << 16)
        found, at = [], HEADER
        while at < SIZE.unpack_from(memory, SIZE_AT)[0]:
            dev, step = RECORD.unpack_from(memory, at)
            found.append(dev)
            if not step:
                break
            at += step
        return found

    def reset(self) -> None:
        """Close all files and remove all devices: what the caller did leaves nothing behind."""
        for job in list(self._jobs):
            self.interrupt(job)
            self.finish(job)
        for file in self._files - {CONTROL}:
            self.close(file)
        for _ in range(ROUNDS):
            self.ioctl(CONTROL, REMOVE_ALL, _request(HEADER))
            left = self.devices()
            if not left and self._is_empty():
                return
            for dev in left:  # those that hold themselves, or each other
                self.ioctl(CONTROL, CLEAR, _request(HEADER, dev))
                self.ioctl(CONTROL, LOAD, _request(HEADER + len(ERROR), dev) + ERROR)
                self.ioctl(CONTROL, SUSPEND, _request(HEADER, dev, NOFLUSH))
        self.end()  # it will not let go: a new kernel has none

    def _is_empty(self) -> bool:
        """Whether the lowest minor number is free: a device removed in the background keeps it a little longer."""
        _, memory = self.ioctl(CONTROL, CREATE, _request(HEADER, name=b"empty"))
        found: int = DEV.unpack_from(memory, DEV_AT)[0]
        self.ioctl(CONTROL, REMOVE, _request(HEADER, name=b"empty"))
        if found != DM_MAJOR << 8:
            time.sleep(0.005)
        return found == DM_MAJOR << 8


def _request(size: int, dev: int = 0, flags: int = 0, name: bytes = b"") -> bytes:
    """A header."""
    return struct.pack("=3I7IQ128s136x", 4, 0, 0, size, HEADER, 1, 0, flags, 0, 0, dev, name)


def _answered(line: str, mapped: int) -> tuple[int, bytes] | None:
    """The answer to `ioctl`, `start` and `finish`."""
    if line == "blocked":
        return None
    _, ret, text = line.split()
    return int(ret), channel.from_text(text).ljust(mapped, b"\0")
