"""A system call in progress, as a command, a target handler and a test see it."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable


class OpenFile:
    """An open node that calls are issued on.

    Attributes:
        armed: the global event number that poll() compares with; set when the file is opened and by DM_DEV_ARM_POLL.
        closed: whether it has been closed.
    """

    def __init__(self, armed: int = 0) -> None:
        self.armed = armed
        self.closed = False


class Call:
    """One ioctl.

    Attributes:
        file: what it was issued on.
        capable: whether the caller has CAP_SYS_ADMIN.
        done: whether it has returned.
        ret: what it returned: a value, or `-errno`.
        rule: the rule that refused it, if one did.
        sentence: that rule in words.
        waiting: while it is blocked, what it tries again: a result, or None to wait on.
    """

    def __init__(self, file: OpenFile, *, capable: bool = True) -> None:
        self.file = file
        self.capable = capable
        self.ret: int | None = None
        self.rule: str | None = None
        self.sentence = ""
        self.waiting: Callable[[], int | None] | None = None
        self._done = threading.Event()

    @property
    def done(self) -> bool:
        """Whether it has returned."""
        return self._done.is_set()

    def block(self, waiting: Callable[[], int | None]) -> None:
        """Do not return yet: `waiting` is asked for the result whenever something has happened."""
        self.waiting = waiting

    def finish(self, ret: int, rule: str | None = None, sentence: str = "") -> None:
        """Note how it ended."""
        self.waiting = None
        self.ret, self.rule, self.sentence = ret, rule, sentence
        self._done.set()

    def wait(self, timeout: float | None = None) -> int | None:
        """The result, once there is one; None when that takes longer than `timeout` seconds."""
        self._done.wait(timeout)
        return self.ret

    def cancel(self) -> None:
        """Interrupt it, as a signal does: a blocked call ends with EINTR; one that has returned stays as it is."""
        if not self.done:
            self.finish(-errno.EINTR, "call/interrupted")

    def get_file(self, fd: int) -> int:
        """A descriptor of the caller's as one of our own, to keep and to close, as the kernel's `fget` does.

        Raises:
            OSError: EBADF, the caller has no such descriptor.
        """
        return os.dup(fd)
