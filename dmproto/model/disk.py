"""An underlying disk, as a scenario declares it."""

from __future__ import annotations

from typing import NamedTuple


class Disk(NamedTuple):
    """A disk that tables may use: its size in sectors and its path."""

    sectors: int
    path: str = ""
