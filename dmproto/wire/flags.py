"""The flag words: one row per bit, and the `int` subclasses that give the bits their names.

A flag word is a plain `int` with names: `IntFlag` costs forty times as much to test and keeps every value it ever saw.
Bits without a name are kept: the kernel neither refuses nor clears them (it echoes them back).
"""

from __future__ import annotations

from typing import Any, ClassVar, Final, NamedTuple, Self


class Flag(NamedTuple):
    """One bit of a flag word.

    Attributes:
        name: the stripped name, `SUSPEND`.
        c_name: the macro, `DM_SUSPEND_FLAG`.
        bit: its number.
        direction: `in`, `out` or `in/out`, seen from the kernel.
        since: the first interface version that knows it.
        doc: what it says.
    """

    name: str
    c_name: str
    bit: int
    direction: str
    since: tuple[int, int, int]
    doc: str

    @property
    def value(self) -> int:
        """The bit as a number."""
        return 1 << self.bit


DM_FLAGS: Final = (
    Flag("READONLY", "DM_READONLY_FLAG", 0, "in/out", (4, 0, 0), "the table is, or is to be, read-only"),
    Flag("SUSPEND", "DM_SUSPEND_FLAG", 1, "in/out", (4, 0, 0), "in: suspend rather than resume; out: is suspended"),
    Flag("PERSISTENT_DEV", "DM_PERSISTENT_DEV_FLAG", 3, "in", (4, 0, 0), "create with the minor number in `dev`"),
    Flag("STATUS_TABLE", "DM_STATUS_TABLE_FLAG", 4, "in", (4, 0, 0), "answer the table line, not the status line"),
    Flag("ACTIVE_PRESENT", "DM_ACTIVE_PRESENT_FLAG", 5, "out", (4, 0, 0), "there is an active table"),
    Flag("INACTIVE_PRESENT", "DM_INACTIVE_PRESENT_FLAG", 6, "out", (4, 0, 0), "there is an inactive table"),
    Flag("BUFFER_FULL", "DM_BUFFER_FULL_FLAG", 8, "out", (4, 0, 0), "the answer did not fit the buffer"),
    Flag("SKIP_BDGET", "DM_SKIP_BDGET_FLAG", 9, "in", (4, 4, 0), "ignored since 4.8"),
    Flag("SKIP_LOCKFS", "DM_SKIP_LOCKFS_FLAG", 10, "in", (4, 5, 0), "suspend without freezing the filesystem"),
    Flag("NOFLUSH", "DM_NOFLUSH_FLAG", 11, "in", (4, 11, 0), "suspend, or report status, without flushing"),
    Flag("QUERY_INACTIVE_TABLE", "DM_QUERY_INACTIVE_TABLE_FLAG", 12, "in", (4, 16, 0), "ask of the inactive table"),
    Flag("UEVENT_GENERATED", "DM_UEVENT_GENERATED_FLAG", 13, "out", (4, 17, 0), "a uevent was sent"),
    Flag("UUID", "DM_UUID_FLAG", 14, "in", (4, 19, 0), "rename: set the uuid; list (since 4.45): answer uuids"),
    Flag("SECURE_DATA", "DM_SECURE_DATA_FLAG", 15, "in", (4, 20, 0), "wipe every copy of the data after use"),
    Flag("DATA_OUT", "DM_DATA_OUT_FLAG", 16, "out", (4, 24, 0), "a message has answered with text"),
    Flag("DEFERRED_REMOVE", "DM_DEFERRED_REMOVE", 17, "in/out", (4, 27, 0), "remove, or to be removed, on last close"),
    Flag("INTERNAL_SUSPEND", "DM_INTERNAL_SUSPEND_FLAG", 18, "out", (4, 31, 0), "the kernel itself has suspended it"),
    # 5.15 added it without a new interface number; 4.45 is the version it came in with
    Flag("IMA_MEASUREMENT", "DM_IMA_MEASUREMENT_FLAG", 19, "in", (4, 45, 0), "answer the line that IMA measures"),
)
"""The bits of `dm_ioctl.flags`. Bit 2 was DM_EXISTS_FLAG in version 1, libdevmapper still sends it; bit 7 is unused."""

UDEV_FLAGS: Final = (
    Flag("DISABLE_DM_RULES", "DM_UDEV_DISABLE_DM_RULES_FLAG", 0, "in", (4, 15, 0), "no dm rules"),
    Flag("DISABLE_SUBSYSTEM_RULES", "DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG", 1, "in", (4, 15, 0), "no others' rules"),
    Flag("DISABLE_DISK_RULES", "DM_UDEV_DISABLE_DISK_RULES_FLAG", 2, "in", (4, 15, 0), "no disk rules"),
    Flag("DISABLE_OTHER_RULES", "DM_UDEV_DISABLE_OTHER_RULES_FLAG", 3, "in", (4, 15, 0), "no other rules"),
    Flag("LOW_PRIORITY", "DM_UDEV_LOW_PRIORITY_FLAG", 4, "in", (4, 15, 0), "symlinks of low priority"),
    Flag("DISABLE_LIBRARY_FALLBACK", "DM_UDEV_DISABLE_LIBRARY_FALLBACK", 5, "in", (4, 15, 0), "udev makes nodes"),
    Flag("PRIMARY_SOURCE", "DM_UDEV_PRIMARY_SOURCE_FLAG", 6, "in", (4, 15, 0), "the event comes from libdevmapper"),
    *(
        Flag(f"SUBSYSTEM_{n}", f"DM_SUBSYSTEM_UDEV_FLAG{n}", 8 + n, "in", (4, 15, 0), "the subsystem's own")
        for n in range(8)
    ),
)
"""The upper 16 bits of `event_nr` where it carries a udev cookie (`libdm/libdevmapper.h`)."""


class FlagWord(int):
    """An `int` whose bits have names; `&`, `|` and comparison are those of `int`."""

    FLAGS: ClassVar[tuple[Flag, ...]] = ()

    @classmethod
    def of(cls, *names: str) -> Self:
        """The word with the bits of these names set.

        Raises:
            ValueError: a name that is no flag of this word.
        """
        known = {flag.name: flag.value for flag in cls.FLAGS}
        unknown = [name for name in names if name not in known]
        if unknown:
            raise ValueError(f"unknown flag {unknown[0]!r}; known are {', '.join(known)}")
        return cls(sum(known[name] for name in set(names)))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the bits set, lowest first."""
        return tuple(flag.name for flag in self.FLAGS if self & flag.value)

    @property
    def unknown(self) -> int:
        """The bits set that have no name."""
        return int(self) & ~sum(flag.value for flag in self.FLAGS)

    def __str__(self) -> str:
        parts = [*self.names, *([hex(self.unknown)] if self.unknown else ())]
        return "|".join(parts) or "0"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


class DmFlag(FlagWord):
    """The value of `dm_ioctl.flags`."""

    FLAGS = DM_FLAGS

    READONLY: ClassVar[DmFlag]
    SUSPEND: ClassVar[DmFlag]
    PERSISTENT_DEV: ClassVar[DmFlag]
    STATUS_TABLE: ClassVar[DmFlag]
    ACTIVE_PRESENT: ClassVar[DmFlag]
    INACTIVE_PRESENT: ClassVar[DmFlag]
    BUFFER_FULL: ClassVar[DmFlag]
    SKIP_BDGET: ClassVar[DmFlag]
    SKIP_LOCKFS: ClassVar[DmFlag]
    NOFLUSH: ClassVar[DmFlag]
    QUERY_INACTIVE_TABLE: ClassVar[DmFlag]
    UEVENT_GENERATED: ClassVar[DmFlag]
    UUID: ClassVar[DmFlag]
    SECURE_DATA: ClassVar[DmFlag]
    DATA_OUT: ClassVar[DmFlag]
    DEFERRED_REMOVE: ClassVar[DmFlag]
    INTERNAL_SUSPEND: ClassVar[DmFlag]
    IMA_MEASUREMENT: ClassVar[DmFlag]


class UdevFlag(FlagWord):
    """The upper half of an `event_nr` that carries a udev cookie; members are set from `UDEV_FLAGS`."""

    FLAGS = UDEV_FLAGS

    DISABLE_DM_RULES: ClassVar[UdevFlag]
    DISABLE_SUBSYSTEM_RULES: ClassVar[UdevFlag]
    DISABLE_DISK_RULES: ClassVar[UdevFlag]
    DISABLE_OTHER_RULES: ClassVar[UdevFlag]
    LOW_PRIORITY: ClassVar[UdevFlag]
    DISABLE_LIBRARY_FALLBACK: ClassVar[UdevFlag]
    PRIMARY_SOURCE: ClassVar[UdevFlag]


for _word in (DmFlag, UdevFlag):
    for _flag in _word.FLAGS:
        setattr(_word, _flag.name, _word(_flag.value))


NAME_LIST_HAS_UUID: Final = 1
"""`DM_NAME_LIST_FLAG_HAS_UUID`: a uuid follows the record's flags."""

NAME_LIST_DOESNT_HAVE_UUID: Final = 2
"""`DM_NAME_LIST_FLAG_DOESNT_HAVE_UUID`: the uuid was asked for and the device has none."""


class FlagCache(dict[int, Any]):
    """Flag words by number, so that a decoder makes each once; bounded, since the numbers are the caller's."""

    LIMIT: Final = 4096

    def __init__(self, word: type[FlagWord]) -> None:
        super().__init__()
        self.word = word

    def __missing__(self, number: int) -> FlagWord:
        value = self.word(number)
        if len(self) < self.LIMIT:
            self[number] = value
        return value
