"""The main job, end to end: real sockets, both interfaces, every refusal by its rule."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator

import pytest

from dmproto.demo import main
from dmproto.demo.cluster import CONNECT, INT, UNSIGNED, ClusterClient
from dmproto.demo.server import ClusterServer
from dmproto.dispatcher import DeviceFile, Dispatcher
from dmproto.wire.build import request
from dmproto.wire.codec import encode
from dmproto.wire.command import Command
from dmproto.wire.generated import DeviceMessage, TargetSpec


@pytest.fixture
def device() -> Iterator[DeviceFile]:
    """A device of a cluster client and an error target, opened."""
    dispatcher = Dispatcher(targets=[ClusterClient])
    control = dispatcher.open_control()
    targets = [
        TargetSpec(length=8, target_type="cluster", parameters="c"),
        TargetSpec(sector_start=8, length=8, target_type="error"),
    ]
    for step in (
        request(Command.DEV_CREATE, name="d"),
        request(Command.TABLE_LOAD, targets, name="d"),
        request(Command.DEV_SUSPEND, name="d"),
    ):
        code, data = encode(step)
        assert control.ioctl(code, bytearray(data.ljust(16384, b"\0"))) == 0
    file = dispatcher.open_device("254:0")
    yield file
    assert file.device.active
    file.device.active.close()
    file.close()


def send(device: DeviceFile, tag: int, payload: bytes) -> int:
    """Issue a direct message."""
    code, frame = encode(DeviceMessage(0, tag, payload))
    return device.ioctl(code, bytearray(frame))


def test_the_target_talks_over_the_socket_it_was_handed_and_reconnects(device: DeviceFile) -> None:
    with ClusterServer() as server:
        with server.connect() as sock:
            assert send(device, CONNECT, INT.pack(sock.fileno())) == 0
        assert server.heard == ["hello c"]
        assert send(device, 1, UNSIGNED.pack(5)) == 1
        assert send(device, 1, UNSIGNED.pack(6)) == 2
        assert server.heard == ["hello c", "lock 5", "lock 6"]
        server.drop()
        assert send(device, 1, UNSIGNED.pack(7)) == -errno.ENOTCONN
        assert "lock 7" not in server.heard
        with server.connect() as sock:
            assert send(device, CONNECT, INT.pack(sock.fileno())) == 0
        assert send(device, 1, UNSIGNED.pack(7)) == 1, "a new connection holds no locks"


@pytest.mark.parametrize(
    ("tag", "payload", "number"),
    [
        (CONNECT, b"", errno.EBADF),
        (CONNECT, INT.pack(-1), errno.EBADF),
        (CONNECT, INT.pack(999_999), errno.EBADF),
        (1, b"\0\0\0\0", errno.ENOTCONN),
        (1, b"", errno.EINVAL),
        (2, b"", errno.EINVAL),
    ],
)
def test_what_the_handler_refuses(device: DeviceFile, tag: int, payload: bytes, number: int) -> None:
    assert send(device, tag, payload) == -number


# each scene, in order, and what must be told in it
SCENES = (
    ("A device is built", ["DM_DEV_CREATE", "DM_TABLE_LOAD", "DM_DEV_SUSPEND"]),
    ("The proposal", ["= 0", "hello vol-client", "cuts the connection", "-1 ENOTCONN", "= 1"]),
    ("What was merged", ["DM_TARGET_MSG", '"connect ', "answer: '1'", "-1 ENOTCONN", "answer: '1'"]),
    ("Side by side", ["bytes in", "16", "33", "conversions", "none"]),
    ("racy", ["-1 EBUSY  remove/open", "answer: 'original'", "answer: 'impostor'", "DEFERRED_REMOVE", "= 2"]),
    (
        "What the device door refuses",
        ["ENXIO  frame/index", "EMSGSIZE  frame/length", "EFAULT  frame/short", "ENXIO  frame/method"],
    ),
)


def test_the_demonstration_tells_it_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    told = capsys.readouterr().out
    assert "\x1b" not in told, "no colour where it is not shown"
    at = 0
    for title, points in SCENES:
        for point in (title, *points):
            assert point in told[at:], f"{point!r} is missing, or not in its place"
            at = told.index(point, at)
    assert not re.search(r"\{\w+\}", told), "every sentence has its values"


@pytest.mark.parametrize(("dialect", "refusal"), [("csnap-2.6.7", "ENOTTY"), ("csnap-2.4.26", "EFAULT")])
def test_the_historical_dialects_refuse_their_own_way(
    dialect: str, refusal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--dialect", dialect]) == 0
    assert f"{refusal}  frame/length" in capsys.readouterr().out
