"""The `zero` target: reads as zeros, takes every write."""

from __future__ import annotations

from typing import ClassVar

from dmproto.errors import Refused
from dmproto.model.handler import TargetContext
from dmproto.targets.target import Target


class Zero(Target):
    """Takes no arguments."""

    name: ClassVar[str] = "zero"
    version: ClassVar[tuple[int, int, int]] = (1, 1, 0)

    def __init__(self, context: TargetContext, *words: str) -> None:
        super().__init__(context, *words)
        if words:
            raise Refused("target/words", target_type=self.name, wanted="none", got=len(words))
