"""Which header fields strace 6.1 prints, from its source (`src/dm.c`): both sides of the comparison are held to it."""

from __future__ import annotations

from typing import Any

from dmproto import Command, DmFlag, Header, Reply, Request
from dmproto.show.strace_fields import Note

ALWAYS = {"version", "data_size", "flags"}
ADDRESS = {"dev", "name", "uuid"}
STATUS = {"target_count", "open_count", "event_nr"}
NO_ADDRESS = {Command.REMOVE_ALL, Command.LIST_DEVICES, Command.LIST_VERSIONS}
NO_START = {
    Command.VERSION,
    Command.REMOVE_ALL,
    Command.DEV_CREATE,
    Command.DEV_REMOVE,
    Command.DEV_SUSPEND,
    Command.DEV_STATUS,
    Command.TABLE_CLEAR,
    Command.DEV_ARM_POLL,
}
EVENT = {Command.DEV_SUSPEND, Command.DEV_RENAME, Command.DEV_REMOVE, Command.DEV_WAIT}
ANSWERED = {
    Command.DEV_CREATE,
    Command.DEV_RENAME,
    Command.DEV_SUSPEND,
    Command.DEV_STATUS,
    Command.DEV_WAIT,
    Command.TABLE_LOAD,
    Command.TABLE_CLEAR,
    Command.TABLE_DEPS,
    Command.TABLE_STATUS,
    Command.TARGET_MSG,
}
UNDECODED = {Command.GET_TARGET_VERSION, Command.MPATH_PROBE_PATHS}
"""Commands whose argument strace prints as a pointer."""


def header_fields(message: Request | Reply) -> set[str]:
    """The header fields strace prints of a request, or of the reply to a call that succeeded."""
    command = Command(message.command)
    header = message.header
    assert header is not None
    found = set(ALWAYS)
    found |= set() if command in NO_ADDRESS else ADDRESS
    found |= set() if command in NO_START else {"data_start"}
    if isinstance(message, Reply):
        return found | (STATUS if command in ANSWERED else set())
    found |= {"target_count"} if command is Command.TABLE_LOAD else set()
    resumes = command is not Command.DEV_SUSPEND or not header.flags & DmFlag.SUSPEND
    return found | ({"event_nr"} if command in EVENT and resumes else set())


def silent_fields(message: Request | Reply) -> set[str]:
    """All fields strace leaves out, by the paths of the reader's notes."""
    assert message.header is not None
    side = "reply" if isinstance(message, Reply) else "request"
    found = {f"header.{name}" for name in set(Header.__struct_fields__) - header_fields(message)} | {"bytes"}
    records = message.payload if isinstance(message.payload, tuple) else [message.payload] if message.payload else []
    for index, record in enumerate(records):
        path = f"payload[{index}]"
        match type(record).__name__:
            case "TargetSpec":
                found |= {f"{path}.next"} | ({f"{path}.status"} if side == "request" else set())
            case "TargetVersions":
                found |= {f"{path}.next"}
            case "NameList":
                found |= {f"{path}.next"}
                if message.header.version[1] >= 37 and not record.next:
                    found |= {f"{path}.event_nr"}  # strace looks for room before the next record
                if message.header.version[1] >= 45:
                    found |= {f"{path}.flags", f"{path}.uuid"}
            case "TargetDeps":
                found |= {"payload.padding"}
    return {f"{side}.{path}" for path in found}


def compare(meant: Request | Reply, read: Request | Reply | None, notes: tuple[Note, ...]) -> int:
    """Compare a message with what was read from strace's text, but for what strace leaves out.

    Returns:
        How many fields were compared.
    """
    side = "reply" if isinstance(meant, Reply) else "request"
    silent = silent_fields(meant)
    assert {note.path for note in notes if note.path.startswith(side)} == silent
    assert read is not None
    assert read.command == meant.command
    return _same(meant.header, read.header, f"{side}.header", silent) + _same(
        meant.payload, read.payload, f"{side}.payload", silent
    )


def _same(meant: Any, read: Any, path: str, silent: set[str]) -> int:
    if path in silent:
        return 0
    if isinstance(meant, tuple) and not path.endswith("version"):
        assert len(read) == len(meant), path
        return sum(_same(a, b, f"{path}[{i}]", silent) for i, (a, b) in enumerate(zip(meant, read, strict=True)))
    if hasattr(meant, "__struct_fields__"):
        assert type(read) is type(meant), path
        names = meant.__struct_fields__
        return sum(_same(getattr(meant, name), getattr(read, name), f"{path}.{name}", silent) for name in names)
    assert read == meant, path
    return 1
