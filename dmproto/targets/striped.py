"""The `striped` target: chunks dealt out over several devices. Parameters: `stripes chunk (dev start)*`."""

from __future__ import annotations

from typing import ClassVar

from dmproto.errors import Refused
from dmproto.model.handler import TargetContext
from dmproto.model.words import decimal, unsigned
from dmproto.targets.target import Target


class Striped(Target):
    """The length is divided before the words are counted, and each start is read before its device is looked up."""

    name: ClassVar[str] = "striped"
    version: ClassVar[tuple[int, int, int]] = (1, 6, 0)

    def __init__(self, context: TargetContext, *words: str) -> None:
        super().__init__(context, *words)
        if len(words) < 2:
            raise Refused("target/words", target_type=self.name, wanted="stripes, chunk size and more", got=len(words))
        self.stripes, self.chunk = self._number("stripes", words[0]), self._number("chunk size", words[1])
        width, rest = divmod(context.length, self.stripes)
        if rest or width % self.chunk:
            raise Refused("target/divisible", target_type=self.name, length=context.length, by=words[0], then=words[1])
        if len(words) != 2 + 2 * self.stripes:
            wanted = f"stripes, chunk size and {self.stripes} devices with start sectors"
            raise Refused("target/words", target_type=self.name, wanted=wanted, got=len(words))
        for word, first in zip(words[2::2], words[3::2], strict=True):
            start = decimal(first)
            if start is None:
                raise Refused("target/number", target_type=self.name, argument="start sector", word=first)
            device, _ = context.find_disk(word)
            self.disks.append((device, start, start + width))

    def _number(self, argument: str, word: str) -> int:
        number = unsigned(word, 32)
        if not number:
            raise Refused("target/number", target_type=self.name, argument=argument, word=word)
        return number

    def status(self, kind: str) -> str:
        """`A` for each device that has had no error; none has here."""
        if kind == "table":
            return " ".join([f"{self.stripes} {self.chunk}", *(f"{device} {start}" for device, start, _ in self.disks)])
        if kind == "ima":
            parts = [f"target_name=striped,target_version={'.'.join(map(str, self.version))}"]
            parts.append(f"stripes={self.stripes},chunk_size={self.chunk}")
            for index, (device, start, _) in enumerate(self.disks):
                stripe = f"stripe_{index}"
                parts.append(f"{stripe}_device_name={device},{stripe}_physical_start={start},{stripe}_status=A")
            return ",".join(parts) + ";"
        devices = " ".join(device for device, _, _ in self.disks)
        return f"{self.stripes} {devices} 1 {'A' * self.stripes}"
