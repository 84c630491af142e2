"""Colours of a terminal: where they are wanted, and the few there are."""

from __future__ import annotations

import os
from typing import Final, TextIO

FIELDS: Final = ("36", "32", "33", "35", "34", "96")
"""What neighbouring fields take in turn, so that one ends where the colour does."""

DIM: Final = "2"
BOLD: Final = "1"
WRONG: Final = "1;31"


def wanted(stream: TextIO) -> bool:
    """Whether to colour what is written there: a terminal that can, and no NO_COLOR (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Paint:
    """Colours text, or leaves it alone.

    Attributes:
        on: whether it colours.
    """

    def __init__(self, on: bool = False) -> None:
        self.on = on

    def __call__(self, text: str, colour: str) -> str:
        """The text in a colour, one of this module's; blanks and no colour stay as they are."""
        return f"\x1b[{colour}m{text}\x1b[0m" if self.on and colour and text.strip() else text

    def field(self, text: str, index: int) -> str:
        """The text in the colour of the field with this index; -1 is no field."""
        return self(text, DIM if index < 0 else FIELDS[index % len(FIELDS)])


PLAIN: Final = Paint()
"""Leaves all text alone."""
