"""The commands: one row each, with its number, its age, its payloads and what it does to every header field.

The header is uniform and that is why most commands ignore most of it: `reads` and `writes` say what a command looks at
and what it writes back when it succeeds. A field in neither comes back as the caller's own bytes, for the kernel works
on a copy of the caller's buffer.

Sources: `<linux/dm-ioctl.h>`; `drivers/md/dm-ioctl.c` of Linux 6.1.176, held against that kernel running; `since` of
the version table of lvm2's `libdm/ioctl/libdm-iface.c`.
"""

from __future__ import annotations

import enum
from typing import Final, NamedTuple

from dmproto.wire.ioctl import Direction, IoctlNumber
from dmproto.wire.limits import DM_IOCTL, STRUCT_SIZE


class Command(enum.IntEnum):
    """The `nr` of a device-mapper request; the value's facts stand in `COMMANDS`."""

    VERSION = 0
    REMOVE_ALL = 1
    LIST_DEVICES = 2
    DEV_CREATE = 3
    DEV_REMOVE = 4
    DEV_RENAME = 5
    DEV_SUSPEND = 6
    DEV_STATUS = 7
    DEV_WAIT = 8
    TABLE_LOAD = 9
    TABLE_CLEAR = 10
    TABLE_DEPS = 11
    TABLE_STATUS = 12
    LIST_VERSIONS = 13
    TARGET_MSG = 14
    DEV_SET_GEOMETRY = 15
    DEV_ARM_POLL = 16
    GET_TARGET_VERSION = 17
    MPATH_PROBE_PATHS = 18

    @property
    def facts(self) -> CommandFacts:
        """The command's row."""
        return COMMANDS[self]

    @property
    def c_name(self) -> str:
        """The macro of the request number, `DM_TABLE_LOAD`."""
        return f"DM_{self.name}"

    @property
    def number(self) -> IoctlNumber:
        """The request number, taken apart."""
        size = STRUCT_SIZE if self.facts.direction else 0
        return IoctlNumber(self.facts.direction, DM_IOCTL, self, size)

    def code(self, arch: str = "generic") -> int:
        """The request number as an architecture writes it."""
        return self.number.encode(arch)


class CommandFacts(NamedTuple):
    """What is known of a command.

    Attributes:
        since: the interface version it appeared in.
        reads: the header fields it looks at, the entry checks included.
        writes: the header fields it may write back on success.
        does: what it does, in one line.
        takes: what it takes, in words.
        returns: what it gives back, in words.
        request: the payload schema of a request (`dmproto.wire.layout.PAYLOADS`), or None.
        reply: the payload schema of a reply, or None.
        event_nr: what `event_nr` means in a request: `""` (ignored), `"event"` or `"cookie"`.
        params: False where the kernel reads the 305-byte header and nothing after it.
        global_event: whether success wakes those who poll the control node.
        direction: the direction in its request number.
        door: the node it is for, `"control"` or `"device"`.
    """

    since: tuple[int, int, int]
    reads: frozenset[str]
    writes: frozenset[str]
    does: str
    takes: str = "nothing"
    returns: str = "the header"
    request: str | None = None
    reply: str | None = None
    event_nr: str = ""
    params: bool = True
    global_event: bool = False
    direction: Direction = Direction.READ | Direction.WRITE
    door: str = "control"


def _fields(*groups: str) -> frozenset[str]:
    return frozenset(" ".join(groups).split())


_ENTRY = "version data_size flags"
_LOOKUP = "dev name uuid"
_STATUS = "target_count open_count flags event_nr dev"
"""What the kernel's `__dev_status` fills in."""

COMMANDS: Final[dict[Command, CommandFacts]] = {
    Command.VERSION: CommandFacts(
        since=(4, 0, 0),
        reads=_fields("version"),
        writes=_fields("version"),
        does="answers the interface version",
        returns="the version; twelve bytes, nothing else",
    ),
    Command.REMOVE_ALL: CommandFacts(
        since=(4, 0, 0),
        reads=_fields(_ENTRY),
        writes=_fields("version"),
        does="removes every device that is not open",
        returns="the version, nothing else",
        params=False,
        global_event=True,
    ),
    Command.LIST_DEVICES: CommandFacts(
        since=(4, 0, 0),
        reads=_fields(_ENTRY, "name uuid"),
        writes=_fields(_ENTRY, "data_start"),
        does="lists the devices in byte order of their names",
        takes="prefixes of name and uuid (since 4.45)",
        returns="a record per device",
        reply="name_list",
    ),
    Command.DEV_CREATE: CommandFacts(
        since=(4, 0, 0),
        reads=_fields(_ENTRY, "dev name uuid"),
        writes=_fields(_ENTRY, _STATUS),
        does="makes a device without tables",
        takes="its name, perhaps a uuid, perhaps a minor number",
        params=False,
        global_event=True,
    ),
    Command.DEV_REMOVE: CommandFacts(
        since=(4, 0, 0),
        reads=_fields(_ENTRY, _LOOKUP, "event_nr"),
        writes=_fields(_ENTRY, "name uuid"),
        does="removes a device, at once or when it is closed",
        takes="the device and a udev cookie",
        event_nr="cookie",
        params=False,
        global_event=True,
    ),
    Command.DEV_RENAME: CommandFacts(
        since=(4, 0, 0),
        reads=_fields(_ENTRY, "data_start event_nr name uuid"),
        writes=_fields(_ENTRY, _STATUS),
        does="gives a device another name, or its first uuid",
        takes="the device by name, the new name or uuid, a udev cookie",
        returns="the header, with the old name",
        request="rename",
        event_nr="cookie",
        global_event=True,
    ),
    Command.DEV_SUSPEND: CommandFacts(
        since=(4, 0, 0),
        reads=_fields(_ENTRY, _LOOKUP, "event_nr"),
        writes=_fields(_ENTRY, _STATUS, "name uuid"),
        does="suspends with DM_SUSPEND_FLAG; without it resumes, and makes an inactive table the active one",
        takes="the device; a udev cookie when it resumes",
        event_nr="cookie",
        params=False,
    ),
    Command.DEV_STATUS: CommandFacts(
        since=(4, 0, 0),
        reads=_fields(_ENTRY, _LOOKUP),
        writes=_fields(_ENTRY, _STATUS, "name uuid"),
        does="answers the state of a device",
        takes="the device",
        params=False,
    ),
    Command.DEV_WAIT: CommandFacts(
        since=(4, 0, 0),
        reads=_fields(_ENTRY, _LOOKUP, "event_nr"),
        writes=_fields(_ENTRY, _STATUS, "data_start name uuid"),
        does="waits until the event number differs from the one given",
        takes="the device and an event number",
        returns="the status of each target",
        reply="table_status",
        event_nr="event",
    ),
    Command.TABLE_LOAD: CommandFacts(
        since=(4, 0, 0),
        reads=_fields(_ENTRY, _LOOKUP, "data_start target_count"),
        writes=_fields(_ENTRY, _STATUS, "name uuid"),
        does="makes the inactive table from target lines",
        takes="the device and target_count target records",
        request="table_load",
    ),
    Command.TABLE_CLEAR: CommandFacts(
        since=(4, 0, 0),
        reads=_fields(_ENTRY, _LOOKUP),
        writes=_fields(_ENTRY, _STATUS, "name uuid"),
        does="drops the inactive table",
        takes="the device",
        params=False,
    ),
    Command.TABLE_DEPS: CommandFacts(
        since=(4, 0, 0),
        reads=_fields(_ENTRY, _LOOKUP),
        writes=_fields(_ENTRY, _STATUS, "data_start name uuid"),
        does="lists the devices a table uses, the last acquired first",
        takes="the device",
        returns="device numbers",
        reply="target_deps",
    ),
    Command.TABLE_STATUS: CommandFacts(
        since=(4, 0, 0),
        reads=_fields(_ENTRY, _LOOKUP),
        writes=_fields(_ENTRY, _STATUS, "data_start name uuid"),
        does="answers the status, table or IMA line of each target",
        takes="the device",
        returns="target_count target records",
        reply="table_status",
    ),
    Command.LIST_VERSIONS: CommandFacts(
        since=(4, 1, 0),
        reads=_fields(_ENTRY),
        writes=_fields(_ENTRY, "data_start"),
        does="lists the target types, the last registered first",
        returns="a record per target type",
        reply="target_versions",
    ),
    Command.TARGET_MSG: CommandFacts(
        since=(4, 2, 0),
        reads=_fields(_ENTRY, _LOOKUP, "data_start"),
        writes=_fields(_ENTRY, _STATUS, "data_start name uuid"),
        does="passes a message to the target at a sector, or with a leading @ to the core",
        takes="the device, a sector and a text",
        returns="a text where the message has an answer (since 4.24)",
        request="target_msg",
        reply="message_answer",
    ),
    Command.DEV_SET_GEOMETRY: CommandFacts(
        since=(4, 6, 0),
        reads=_fields(_ENTRY, _LOOKUP, "data_start"),
        writes=_fields("version"),
        does="sets what HDIO_GETGEO answers",
        takes="the device and four numbers as text",
        returns="the version, nothing else",
        request="geometry",
    ),
    Command.DEV_ARM_POLL: CommandFacts(
        since=(4, 36, 0),
        reads=_fields(_ENTRY, "name uuid"),
        writes=_fields(_ENTRY),
        does="makes poll() on this open file wait for the next event of any device",
        params=False,
    ),
    Command.GET_TARGET_VERSION: CommandFacts(
        since=(4, 41, 0),
        reads=_fields(_ENTRY, "name uuid"),
        writes=_fields(_ENTRY, "data_start"),
        does="answers the version of one target type, and loads its module",
        takes="the type's name, in `name`",
        returns="one record",
        reply="target_versions",
    ),
    Command.MPATH_PROBE_PATHS: CommandFacts(
        since=(4, 50, 0),
        reads=frozenset(),
        writes=frozenset(),
        does="has a multipath device read from each active path",
        returns="nothing",
        direction=Direction.NONE,
        door="device",
    ),
}
"""Every command there is, by number; a test holds it against the header and against the kernel."""
