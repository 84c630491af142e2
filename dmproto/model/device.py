"""A mapped device and its tables."""

from __future__ import annotations

import bisect
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter

from dmproto.model.handler import Handler
from dmproto.model.stats import Region
from dmproto.wire.generated import DeviceNumber


@dataclass(frozen=True)
class Entry:
    """One target in a table: it covers `length` sectors from `start` on."""

    start: int
    length: int
    target: Handler


@dataclass
class Table:
    """Targets in order, each starting where the one before ends.

    Attributes:
        entries: the targets.
        read_only: the mode it was loaded in.
        held: the devices it holds open, by number, each with what lets go of it.
    """

    entries: list[Entry] = field(default_factory=list)
    read_only: bool = False
    held: dict[str, Callable[[], None]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Its size in sectors."""
        return self.entries[-1].start + self.entries[-1].length if self.entries else 0

    def close(self) -> None:
        """Destroy it: every target lets go of what it holds."""
        for entry in self.entries:
            entry.target.close()
        self.let_go()

    def let_go(self) -> None:
        """Close the devices it holds."""
        for release in self.held.values():
            release()
        self.held.clear()

    def at_sector(self, sector: int) -> Entry | None:
        """The target that covers a sector."""
        index = bisect.bisect_right(self.entries, sector, key=attrgetter("start")) - 1
        return self.entries[index] if 0 <= sector < self.size else None


@dataclass(eq=False)
class Device:
    """A device with its two table slots.

    Attributes:
        number: major and minor.
        name: its name.
        uuid: its unique identifier, or empty.
        active: the table in use.
        inactive: the table loaded, for the next resume.
        suspended: whether I/O is held up. A new device is not suspended, whatever the header's comment says.
        opens: how often its block device is open.
        event_nr: events raised on the live table.
        deferred_remove: it is to go on last close.
        read_only: its disk is, since the last swap.
        registered: its disk is there, from the first load on.
        geometry: cylinders, heads, sectors, start.
        retiring: a table on its way out, until the call that replaced it has told the device's state.
        regions: its statistics regions by number.
    """

    number: DeviceNumber
    name: str
    uuid: str = ""
    active: Table | None = None
    inactive: Table | None = None
    suspended: bool = False
    opens: int = 0
    event_nr: int = 0
    deferred_remove: bool = False
    read_only: bool = False
    registered: bool = False
    geometry: tuple[int, int, int, int] | None = None
    retiring: Table | None = None
    regions: dict[int, Region] = field(default_factory=dict)

    @property
    def tables(self) -> list[Table]:
        """Every table that holds what it uses."""
        return [table for table in (self.active, self.inactive, self.retiring) if table is not None]

    def retire(self) -> None:
        """Destroy the table that is on its way out."""
        if self.retiring is not None:
            self.retiring.close()
            self.retiring = None

    @property
    def path(self) -> str:
        """`major:minor`."""
        return f"{self.number.major}:{self.number.minor}"
