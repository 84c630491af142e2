"""The control node's entry path, in the kernel's order (kernel-behaviour §2), and the commands' refusals by rule."""

from __future__ import annotations

import errno
import struct
from typing import Any

import pytest

from dmproto.dispatcher import ControlFile, Dispatcher
from dmproto.errors import Refused
from dmproto.model.call import Call
from dmproto.model.disk import Disk
from dmproto.model.handler import TargetContext
from dmproto.targets.target import Target
from dmproto.wire.build import request
from dmproto.wire.codec import decode_reply, encode
from dmproto.wire.command import Command
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import TargetMsg, TargetSpec

VERSION, CREATE, REMOVE, SUSPEND, LOAD, MESSAGE = (0xC138FD00 + nr for nr in (0, 3, 4, 6, 9, 14))
DISKS = {"98:0": Disk(65536, "/dev/ubda")}


def header(
    size: int = 312, *, version: tuple[int, int, int] = (4, 0, 0), flags: int = 0, name: bytes = b"d"
) -> bytearray:
    """A header of 312 bytes, by hand."""
    head = struct.pack("=3IIIIiIIIQ", *version, size, 312, 0, 0, flags, 0, 0xDEAD, 0)
    return bytearray(head + name.ljust(128, b"\0") + bytes(136))


def send(control: ControlFile, command: Command, payload: Any = None, **fields: Any) -> tuple[Call, bytearray]:
    """Issue a request; the call and the memory afterwards."""
    code, data = encode(message := request(command, payload, **fields))
    assert message.header is not None
    memory = bytearray(data.ljust(message.header.data_size, b"\0"))
    return control.submit(code, memory), memory


def line(kind: str = "zero", words: str = "", start: int = 0, length: int = 8) -> TargetSpec:
    """A target record."""
    return TargetSpec(sector_start=start, length=length, target_type=kind, parameters=words)


@pytest.fixture
def control() -> ControlFile:
    """A control file of a kernel with one disk and one device `d` that has an active table."""
    file = Dispatcher(disks=DISKS).open_control()
    assert send(file, Command.DEV_CREATE, name="d", uuid="U")[0].ret == 0
    assert send(file, Command.TABLE_LOAD, [line()], name="d")[0].ret == 0
    assert send(file, Command.DEV_SUSPEND, name="d")[0].ret == 0
    return file


def test_the_entry_checks_in_their_order(control: ControlFile) -> None:
    bad = header(0, version=(5, 9, 9))
    for code, memory, capable, expected, touched in (
        (0xC138FE03, bad, False, (-errno.EACCES, "header/capability"), False),
        (0xC138FE03, bad, True, (-errno.ENOTTY, "code/type"), False),
        (0xC138FD63, bad[:11], True, (-errno.EFAULT, "buffer/short"), False),
        (0xC138FD63, bad, True, (-errno.EINVAL, "header/version"), True),
        (0xC138FD63, header(0, version=(4, 48, 0)), True, (-errno.EINVAL, "header/minor"), True),
        (0xC138FD63, header(0), True, (-errno.ENOTTY, "code/command"), True),
        (CREATE, header(0)[:304], True, (-errno.EFAULT, "buffer/short"), True),
        (CREATE, header(304), True, (-errno.EINVAL, "header/data-size"), True),
        (CREATE, header((1 << 30) + 1), True, (-errno.EINVAL, "header/data-size"), True),
        (LOAD, header(313), True, (-errno.EFAULT, "buffer/short"), True),
        (CREATE, header(name=b""), True, (-errno.EINVAL, "create/name-missing"), True),
    ):
        before = bytes(memory)
        copy = bytearray(before)
        call = control.submit(code, copy, capable=capable)
        assert (call.ret, call.rule) == expected, f"{code:#x}"
        version = struct.pack("=3I", 4, 47, 0) if touched else before[:12]
        assert copy == version + before[12:], "nothing but the version is written"


def test_version_reads_and_writes_twelve_bytes(control: ControlFile) -> None:
    for code in (VERSION, 0x0000FD00, 0x4001FD00):
        memory = bytearray(struct.pack("=3I", 4, 47, 99))
        assert control.ioctl(code, memory) == 0
        assert struct.unpack("=3I", memory) == (4, 47, 0)


def test_header_only_commands_do_not_read_on(control: ControlFile) -> None:
    assert control.ioctl(CREATE, header(9999, name=b"e")[:305]) == 0


def test_padding_and_tails_come_back_as_they_were(control: ControlFile) -> None:
    memory = header(name=b"f\0stale") + b"\xa5" * 8
    memory[305:312] = b"padding"
    assert control.ioctl(CREATE, memory) == 0
    assert struct.unpack_from("=I", memory, 36) == (0xDEAD,)
    assert memory[48:56] == b"f\0stale\0"
    assert memory[305:] == b"padding" + b"\xa5" * 8
    assert struct.unpack_from("=I", memory, 12) == (305,)


def test_secure_data_is_wiped_also_when_it_fails(control: ControlFile) -> None:
    memory = header(flags=DmFlag.SECURE_DATA)
    assert control.ioctl(CREATE, memory) == -errno.EBUSY
    assert memory == bytes(305) + bytes(7)
    memory = header(flags=DmFlag.SECURE_DATA, name=b"g")
    assert control.ioctl(CREATE, memory) == 0
    assert memory[48:50] == b"g\0"
    assert not struct.unpack_from("=I", memory, 28)[0] & DmFlag.SECURE_DATA


def test_an_over_long_name_is_cut_to_127(control: ControlFile) -> None:
    assert control.ioctl(CREATE, header(name=b"n" * 128)) == 0
    assert control.dispatcher.kernel.devices.by_name("n" * 127)


@pytest.mark.parametrize(
    ("command", "payload", "fields", "expected"),
    [
        (Command.DEV_CREATE, None, {"name": "a/b"}, (errno.EINVAL, "name/slash")),
        (Command.DEV_CREATE, None, {"name": "d"}, (errno.EBUSY, "create/name")),
        (Command.DEV_CREATE, None, {"name": "x", "uuid": "U"}, (errno.EBUSY, "create/uuid")),
        (Command.DEV_CREATE, None, {"name": "x", "flags": 8, "dev": 0}, (errno.ENXIO, "create/minor")),
        (Command.DEV_REMOVE, None, {}, (errno.ENXIO, "lookup/device")),
        (Command.DEV_REMOVE, None, {"name": "nope"}, (errno.ENXIO, "lookup/device")),
        (Command.DEV_REMOVE, None, {"name": "d", "dev": 0xFE00}, (errno.ENXIO, "lookup/device")),
        (Command.DEV_REMOVE, None, {"uuid": "U", "dev": 0xFE00}, (errno.ENXIO, "lookup/device")),
        (Command.DEV_REMOVE, None, {"dev": 0xFD00}, (errno.ENXIO, "lookup/device")),
        (Command.DEV_REMOVE, None, {"name": "d", "uuid": "U"}, (errno.EINVAL, "header/name-and-uuid")),
        (Command.TABLE_LOAD, None, {"name": "d"}, (errno.EINVAL, "load/empty")),
        (Command.TABLE_LOAD, [line()], {"name": "d", "target_count": 1 << 21}, None),
        (Command.TABLE_LOAD, [line(length=0)], {"name": "d"}, (errno.EINVAL, "load/length")),
        (Command.TABLE_LOAD, [line(length=1 << 54)], {"name": "d"}, (errno.EINVAL, "load/range")),
        (Command.TABLE_LOAD, [line("Zero")], {"name": "d"}, (errno.EINVAL, "load/type")),
        (Command.TABLE_LOAD, [line(), line(start=9)], {"name": "d"}, (errno.EINVAL, "load/contiguous")),
        (Command.TABLE_LOAD, [line("zero", "now")], {"name": "d"}, (errno.EINVAL, "target/words")),
        (Command.TABLE_LOAD, [line("linear", "98:0 x")], {"name": "d"}, (errno.EINVAL, "target/number")),
        (Command.TABLE_LOAD, [line("linear", "5000:0 0")], {"name": "d"}, (errno.EOVERFLOW, "disk/number")),
        (Command.TABLE_LOAD, [line("linear", "9:9 0")], {"name": "d"}, (errno.ENXIO, "disk/none")),
        (Command.TABLE_LOAD, [line("linear", "/dev/x 0")], {"name": "d"}, (errno.ENODEV, "disk/unknown")),
        (Command.TARGET_MSG, TargetMsg(0, "hi"), {"name": "d"}, (errno.EINVAL, "message/method")),
        (Command.TARGET_MSG, TargetMsg(8, "hi"), {"name": "d"}, (errno.EINVAL, "message/sector")),
        (Command.TARGET_MSG, TargetMsg(0, " \t"), {"name": "d"}, (errno.EINVAL, "message/empty")),
        (Command.TARGET_MSG, TargetMsg(0, "@x"), {"name": "d"}, (errno.EINVAL, "message/core")),
    ],
)
def test_refusals(control: ControlFile, command: Command, payload: Any, fields: dict[str, Any], expected: Any) -> None:
    if expected is None:
        memory = header(312)
        struct.pack_into("=I", memory, 20, fields["target_count"])
        call = control.submit(LOAD, memory)
        assert (call.ret, call.rule) == (-errno.EOVERFLOW, "load/count")
        return
    call, _ = send(control, command, payload, **fields)
    assert (call.ret, call.rule) == (-expected[0], expected[1])
    assert "{" not in call.sentence, "every value of the sentence was given"


def test_the_upper_half_of_a_device_number_is_not_looked_at(control: ControlFile) -> None:
    assert send(control, Command.DEV_SUSPEND, dev=0x9_0000_FE00)[0].ret == 0


def test_an_open_device_stays_until_it_is_closed(control: ControlFile) -> None:
    device = control.dispatcher.open_device("254:0")
    assert send(control, Command.DEV_REMOVE, name="d")[0].rule == "remove/open"
    assert send(control, Command.DEV_REMOVE, name="d", flags=DmFlag.DEFERRED_REMOVE)[0].ret == 0
    assert control.dispatcher.kernel.devices.by_name("d")
    device.close()
    device.close()
    assert not control.dispatcher.kernel.devices.by_name("d")


def test_newer_kernels_hold_loads_to_more(control: ControlFile) -> None:
    newer = Dispatcher("linux-6.12").open_control()
    assert send(newer, Command.DEV_CREATE, name=".")[0].rule == "name/reserved"
    assert send(newer, Command.DEV_CREATE, name="d")[0].ret == 0
    odd = header(400) + bytes(96)
    struct.pack_into("=II", odd, 16, 316, 1)
    odd[316:356] = struct.pack("=QQiI16s", 0, 8, 0, 0, b"zero")
    for file, expected in ((control, None), (newer, "load/aligned")):
        assert file.submit(LOAD, bytearray(odd)).rule == expected
    assert send(newer, Command.TARGET_MSG, TargetMsg(0, "hi"), name="d")[0].rule == "message/table"


def test_a_resume_tells_udev(control: ControlFile) -> None:
    assert send(control, Command.TABLE_LOAD, [line(length=16)], name="d")[0].ret == 0
    call, memory = send(control, Command.DEV_SUSPEND, name="d", event_nr=0x60CCCC)
    assert call.ret == 0
    assert decode_reply(SUSPEND, memory).header.flags & DmFlag.UEVENT_GENERATED
    uevent = control.dispatcher.kernel.devices.uevents[-1]
    assert uevent == ("change", "254:0", {"DM_COOKIE": str(0x60CCCC), "RESIZE": "1"})


def test_the_system_call_takes_32_bits_of_a_number(control: ControlFile) -> None:
    for code in (VERSION | 1 << 32, VERSION | 0xFFFFFFFF00000000, VERSION - (1 << 32)):
        assert control.ioctl(code, header()) == 0


def test_a_rule_of_a_third_party_is_einval() -> None:
    class Picky(Target):
        name = "picky"
        version = (1, 0, 0)

        def __init__(self, context: TargetContext, *words: str) -> None:
            raise Refused("picky/never", why="no reason")

    file = Dispatcher(targets=[Picky]).open_control()
    assert send(file, Command.DEV_CREATE, name="d")[0].ret == 0
    call, _ = send(file, Command.TABLE_LOAD, [line("picky")], name="d")
    assert (call.ret, call.rule) == (-errno.EINVAL, "picky/never")


def test_numbers_may_have_blanks_before_them(control: ControlFile) -> None:
    for words in ("98:0 \\ 8", "98:\\ 0 8", "\\\t98:0 8"):
        assert send(control, Command.TABLE_LOAD, [line("linear", words)], name="d")[0].ret == 0
    assert send(control, Command.TABLE_LOAD, [line("linear", "98:0 8\\ ")], name="d")[0].rule == "target/number"
