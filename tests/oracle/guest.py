"""A machine with the agent in it: boot it, load its modules, ask it, and boot another when it dies."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from tests import tools
from tests.oracle import channel, flows, uml

DM_MAJOR: Final = 254
INSTALL: Final = "apt-get install user-mode-linux gcc libc6-dev"


def require() -> None:
    """What a guest needs is here, or the test ends."""
    if platform.machine() != "x86_64" or not uml.available():
        tools.missing("user-mode Linux", INSTALL)
    tools.require("gcc", INSTALL)


class Greeting(NamedTuple):
    """What the agent says first."""

    release: str
    machine: str
    byteorder: str
    word: int
    dm_major: int


def modules(folder: Path, names: Sequence[str]) -> list[Path]:
    """The files of modules and of all they need, in the order in which to load them; less those built in."""
    needs: dict[str, list[str]] = {}
    for line in (folder / "modules.dep").read_text().splitlines():
        path, _, needed = line.partition(":")
        needs[path] = needed.split()
    by_name = {Path(path).stem.replace("-", "_"): path for path in needs}
    order: dict[str, None] = {}
    for name in names:
        if name in by_name:
            order |= dict.fromkeys([*reversed(needs[by_name[name]]), by_name[name]])
    return [folder / path for path in order]


class Guest:
    """User-mode Linux with the agent as its only program; a context manager that ends it.

    Args:
        disks: sizes in sectors of the disks 98:0, 98:16 and so on.
        names: the modules to load, each with what it needs; dm_mod is the first in any case.
        timeout: seconds an answer may take, the boot's included.
        memory: the guest's.
        options: more of the kernel's options.

    Attributes:
        greeting: what the agent said.
        boots: how many kernels there have been.
    """

    def __init__(
        self,
        disks: Sequence[int] = (),
        *,
        names: Sequence[str] = flows.MODULES,
        timeout: float = 30,
        memory: str = "256M",
        options: Sequence[str] = (),
    ) -> None:
        self._disks, self._names, self._memory, self._options = tuple(disks), tuple(names), memory, tuple(options)
        self._timeout = timeout
        self._stack = contextlib.ExitStack()
        self._line: channel.Channel | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="dmproto-agent-"))
        self.boots = 0
        self.greeting = Greeting("", "", "", 0, 0)
        try:
            channel.build(self._folder / "agent")
            self.boot()
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def boot(self) -> None:
        """Start a kernel and load its modules."""
        to_guest, write = os.pipe()
        read, from_guest = os.pipe()
        line = channel.Channel(write, read, self._timeout)
        self._stack.callback(line.close)
        try:
            self._kernel = self._stack.enter_context(
                uml.Kernel(
                    [str(self._folder / "agent"), "tty=/dev/ttyS0"],
                    memory=self._memory,
                    disks=self._disks,
                    options=[f"ssl0=fd:{to_guest},fd:{from_guest}", "quiet", *self._options],
                    fds=(to_guest, from_guest),
                )
            )
        finally:
            os.close(to_guest)
            os.close(from_guest)
        try:
            release = line.answer().split()[2]
            for path in modules(uml.MODULES / release, ["dm_mod", *self._names]):
                parameters = f"major={DM_MAJOR}" if path.stem == "dm-mod" else "-"
                if ret := int(line.ask(f"module {path} {parameters}").split()[1]):
                    raise uml.BootError(f"{path.name}: {os.strerror(-ret)}", self.console)
            _, _, release, machine, byteorder, word, major = line.ask("hello").split()
        except channel.Gone as error:
            raise uml.BootError(str(error), self.console) from None
        self.greeting = Greeting(release, machine, byteorder, int(word), int(major))
        self.boots += 1
        self._line = line

    @property
    def release(self) -> str:
        """The kernel's release."""
        return self.greeting.release

    @property
    def console(self) -> str:
        """What the kernel printed so far."""
        return self._kernel.log

    def ask(self, line: str) -> str:
        """Send the agent a line, get its answer.

        Raises:
            Gone: the kernel has died, or did not answer in time; the next line goes to a new one.
            ProtocolError: the agent did not take the line.
        """
        if self._line is None:
            self.boot()
        assert self._line is not None
        try:
            return self._line.ask(line)
        except channel.Gone as error:
            error.add_note(self.console[-2000:])
            self.end()
            raise

    def end(self) -> None:
        """End the kernel."""
        self._line = None
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end()
        shutil.rmtree(self._folder, ignore_errors=True)
