"""The `switch` target: a table of paths by region. Parameters: `paths region_size 0 (dev start)*`."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from dmproto.errors import Refused
from dmproto.model.call import Call
from dmproto.model.handler import TargetContext
from dmproto.targets.arguments import Arguments
from dmproto.targets.target import Target

REGIONS_MAX: Final = 1 << 40
"""No kernel has the memory for a table of more regions; how many fewer it has room for, each answers for itself."""

REPEAT: Final = re.compile(r"[Rr]([0-9a-fA-F]+),([0-9a-fA-F]+)")
ENTRY: Final = re.compile(r"([0-9a-fA-F]*):([0-9a-fA-F]+)")


class Switch(Target):
    """Each device is looked up before its start is read; the third word, of optional arguments, must be 0."""

    name: ClassVar[str] = "switch"
    version: ClassVar[tuple[int, int, int]] = (1, 1, 0)

    def __init__(self, context: TargetContext, *words: str) -> None:
        super().__init__(context, *words)
        arguments = Arguments(self.name, words)
        self.paths = arguments.within("number of paths", 1)
        self.region = arguments.within("region size", 1)
        arguments.within("number of optional words", 0, 0, grouped=True)
        if len(arguments.words) != 2 * self.paths:
            raise arguments.refuse(f"{self.paths} devices with start sectors", len(arguments.words))
        while (word := arguments.shift()) is not None:
            device, _ = context.find_disk(word)
            start = arguments.exact("start sector", 64)
            self.disks.append((device, start, start + context.length))
        self.regions = -(-context.length // self.region)
        if self.regions > REGIONS_MAX:
            raise Refused("target/memory", target_type=self.name, what="regions", count=self.regions)
        self.table: dict[int, int] = {}

    def status(self, kind: str) -> str:
        """The table line; the mappings are not shown."""
        if kind != "table":
            return ""
        return " ".join([f"{self.paths} {self.region} 0", *(f"{device} {start}" for device, start, _ in self.disks)])

    def message(self, words: list[str], call: Call) -> str | None:
        """`set_region_mappings`: words before one that is refused have taken effect."""
        if words[0].lower() != "set_region_mappings":
            raise self._refusal(" ".join(words))
        index = 0
        for word in words[1:]:
            index = self._map(word, index)
        return None

    def _map(self, word: str, index: int) -> int:
        """Carry one word out: `index:path`, `:path` for the next index, or `Rlength,count` to repeat what was set."""
        if repeat := REPEAT.fullmatch(word):
            length, count = int(repeat[1], 16), int(repeat[2], 16)
            if not 0 < length <= index + 1 or index + count >= self.regions:
                raise self._refusal(word)
            for at in range(index + 1, index + count + 1):
                self.table[at] = self.table.get(at - length, 0)
            return index + count
        entry = ENTRY.fullmatch(word)
        if entry is None:
            raise self._refusal(word)
        index, path = int(entry[1], 16) if entry[1] else index + 1, int(entry[2], 16)
        if index >= self.regions or path >= self.paths:
            raise self._refusal(word)
        self.table[index] = path
        return index

    def _refusal(self, message: str) -> Refused:
        return Refused("message/words", target_type=self.name, message=message)
