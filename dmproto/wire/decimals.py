"""The four numbers of a geometry text."""

from __future__ import annotations

import re
from typing import Final, Self

FOUR: Final = re.compile(r"\s*(\d{1,20})\s+(\d{1,20})\s+(\d{1,20})\s+(\d{1,20})", re.ASCII)
"""What the kernel's `sscanf` takes; anything after the fourth number refuses the text. 64 bits have 20 digits."""


class Decimals:
    """Reads `text` as cylinders, heads, sectors and start sector; the text itself is what goes over the wire."""

    __slots__ = ()

    text: str

    @classmethod
    def of(cls, cylinders: int, heads: int, sectors: int, start: int) -> Self:
        """The geometry of four numbers."""
        return cls(f"{cylinders} {heads} {sectors} {start}")  # type: ignore[call-arg]  # the value class has `text`

    @property
    def numbers(self) -> tuple[int, int, int, int] | None:
        """Cylinders, heads, sectors and start sector; None where the text is not four decimal numbers."""
        match = FOUR.fullmatch(self.text)
        if match is None:
            return None
        cylinders, heads, sectors, start = map(int, match.groups())
        return cylinders, heads, sectors, start
