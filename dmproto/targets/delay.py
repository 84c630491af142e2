"""The `delay` target: holds requests up. Parameters: `dev start ms` for reads, then writes, then flushes."""

from __future__ import annotations

from typing import ClassVar, Final

from dmproto.model.handler import TargetContext
from dmproto.targets.arguments import Arguments
from dmproto.targets.target import Target

GROUP: Final = 3


class Delay(Target):
    """Three, six or nine words; a group that is not given is the last that is."""

    name: ClassVar[str] = "delay"
    version: ClassVar[tuple[int, int, int]] = (1, 3, 0)

    def __init__(self, context: TargetContext, *words: str) -> None:
        super().__init__(context, *words)
        arguments = Arguments(self.name, words)
        if len(words) not in (GROUP, 2 * GROUP, 3 * GROUP):
            raise arguments.refuse("3, 6 or 9 words", len(words))
        self.groups: list[tuple[str, int, int]] = []
        while (word := arguments.shift()) is not None:
            start = arguments.sector("start sector")
            delay = arguments.within("delay")
            device, _ = context.find_disk(word)
            self.groups.append((device, start, delay))
            self.disks.append((device, start, start + context.length))

    def status(self, kind: str) -> str:
        """How many requests are held up: none here; the table line has the groups that were given."""
        if kind == "table":
            return " ".join(f"{device} {start} {delay}" for device, start, delay in self.groups)
        return "0 0 0" if kind == "info" else ""
