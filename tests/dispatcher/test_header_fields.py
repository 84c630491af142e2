"""The table of header fields per command, held against what the commands do.

A field that a command does not read may hold anything: nothing else comes out different. A field that it does not
write comes back as it was sent.
"""

from __future__ import annotations

import struct

import pytest

from dmproto.commands import HANDLERS
from dmproto.dispatcher import ControlFile, Dispatcher
from dmproto.wire import generated
from dmproto.wire.build import request
from dmproto.wire.codec import encode
from dmproto.wire.command import Command
from dmproto.wire.generated import Geometry, Rename, TargetMsg, TargetSpec
from dmproto.wire.limits import STRUCT_SIZE

FIELDS = {part.name: part for part in generated.SHAPES["dm_ioctl"].parts}
OFFSETS = {name: at for name, at, _ in generated._DM_IOCTL_0}

PAYLOADS = {
    Command.TABLE_LOAD: [TargetSpec(length=8, target_type="zero")],
    Command.TARGET_MSG: TargetMsg(0, "@cancel_deferred_remove"),
    Command.DEV_RENAME: Rename("other"),
    Command.DEV_SET_GEOMETRY: Geometry("1 1 8 0"),
}
NAMES = {Command.DEV_CREATE: "new", Command.GET_TARGET_VERSION: "linear", Command.REMOVE_ALL: "", Command.VERSION: ""}
NAMELESS = {Command.LIST_DEVICES, Command.LIST_VERSIONS, Command.DEV_ARM_POLL}
EXPECTED = {Command.DEV_WAIT: 77}
"""An event number that is not the device's, so that the wait ends at once."""


def control() -> ControlFile:
    """A kernel with a device `d` that has a uuid and both tables, is read-only, suspended and has had an event."""
    file = Dispatcher().open_control()
    table = [TargetSpec(length=8, target_type="error")]
    for step in (
        request(Command.DEV_CREATE, name="c", uuid="U"),
        request(Command.TABLE_LOAD, table, name="c", flags=1),
        request(Command.DEV_SUSPEND, name="c"),
        request(Command.DEV_RENAME, Rename("d"), name="c"),
        request(Command.TABLE_LOAD, table, name="d"),
        request(Command.DEV_SUSPEND, name="d", flags=2),
    ):
        code, data = encode(step)
        assert file.ioctl(code, bytearray(data.ljust(16384, b"\0"))) == 0
    return file


def sent(command: Command) -> bytearray:
    """A request that succeeds, with bytes of its own in every field that is free."""
    name = "" if command in NAMELESS else NAMES.get(command, "d")
    event_nr = EXPECTED.get(command, 0)
    _, data = encode(request(command, PAYLOADS.get(command), name=name, event_nr=event_nr, buffer=4096))
    memory = bytearray(data.ljust(4096, b"\0"))
    free = set(FIELDS) - command.facts.reads
    for field in free - {"version"}:
        fill(memory, field, 0x5A)
    return memory


def fill(memory: bytearray, field: str, byte: int) -> None:
    """Put something else into a field; texts stay short, flags keep to bits that are only echoed."""
    at, part = OFFSETS[field], FIELDS[field]
    if part.kind == "chars":
        memory[at : at + 4] = bytes([byte] * 3) + b"\0"
    elif field == "flags":
        struct.pack_into("=I", memory, at, 0x80000080)
    else:
        memory[at : at + part.size] = bytes([byte]) * part.size


def cut(memory: bytearray, field: str) -> bytes:
    """The bytes of a field."""
    return bytes(memory[OFFSETS[field] : OFFSETS[field] + FIELDS[field].size])


UNREAD = [(command, field) for command in HANDLERS for field in FIELDS if field not in command.facts.reads]


@pytest.mark.parametrize(("command", "field"), UNREAD, ids=lambda value: getattr(value, "name", value))
def test_what_a_command_does_not_read_makes_no_difference(command: Command, field: str) -> None:
    plain, other = sent(command), sent(command)
    fill(other, field, 0x33)
    assert control().ioctl(command.code(), plain) == 0
    assert control().ioctl(command.code(), other) == 0
    for name in FIELDS:
        if name != field or field in command.facts.writes:
            assert cut(plain, name) == cut(other, name)
    assert plain[STRUCT_SIZE:] == other[STRUCT_SIZE:]


@pytest.mark.parametrize("command", list(HANDLERS), ids=lambda command: str(command.name))
def test_what_a_command_does_not_write_comes_back(command: Command) -> None:
    before = sent(command)
    after = bytearray(before)
    assert control().ioctl(command.code(), after) == 0
    for field in set(FIELDS) - command.facts.writes:
        assert cut(after, field) == cut(before, field), field
