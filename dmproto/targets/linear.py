"""The `linear` target: a run of sectors of another device. Parameters: `dev start`."""

from __future__ import annotations

from typing import ClassVar, Final

from dmproto.errors import Refused
from dmproto.model.handler import TargetContext
from dmproto.model.words import decimal
from dmproto.targets.target import Target

WORDS: Final = 2


class Linear(Target):
    """Exactly two words; the start sector is read before the device is looked up."""

    name: ClassVar[str] = "linear"
    version: ClassVar[tuple[int, int, int]] = (1, 4, 0)

    def __init__(self, context: TargetContext, *words: str) -> None:
        super().__init__(context, *words)
        if len(words) != WORDS:
            raise Refused("target/words", target_type=self.name, wanted="device and start sector", got=len(words))
        start = decimal(words[1])
        if start is None:
            raise Refused("target/number", target_type=self.name, argument="start sector", word=words[1])
        self.start = start
        self.device, _ = context.find_disk(words[0])
        self.disks = [(self.device, start, start + context.length)]

    def status(self, kind: str) -> str:
        """Nothing to report; the table line has the device as numbers."""
        if kind == "table":
            return f"{self.device} {self.start}"
        if kind == "ima":
            version = ".".join(map(str, self.version))
            return f"target_name=linear,target_version={version},device_name={self.device},start={self.start};"
        return ""
