"""What a table knows of its targets: what each is told when it is made, and what it can be asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Protocol

from dmproto.model.call import Call
from dmproto.model.disk import Disk
from dmproto.model.profile import Profile


class TargetContext:
    """What a target is told when a table is loaded.

    Attributes:
        start: its first sector in the device.
        length: how many sectors it covers.
        mode: `rw` or `ro`.
        profile: the kernel.
        find_disk: looks a device argument up, see `dmproto.model.disks`: `major:minor` and the disk.
        event: raises an event on the device, once its table is active.
    """

    def __init__(
        self,
        start: int,
        length: int,
        mode: str,
        profile: Profile,
        find_disk: Callable[[str], tuple[str, Disk]],
        event: Callable[[], None],
    ) -> None:
        self.start = start
        self.length = length
        self.mode = mode
        self.profile = profile
        self.find_disk = find_disk
        self.event = event


class Handler(Protocol):
    """A target in a table; `dmproto.targets.target.Target` says what each part is."""

    name: ClassVar[str]
    version: ClassVar[tuple[int, int, int]]
    disks: list[tuple[str, int, int]]

    def __init__(self, context: TargetContext, *words: str) -> None: ...

    def status(self, kind: str) -> str | None:
        """A line of its state."""

    def message(self, words: list[str], call: Call) -> str | None:
        """A message of the control node."""

    def device_message(self, tag: int | None, payload: bytes, call: Call) -> int:
        """A direct message."""

    def close(self) -> None:
        """The table is destroyed."""
