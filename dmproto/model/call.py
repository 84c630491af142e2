"""A system call in progress, as a target handler and a test see it."""

from __future__ import annotations

import os


class Call:
    """One ioctl.

    Attributes:
        capable: whether the caller has CAP_SYS_ADMIN.
        done: whether it has returned.
        ret: what it returned: a value, or `-errno`.
        rule: the rule that refused it, if one did.
        sentence: that rule in words.
    """

    def __init__(self, *, capable: bool = True) -> None:
        self.capable = capable
        self.done = False
        self.ret: int | None = None
        self.rule: str | None = None
        self.sentence = ""

    def finish(self, ret: int, rule: str | None = None, sentence: str = "") -> None:
        """Note how it ended."""
        self.done, self.ret, self.rule, self.sentence = True, ret, rule, sentence

    def get_file(self, fd: int) -> int:
        """A descriptor of the caller's as one of our own, to keep and to close, as the kernel's `fget` does.

        Raises:
            OSError: EBADF, the caller has no such descriptor.
        """
        return os.dup(fd)

    def cancel(self) -> None:
        """Interrupt it, as a signal does; one that has returned stays as it is."""
