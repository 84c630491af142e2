"""The `flakey` target: fails in intervals. Parameters: `dev start up down [number of feature words, features]`."""

from __future__ import annotations

from typing import ClassVar, Final

from dmproto.model.handler import TargetContext
from dmproto.targets.arguments import UINT_MAX, Arguments
from dmproto.targets.target import Target

FEATURES_MAX: Final = 6
BYTE_MAX: Final = 255


class Flakey(Target):
    """The device is looked up last; words behind the features are not looked at."""

    name: ClassVar[str] = "flakey"
    version: ClassVar[tuple[int, int, int]] = (1, 5, 0)

    def __init__(self, context: TargetContext, *words: str) -> None:
        super().__init__(context, *words)
        arguments = Arguments(self.name, words)
        if len(words) < 4:
            raise arguments.refuse("device, start sector and two intervals", len(words))
        word = arguments.shift() or ""
        self.start = arguments.sector("start sector")
        self.up, self.down = arguments.within("up interval"), arguments.within("down interval")
        if not 0 < self.up + self.down <= UINT_MAX:
            raise arguments.refuse("intervals that add up to 1 to 4294967295", self.up + self.down)
        self.writes: str | None = None
        self.corrupt: tuple[int, str, int, int] | None = None
        if arguments.words:
            self._features(arguments)
        self.device, _ = context.find_disk(word)
        self.disks = [(self.device, self.start, self.start + context.length)]

    def _features(self, arguments: Arguments) -> None:
        """As the kernel counts: a feature that takes more words than are left makes the count run past zero."""
        left = arguments.within("number of feature words", 0, FEATURES_MAX, grouped=True)
        while left:
            word = arguments.shift()
            left -= 1
            feature = (word or "").lower()
            if feature in ("drop_writes", "error_writes"):
                if self.writes is not None:
                    raise arguments.refuse("drop_writes or error_writes, once", feature)
                self.writes = feature
            elif feature == "corrupt_bio_byte" and left:
                byte = arguments.within("byte", 1)
                direction = (arguments.shift() or "").lower()
                if direction not in ("r", "w"):
                    raise arguments.refuse("r or w", direction)
                value = arguments.within("value", 0, BYTE_MAX)
                self.corrupt = byte, direction, value, arguments.within("flags")
                left -= 4
            else:
                raise arguments.refuse("a feature with its words", word)
        if self.writes and self.corrupt and self.corrupt[1] == "w":
            raise arguments.refuse(f"reads to corrupt, with {self.writes}", "w")

    def status(self, kind: str) -> str:
        """The table line ends with a blank."""
        if kind != "table":
            return ""
        features = [self.writes] if self.writes else []
        if self.corrupt:
            features += ["corrupt_bio_byte", *map(str, self.corrupt)]
        return " ".join([f"{self.device} {self.start} {self.up} {self.down} {len(features)}", *features, ""])
