"""The device door: a frame's checks in the order of the design page, in every dialect, and what a handler is given."""

from __future__ import annotations

import errno
import os
import struct
from typing import ClassVar

import pytest

from dmproto.dispatcher import DeviceFile, Dispatcher
from dmproto.model.call import Call
from dmproto.targets.target import Target
from dmproto.wire.build import request
from dmproto.wire.codec import encode
from dmproto.wire.command import Command
from dmproto.wire.dialects import DIALECTS
from dmproto.wire.generated import TargetSpec

HEAD = struct.Struct("=3I")
RFC = 0xC00CFD0E


class Recorder(Target):
    """Notes what it is sent; its answer is the tag, or what the payload says."""

    name: ClassVar[str] = "recorder"
    version: ClassVar[tuple[int, int, int]] = (1, 0, 0)
    seen: ClassVar[list[tuple[str, int | None, bytes]]] = []

    def device_message(self, tag: int | None, payload: bytes, call: Call) -> int:
        self.seen.append((self.words[0] if self.words else "", tag, payload))
        match payload:
            case b"errno":
                raise OSError(errno.EXDEV, "cross")
            case b"bug":
                raise ZeroDivisionError
            case b"file":
                return call.get_file(tag or 0)
        return tag or 0


def mapped(*lines: tuple[str, str], dialect: str | None = "rfc", catch: bool = True) -> tuple[Dispatcher, DeviceFile]:
    """A device `d` whose targets of eight sectors have these types and parameters, opened."""
    Recorder.seen.clear()
    dispatcher = Dispatcher(dialect=dialect, targets=[Recorder], raise_handler_errors=not catch)
    control = dispatcher.open_control()
    targets = [
        TargetSpec(sector_start=8 * n, length=8, target_type=kind, parameters=words)
        for n, (kind, words) in enumerate(lines)
    ]
    for step in (
        request(Command.DEV_CREATE, name="d"),
        request(Command.TABLE_LOAD, targets, name="d"),
        request(Command.DEV_SUSPEND, name="d"),
    ):
        code, data = encode(step)
        assert step.header is not None
        assert control.ioctl(code, bytearray(data.ljust(step.header.data_size, b"\0"))) == 0
    return dispatcher, dispatcher.open_device("254:0")


def swap(dispatcher: Dispatcher, *lines: tuple[str, str]) -> None:
    """Give `d` another table."""
    control = dispatcher.open_control()
    targets = [
        TargetSpec(sector_start=8 * n, length=8, target_type=kind, parameters=words)
        for n, (kind, words) in enumerate(lines)
    ]
    for step in (request(Command.TABLE_LOAD, targets, name="d"), request(Command.DEV_SUSPEND, name="d")):
        code, data = encode(step)
        assert step.header is not None
        assert control.ioctl(code, bytearray(data.ljust(step.header.data_size, b"\0"))) == 0


def test_the_mails_line_reaches_its_target() -> None:
    _, device = mapped(("recorder", "first"), ("recorder", "second"))
    frame = bytearray(struct.pack("=4i", 1, 0, 4, 5))
    before = bytes(frame)
    assert device.ioctl(RFC, frame, capable=False) == 0
    assert Recorder.seen == [("second", 0, struct.pack("=i", 5))]
    assert frame == before, "nothing is copied back"


@pytest.mark.parametrize(("tag", "ret"), [(0, 0), (7, 7), (0x7FFFFFFF, 0x7FFFFFFF)])
def test_the_result_is_the_handlers(tag: int, ret: int) -> None:
    _, device = mapped(("recorder", ""))
    assert device.ioctl(RFC, bytearray(HEAD.pack(0, tag, 0))) == ret


# what each dialect answers: too long, a head that is cut, a payload that is cut, an index at the end
ANSWERS = {
    "rfc": (errno.EMSGSIZE, errno.EFAULT, errno.EFAULT, errno.ENXIO),
    "rfc-untagged": (errno.EMSGSIZE, errno.EFAULT, errno.EFAULT, errno.ENXIO),
    "csnap-2.6.7": (errno.ENOTTY, errno.ENOTTY, errno.ENOTTY, errno.ENXIO),
    "csnap-2.4.26": (errno.EFAULT, errno.EFAULT, errno.EFAULT, errno.ENXIO),
}


@pytest.mark.parametrize("dialect", ANSWERS)
def test_each_dialect_has_its_own_errnos(dialect: str) -> None:
    _, device = mapped(("recorder", ""), dialect=dialect)
    form = DIALECTS[dialect]
    words = 2 if dialect == "rfc-untagged" else 3

    def frame(index: int, length: int, payload: bytes) -> bytearray:
        middle = (0,) * (words - 2)
        return bytearray(struct.pack(f"={words}i", index, *middle, length) + payload)

    long, head, short, index = ANSWERS[dialect]
    for data, number, rule in (
        (frame(0, 65, bytes(65)), long, "frame/length"),
        (frame(0, 0, b"")[:-1], head, "frame/short"),
        (frame(0, 4, b"123"), short, "frame/short"),
        (frame(1, 0, b""), index, "frame/index"),
    ):
        call = device.submit(form.code(), data)
        assert (call.ret, call.rule) == (-number, rule)
    assert device.ioctl(form.code(), frame(0, 64, bytes(64))) == 0
    if dialect.startswith("csnap"):
        call = device.submit(form.code(), frame(0, -1, b""))
        assert (call.ret, call.rule) == (-short, "frame/short"), "a negative length passes the bound and faults"
        call = device.submit(form.code(), frame(-1, 0, b""))
        assert (call.ret, call.rule) == (-errno.ENXIO, "frame/index")


def test_the_checks_come_in_order() -> None:
    dispatcher, device = mapped(("error", ""))
    everything_wrong = bytearray(HEAD.pack(9, 0, 65))
    assert device.submit(RFC, everything_wrong[:8]).rule == "frame/short"
    assert device.submit(RFC, everything_wrong).rule == "frame/length"
    assert device.submit(RFC, bytearray(HEAD.pack(9, 0, 4))).rule == "frame/short"
    assert device.submit(RFC, bytearray(HEAD.pack(9, 0, 0))).rule == "frame/index"
    assert device.submit(RFC, bytearray(HEAD.pack(0, 0, 0))).rule == "frame/method"
    dispatcher.kernel.devices.by_name("d").active = None  # type: ignore[union-attr]
    assert device.submit(RFC, bytearray(HEAD.pack(9, 0, 0))).rule == "frame/table"


def test_the_index_is_read_against_the_table_of_that_moment() -> None:
    dispatcher, device = mapped(("recorder", "a"), ("recorder", "b"))
    frame = HEAD.pack(1, 0, 0)
    device.ioctl(RFC, bytearray(frame))
    swap(dispatcher, ("zero", ""), ("recorder", "c"), ("recorder", "b"))
    device.ioctl(RFC, bytearray(frame))
    assert [name for name, _, _ in Recorder.seen] == ["b", "c"]


def test_it_is_delivered_while_suspended() -> None:
    dispatcher, device = mapped(("recorder", ""))
    code, data = encode(request(Command.DEV_SUSPEND, name="d", flags=2))
    assert dispatcher.open_control().ioctl(code, bytearray(data)) == 0
    assert device.ioctl(RFC, bytearray(HEAD.pack(0, 3, 0))) == 3


@pytest.mark.parametrize("code", [0xC138FD0E, 0x400CFD0E, 0xC00CFD0F, 0xC134FD0E, 0x0000FD12, 0x1260])
def test_every_bit_of_the_number_counts(code: int) -> None:
    _, device = mapped(("recorder", ""))
    call = device.submit(code, bytearray(HEAD.pack(0, 0, 0)))
    assert (call.ret, call.rule) == (-errno.ENOTTY, "code/device")


def test_a_sign_extended_number_is_the_same_one() -> None:
    _, device = mapped(("recorder", ""))
    for code in (RFC, RFC - (1 << 32), RFC | 0xFFFFFFFF00000000):
        assert device.ioctl(code, bytearray(HEAD.pack(0, 1, 0))) == 1


def test_a_kernel_without_the_proposal() -> None:
    _, device = mapped(("recorder", ""), dialect=None)
    assert device.submit(RFC, bytearray(HEAD.pack(0, 0, 0))).ret == -errno.ENOTTY


def test_a_handlers_errno_and_its_bugs() -> None:
    _, device = mapped(("recorder", ""))
    call = device.submit(RFC, bytearray(HEAD.pack(0, 0, 5) + b"errno"))
    assert (call.ret, call.rule) == (-errno.EXDEV, "target/errno")
    call = device.submit(RFC, bytearray(HEAD.pack(0, 0, 3) + b"bug"))
    assert (call.ret, call.rule) == (-errno.EIO, "target/exception")
    _, device = mapped(("recorder", ""), catch=False)
    with pytest.raises(ZeroDivisionError):
        device.ioctl(RFC, bytearray(HEAD.pack(0, 0, 3) + b"bug"))


def test_a_handler_reaches_the_callers_files() -> None:
    _, device = mapped(("recorder", ""))
    read, write = os.pipe()
    kept = device.ioctl(RFC, bytearray(HEAD.pack(0, write, 4) + b"file"))
    os.close(write)
    os.write(kept, b"still open")
    assert os.read(read, 64) == b"still open"
    os.close(read)
    os.close(kept)
    call = device.submit(RFC, bytearray(HEAD.pack(0, kept, 4) + b"file"))
    assert call.ret == -errno.EBADF


def test_a_device_without_a_disk_cannot_be_opened() -> None:
    dispatcher = Dispatcher()
    with pytest.raises(OSError, match="254:0") as error:
        dispatcher.open_device("254:0")
    assert error.value.errno == errno.ENXIO
