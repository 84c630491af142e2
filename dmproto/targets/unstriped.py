"""The `unstriped` target: one stripe of a striped device. Parameters: `stripes chunk stripe dev start`."""

from __future__ import annotations

from typing import ClassVar

from dmproto.errors import Refused
from dmproto.model.handler import TargetContext
from dmproto.targets.arguments import Arguments
from dmproto.targets.target import Target


class Unstriped(Target):
    """Of several stripes the one behind the last is accepted; a device that cannot be had is EINVAL."""

    name: ClassVar[str] = "unstriped"
    version: ClassVar[tuple[int, int, int]] = (1, 1, 0)

    def __init__(self, context: TargetContext, *words: str) -> None:
        super().__init__(context, *words)
        arguments = Arguments(self.name, words)
        if len(words) != 5:
            raise arguments.refuse("stripes, chunk size, stripe, device and start sector", len(words))
        self.stripes, self.chunk = arguments.exact("stripes", low=1), arguments.exact("chunk size", low=1)
        self.stripe = arguments.exact("stripe")
        if self.stripe > self.stripes > 1:
            raise arguments.refuse(f"a stripe up to {self.stripes}", self.stripe)
        try:
            self.device, _ = context.find_disk(arguments.shift() or "")
        except Refused as refusal:
            raise Refused("target/device", target_type=self.name, why=refusal.sentence) from None
        self.start = arguments.sector("start sector")
        if context.length % self.chunk:
            raise Refused("target/divisible", target_type=self.name, length=context.length, by=self.chunk, then=1)
        self.disks = [(self.device, self.start, self.start + context.length)]

    def status(self, kind: str) -> str | None:
        """The status line is not written at all: the reply holds whatever the caller's buffer held there."""
        if kind == "table":
            return f"{self.stripes} {self.chunk} {self.stripe} {self.device} {self.start}"
        return "" if kind == "ima" else None
