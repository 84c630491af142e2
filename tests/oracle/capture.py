"""From what the preloaded recorder (record.c) wrote to the steps of a transcript.

The steps stand in the order in which the calls began. A DEV_WAIT during which another call began was blocked: it is
split into "start" and "finish", which stands where it came back. No other command waits for one.
"""

import os
import shlex
import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from tests.oracle import redact

HEADER = struct.Struct("=IIIiIiII")
DM_HEADER_SIZE = 312
DATA_SIZE = struct.Struct("=12xI")
CONTROL_MAJOR = 10
DEV_WAIT = 8  # the command's number, the low byte of its code

Step = dict[str, object]


class Kind(IntEnum):
    """What a record tells; the numbers are record.c's."""

    COMMAND = 1
    ENTER = 2
    LEAVE = 3
    OPEN = 4
    CLOSE = 5
    EXIT = 6


class Record(NamedTuple):
    """One record, field by field as record.c writes it, and the bytes it announced."""

    kind: Kind
    pid: int
    tid: int
    fd: int
    code: int
    ret: int
    size: int
    data: bytes


def records(capture: bytes) -> Iterator[Record]:
    """The records of a capture file, in order."""
    offset = 0
    while offset < len(capture):
        kind, pid, tid, fd, code, ret, size, length = HEADER.unpack_from(capture, offset)
        offset += HEADER.size
        yield Record(Kind(kind), pid, tid, fd, code, ret, size, capture[offset : offset + length])
        offset += length


def command_line(data: bytes) -> str:
    """A process's command line as one would type it, less the keys in it."""
    words = redact.redact(data).removesuffix(b"\0").split(b"\0")
    return redact.redact(shlex.join(os.fsdecode(word) for word in words).encode()).decode()


def data_size(memory: bytes) -> int:
    """The header's data_size; 0 when the memory was wiped."""
    size: int = DATA_SIZE.unpack_from(memory.ljust(DATA_SIZE.size, b"\0"))[0]
    return size


def memory_before(enter: Record) -> bytes:
    """What stands in "in": the header whole, the rest without trailing zeros."""
    return enter.data.ljust(min(DM_HEADER_SIZE, enter.size), b"\0")


def memory_after(enter: Record, leave: Record) -> bytes:
    """What stands in "out": as long as "in", longer as far as more was written."""
    written = len(leave.data)
    answered = data_size(leave.data)
    if leave.ret >= 0 and answered != data_size(enter.data):
        written = max(written, min(answered, enter.size))
    return leave.data.ljust(max(written, len(memory_before(enter))), b"\0")


class Transcript:
    """Collects the steps of one flow."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._names: dict[tuple[int, int], str] = {}
        self._opened: dict[str, int] = {}
        self._comments: dict[int, str] = {}
        self._pending: dict[int, tuple[Record, Step]] = {}
        self._jobs = 0

    def add(self, record: Record) -> None:
        """Take the next record."""
        match record.kind:
            case Kind.COMMAND:
                self._comments[record.pid] = command_line(record.data)
            case Kind.ENTER:
                self._enter(record)
            case Kind.LEAVE:
                self._leave(record)
            case Kind.OPEN:
                self._open(record)
            case Kind.CLOSE:
                self._close(record.pid, record.fd)
            case Kind.EXIT:
                for pid, fd in list(self._names):
                    if pid == record.pid:
                        self._close(pid, fd)

    def _open(self, record: Record) -> None:
        """Name the file; the first control node is open from the start."""
        control = os.major(record.code) == CONTROL_MAJOR
        kind = "control" if control else "device"
        count = self._opened[kind] = self._opened.get(kind, 0) + 1
        name = kind if control and count == 1 else f"{kind}-{count}"
        self._names[record.pid, record.fd] = name
        if name != "control":
            what = "control" if control else f"{os.major(record.code)}:{os.minor(record.code)}"
            self.steps.append({"open": what, "as": name, "ret": 0})

    def _close(self, pid: int, fd: int) -> None:
        """Close the file; one that was opened and not used before anything else happened leaves no trace."""
        name = self._names.pop((pid, fd), None)
        if name is None:
            return
        for index in range(len(self.steps) - 1, -1, -1):
            if self.steps[index].get("as") == name:
                del self.steps[index]
                return
            if "open" not in self.steps[index] and "close" not in self.steps[index]:
                break
        self.steps.append({"close": name})

    def _enter(self, record: Record) -> None:
        """An ioctl begins: a wait that is under way is blocked by now."""
        for waiting, waiter in self._pending.values():
            if waiting.code & 0xFF == DEV_WAIT and "start" not in waiter:
                self._jobs += 1
                waiter["start"] = f"job-{self._jobs}"
        step: Step = {
            "ioctl": f"0x{record.code:08x}",
            "in": redact.redact(memory_before(record)).hex(),
            "mapped": record.size,
            "file": self._names[record.pid, record.fd],
        }
        if record.pid in self._comments:
            step["comment"] = self._comments.pop(record.pid)
        self._pending[record.tid] = record, step
        self.steps.append(step)

    def _leave(self, record: Record) -> None:
        """It returned."""
        enter, step = self._pending.pop(record.tid)
        before, after = memory_before(enter), memory_after(enter, record)
        answer: Step = {"ret": record.ret, "out": redact.redact(after).hex()}
        comment = step.pop("comment", None)
        asked, answered = redact.secrets(before), redact.secrets(after)
        if "start" in step:
            step["blocked"] = True
            self.steps.append({"finish": step["start"], **answer} | masked_at(answered))
            step |= masked_at(asked)
        else:
            step |= answer | masked_at(sorted({*asked, *answered}))
        if comment is not None:
            step["comment"] = comment


def masked_at(spans: list[redact.Span]) -> Step:
    """The key that says where bytes were overwritten, if any were."""
    return {"redacted": [list(span) for span in spans]} if spans else {}


def steps(capture: bytes) -> list[Step]:
    """The steps of a capture file."""
    transcript = Transcript()
    for record in records(capture):
        transcript.add(record)
    return transcript.steps
