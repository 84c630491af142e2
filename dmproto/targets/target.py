"""What a target handler is: a small class. Third parties write their own; the package's are made the same."""

from __future__ import annotations

from typing import ClassVar

from dmproto.errors import Refused
from dmproto.model.call import Call
from dmproto.model.handler import TargetContext


class Target:
    """The base of all target handlers.

    A refusal is `Refused(rule, ...)`, or an `OSError` whose errno is the answer; any other exception of a handler is
    answered with EIO.

    Attributes:
        name: the target type.
        version: its version.
        disks: what it uses, `major:minor` with first and last sector; checked against the disks' sizes.
    """

    name: ClassVar[str]
    version: ClassVar[tuple[int, int, int]]

    def __init__(self, context: TargetContext, *words: str) -> None:
        self.context = context
        self.words = words
        self.disks: list[tuple[str, int, int]] = []

    def status(self, kind: str) -> str | None:
        """The line for `info`, `table` or `ima`; None leaves the caller's bytes as they are."""
        return " ".join(self.words) if kind == "table" else ""

    def message(self, words: list[str], call: Call) -> str | None:
        """Take a message of the control node; a text is sent back as its answer."""
        raise Refused("message/method", target_type=self.name)

    def device_message(self, tag: int | None, payload: bytes, call: Call) -> int:
        """Take a direct device message; the result is what the ioctl returns.

        Args:
            tag: meaning private to the target; None in the dialect without tags.
            payload: at most 64 bytes.
            call: who calls; `call.get_file(fd)` reaches a descriptor of the caller's.
        """
        raise Refused("frame/method", target_type=self.name)

    def close(self) -> None:
        """The table is destroyed: let go of what is held."""
