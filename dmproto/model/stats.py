"""Statistics regions of a device: ranges of sectors, counted by area. Nothing here does I/O: every counter is 0.

Source: dm_stats_create, dm_stats_list and dm_stats_print, drivers/md/dm-stats.c of Linux 6.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dmproto.errors import Refused

WORD: Final = 1 << 64
"""Sector numbers and sizes wrap round here."""

COUNTERS: Final = "0 " * 12 + "0"
"""What an area without I/O shows."""

NONE: Final = "-"
"""The program id and auxiliary text of a region that was given none."""

REGION_SIZE: Final = 136
"""Bytes a 64-bit kernel needs for a region: struct dm_stat of one processor."""

SHARED_SIZE: Final = 120
"""Bytes it needs for each area."""

PROCESSOR_SIZE: Final = 104
"""Bytes it needs for each area and processor, of which there is one here."""

COUNTER_SIZE: Final = 8
"""Bytes of a histogram's counter: one more than there are boundaries, for each area, and again for each processor."""

MEMORY: Final = 56 << 20
"""Bytes all regions together may need: a quarter of what is left of 256 MB, the memory of the tests' kernel."""


@dataclass
class Region:
    """A statistics region.

    Attributes:
        start: its first sector.
        length: how many it has; it may lie outside the device.
        step: sectors in an area; the last area may have fewer.
        program: who made it.
        aux: a text of theirs.
        precise: times are in nanoseconds, not milliseconds.
        histogram: boundaries of a histogram of latencies, or none.
    """

    start: int
    length: int
    step: int
    program: str = NONE
    aux: str = NONE
    precise: bool = False
    histogram: tuple[int, ...] = ()

    @property
    def areas(self) -> int:
        """How many areas it has."""
        return -(-self.length // self.step)

    @property
    def memory(self) -> int:
        """How many bytes the kernel needs for it."""
        return REGION_SIZE + self.areas * (SHARED_SIZE + PROCESSOR_SIZE) + 2 * self._histogram_size

    @property
    def _histogram_size(self) -> int:
        return self.areas * (len(self.histogram) + 1) * COUNTER_SIZE if self.histogram else 0

    def check(self, others: Iterable[Region]) -> None:
        """Refuse what the kernel cannot count or has no memory for.

        Args:
            others: the regions there are, of all devices.

        Raises:
            Refused: `stats/areas` or `stats/memory`.
        """
        if max(REGION_SIZE + self.areas * SHARED_SIZE, self._histogram_size) >= WORD:
            raise Refused("stats/areas", areas=self.areas, boundaries=len(self.histogram))
        left = MEMORY - sum(region.memory for region in others)
        if self.memory > left:
            raise Refused("stats/memory", areas=self.areas, memory=self.memory, left=left)

    def told(self, number: int) -> str:
        """Its line in a list."""
        line = f"{number}: {self.start}+{self.length} {self.step} {self.program} {self.aux}"
        if self.precise:
            line += " precise_timestamps"
        if self.histogram:
            line += f" histogram:{','.join(map(str, self.histogram))}"
        return line + "\n"

    def counters(self, first: int, count: int, room: int) -> str:
        """The lines of areas, each with its start and the step, which for a short last area is not its length.

        Too long for the room, they end with the one that does not fit: of the others, which may be many, nobody hears.
        """
        end = (first + count) % WORD
        if end < first or end > self.areas:
            end = self.areas
        histogram = " " + ":".join("0" * (len(self.histogram) + 1)) if self.histogram else ""
        text = bytearray()
        for area in range(first, end):
            text += b"%d+%d %s\n" % (self.start + area * self.step, self.step, (COUNTERS + histogram).encode())
            if len(text) + 1 >= room:
                break
        return text.decode()


def free_number(regions: dict[int, Region]) -> int:
    """The lowest number that no region has."""
    return next(number for number in range(len(regions) + 1) if number not in regions)
