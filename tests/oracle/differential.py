"""The same steps on a kernel and on the dispatcher, and the first place where their answers differ."""

from __future__ import annotations

import errno
import os
import struct
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from dmproto.dispatcher import ControlFile, DeviceFile, Dispatcher
from dmproto.model.call import Call
from dmproto.model.disk import Disk
from dmproto.targets.target import Target
from dmproto.wire.command import Command
from tests.oracle import uml
from tests.oracle.difference import BLOCKED, PAYLOAD, Answer, Difference, command_of
from tests.oracle.guest import DM_MAJOR
from tests.oracle.known import Known
from tests.oracle.pools import DISKS
from tests.oracle.session import Session
from tests.oracle.steps import FIRST, Close, Ioctl, Open, Poll, Step, There, pack

WAIT: Final = 1.0
"""Seconds a kernel may take to remove what was marked to go: it does so in the background."""

REMOVING: Final = frozenset({Command.DEV_REMOVE, Command.REMOVE_ALL})
UEVENT_KEYS: Final = ("DM_COOKIE", "RESIZE", "DISK_RO")


class Waiting(NamedTuple):
    """A call that is blocked."""

    step: Ioctl
    call: Call
    memory: bytearray


class Game:
    """A kernel and, for each sequence, a dispatcher that is to be like it.

    Attributes:
        played: steps by command, errno and rule.
        taken: the steps of the sequence being played.
    """

    def __init__(self, session: Session, differences: Sequence[Known] = ()) -> None:
        self.session = session
        self._known = differences
        self.played: Counter[tuple[str, str, str]] = Counter()
        self._jobs = 0
        self._types = kernel_types(session)

    def there(self) -> list[There]:
        """The devices there are now."""
        return [
            There(os.fsencode(device.name), os.fsencode(device.uuid), device.number.word)
            for device in self._dispatcher.kernel.devices
        ]

    def play(self, steps: Iterable[Step]) -> Difference | None:
        """Play a sequence from an empty kernel on; the first difference ends it."""
        self.session.reset()
        self.session.open("c", "control")
        self.session.uevents()
        disks = {uml.disk_number(index): Disk(size, uml.disk_path(index)) for index, size in enumerate(DISKS)}
        self._dispatcher = dispatcher = Dispatcher("linux-6.1", disks=disks)
        self._complete(dispatcher)
        files: dict[str, Any] = {"c": dispatcher.open_control()}
        self.taken: list[Step] = []
        self._waiting: dict[str, Waiting] = {}
        for step in steps:
            if (step.file in files) == isinstance(step, Open):
                continue
            before = list(dispatcher.kernel.devices)
            marked = [device for device in before if device.deferred_remove]
            if woken := self._interrupt(step, bool(marked)):
                return woken
            self.taken.append(step)
            kernel, ours = self._take(step, dispatcher, files)
            self._count(step, ours)
            if (kernel.ret, kernel.memory) != (ours.ret, ours.memory):
                difference = Difference(self.taken, kernel, ours)
                if not self._excused(difference):
                    return difference
            left = set(dispatcher.kernel.devices)
            # DM_REMOVE_ALL may mark a device and, removing what holds it, have it go in one call
            going = before if command_of(step) == Command.REMOVE_ALL.name else marked
            self._settle([device.number.word for device in going if device not in left])
            if woken := self._wake():
                return woken
        return self._interrupt(None, marked=True) or self._compare_uevents()

    def _compare_uevents(self) -> Difference | None:
        """Compare the uevents of the whole sequence, in any order."""
        kernel = sorted(
            (event["ACTION"], f"{event['MAJOR']}:{event['MINOR']}", *(event.get(key, "") for key in UEVENT_KEYS))
            for event in self.session.uevents()
            if event.get("MAJOR") == str(DM_MAJOR) and event["SUBSYSTEM"] == "block"
        )
        ours = sorted(
            (event.action, event.device, *(event.environment.get(key, "") for key in UEVENT_KEYS))
            for event in self._dispatcher.kernel.devices.uevents
        )
        if kernel == ours:
            return None
        return Difference(
            [*self.taken, Poll("uevents")], *(Answer(0, repr(events).encode()) for events in (kernel, ours))
        )

    def _excused(self, difference: Difference) -> bool:
        """Whether it is known, and the result the same."""
        return difference.kernel.ret == difference.ours.ret and any(
            known.excuses(command_of(difference.step), difference.offsets) for known in self._known
        )

    def _complete(self, dispatcher: Dispatcher) -> None:
        """Give the dispatcher names and versions of the target types that only the kernel has, in its order."""
        own = dispatcher.kernel.targets
        if set(own) != set(self._types):
            dispatcher.kernel.targets = {name: own.get(name, stub) for name, stub in self._types.items()}

    def _take(self, step: Step, dispatcher: Dispatcher, files: dict[str, Any]) -> tuple[Answer, Answer]:
        match step:
            case Open(file, what):
                kernel = self.session.open(file, what)
                try:
                    files[file] = dispatcher.open_control() if what == "control" else open_device(dispatcher, what)
                    ours = 0
                except OSError as error:
                    ours = -(error.errno or errno.EIO)
                return Answer(kernel, b""), Answer(ours, b"")
            case Close(file):
                self.session.close(file)
                files.pop(file).close()
                return Answer(0, b""), Answer(0, b"")
            case Poll(file):
                return Answer(self.session.poll(file) & 1, b""), Answer(int(files[file].poll()), b"")
        return self._ioctl(step, files[step.file])

    def _ioctl(self, step: Ioctl, file: Any) -> tuple[Answer, Answer]:
        memory = bytearray(step.memory.ljust(step.mapped, b"\0"))
        arguments = (step.file, step.code, step.memory, step.mapped)
        call: Call = file.submit(step.code, memory, capable=step.capable)
        if step.code & 0xFF != Command.DEV_WAIT:
            answered = self.session.ioctl(*arguments, capable=step.capable)
            return Answer(*answered), _ours(call, memory)
        self._jobs += 1
        job = f"w{self._jobs}"
        kernel = self.session.start(job, *arguments, capable=step.capable)
        if kernel is None:
            self._waiting[job] = Waiting(step, call, memory)
        return Answer(*kernel or BLOCKED), _ours(call, memory)

    def _wake(self) -> Difference | None:
        """Compare who waited and waits no more."""
        for job, (step, call, memory) in list(self._waiting.items()):
            kernel = Answer(*self.session.finish(job, 1000 if call.done else 0) or BLOCKED)
            ours = _ours(call, memory)
            if kernel != BLOCKED:
                del self._waiting[job]
                self._count(step, ours)
            if (kernel.ret, kernel.memory) != (ours.ret, ours.memory):
                return Difference([*self.taken, step], kernel, ours)
        return None

    def _interrupt(self, step: Step | None, marked: bool) -> Difference | None:
        """Send all who wait a signal before a device may go.

        Whether a waiter woken by the removal sees the device suspended is a race; without a live table there, neither
        the removal nor the waiter ever returns.
        """
        if step is not None and not marked and not (isinstance(step, Ioctl) and step.code & 0xFF in REMOVING):
            return None
        for job, waiting in self._waiting.items():
            self.session.interrupt(job)
            waiting.call.cancel()
        return self._wake()

    def _settle(self, gone: list[int]) -> None:
        """Wait until the kernel has removed, too, what was marked to go."""
        end = time.monotonic() + WAIT
        while gone and set(gone) & set(self.session.devices()) and time.monotonic() < end:
            time.sleep(0.001)
        if gone:
            time.sleep(0.05)  # the minor number is free a little after the name

    def _count(self, step: Step, answer: Answer) -> None:
        name = errno.errorcode.get(-answer.ret, "?") if answer.ret < 0 else str(answer.ret)
        if answer == BLOCKED:
            name = "blocked"
        self.played[command_of(step), name, answer.rule or ""] += 1

    def distribution(self) -> list[str]:
        """How often what was answered to what: a line per command."""
        lines: dict[str, list[str]] = {}
        for (command, number, rule), count in sorted(self.played.items()):
            lines.setdefault(command, []).append(f"{number}{' ' * bool(rule)}{rule} {count}")
        return [f"  {command}: {', '.join(outcomes)}" for command, outcomes in lines.items()]

    @property
    def ioctls(self) -> int:
        """How many ioctls were played."""
        others = {"open", "close", "poll"}
        return sum(count for (command, _, _), count in self.played.items() if command not in others)


def _ours(call: Call, memory: bytearray) -> Answer:
    """What the dispatcher has answered."""
    return BLOCKED if call.ret is None else Answer(call.ret, bytes(memory), call.rule)


def open_device(dispatcher: Dispatcher, number: str) -> DeviceFile | ControlFile:
    """Open a mapped device, or a disk, which is there and of which the dispatcher's model has no more to say."""
    if number in dispatcher.kernel.devices.disks:
        return dispatcher.open_control()
    return dispatcher.open_device(number)


def kernel_types(session: Session) -> dict[str, type[Target]]:
    """The target types a kernel has, the first registered first."""
    session.reset()
    session.open("v", "control")
    _, memory = session.ioctl("v", FIRST + Command.LIST_VERSIONS, pack(size=4096))
    found: dict[str, type[Target]] = {}
    at = PAYLOAD
    while True:
        following, *version = struct.unpack_from("=4I", memory, at)
        name = memory[at + 16 : memory.index(0, at + 16)].decode()
        found[name] = type(name, (Target,), {"name": name, "version": tuple(version)})
        if not following:
            return dict(reversed(found.items()))
        at += following
