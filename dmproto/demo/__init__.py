"""`dmproto demo`: the case of the mail of July 2004, with nothing faked.

A device with two targets, one of them a cluster client, is built through the control node. A program hands its target a
connected socket, once in a direct message to the device and once by DM_TARGET_MSG; the server cuts the connection, and
the next message brings another. Then what each interface refuses, and what only one of them can get wrong.
"""

from __future__ import annotations

import argparse
import struct
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

from dmproto.demo.cluster import CONNECT, INT, LOCK, UNSIGNED, ClusterClient
from dmproto.demo.server import ClusterServer
from dmproto.demo.stage import Stage
from dmproto.dispatcher import ControlFile, DeviceFile, Dispatcher
from dmproto.wire.build import request
from dmproto.wire.command import Command
from dmproto.wire.dialects import DIALECTS
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import DeviceMessage, TargetMsg, TargetSpec

TAGLESS: Final = "rfc-untagged"


def main(argv: Sequence[str] | None = None) -> int:
    """Play it."""
    parser = argparse.ArgumentParser(prog="dmproto demo", description="The mail's own case, by both interfaces.")
    dialects = [name for name in DIALECTS if name != TAGLESS]
    parser.add_argument("--dialect", choices=dialects, default="rfc", help="the form of direct message (default: rfc)")
    play(Stage(parser.parse_args(argv).dialect))
    return 0


def play(stage: Stage) -> None:
    """The scenes, in order."""
    dispatcher = Dispatcher(dialect=stage.dialect, targets=[ClusterClient])
    control = dispatcher.open_control()
    with ExitStack() as stack:
        server = stack.enter_context(ClusterServer())
        _build(stage, control, "vol", "CLUSTER-1")
        device = dispatcher.open_device("254:0")
        stack.callback(device.close)
        direct = _direct(stage, device, server)
        by_name = _by_name(stage, control, server)
        _compare(stage, direct, by_name)
        _recreated(stage, control, device)
        _refused(stage, device)


def _build(stage: Stage, control: ControlFile, name: str, uuid: str) -> None:
    stage.chapter(f"A device is built through the control node: {name!r}, a cluster client and an error target")
    stage.control(control, request(Command.DEV_CREATE, name=name, uuid=uuid))
    targets = [
        TargetSpec(sector_start=0, length=2048, target_type="cluster", parameters=f"{name}-client"),
        TargetSpec(sector_start=2048, length=1024, target_type="error"),
    ]
    stage.control(control, request(Command.TABLE_LOAD, targets, name=name))
    stage.control(control, request(Command.DEV_SUSPEND, name=name))


def _direct(stage: Stage, device: DeviceFile, server: ClusterServer) -> tuple[int, int]:
    stage.chapter("The proposal: ioctl(fd, DM_DEVMESSAGE, (int[4]){ 0, 0, sizeof(int), sock })")
    stage.reset()
    with server.connect() as sock:
        stage.device(device, DeviceMessage(0, CONNECT, INT.pack(sock.fileno())))
    used = stage.calls, stage.bytes
    stage.say(f"the program has closed its socket; the target holds the same file, and heard: {server.heard[-1]!r}")
    stage.device(device, DeviceMessage(0, LOCK, UNSIGNED.pack(7)))
    server.drop()
    stage.say("the server cuts the connection")
    stage.device(device, DeviceMessage(0, LOCK, UNSIGNED.pack(8)))
    with server.connect() as sock:
        stage.device(device, DeviceMessage(0, CONNECT, INT.pack(sock.fileno())))
    stage.device(device, DeviceMessage(0, LOCK, UNSIGNED.pack(8)))
    return used


def _by_name(stage: Stage, control: ControlFile, server: ClusterServer) -> tuple[int, int]:
    stage.chapter("What was merged: the same by DM_TARGET_MSG, a header, a sector and a text")
    stage.reset()
    with server.connect() as sock:
        message = TargetMsg(0, f"connect {sock.fileno()}")
        stage.control(control, request(Command.TARGET_MSG, message, name="vol", buffer=0))
    used = stage.calls, stage.bytes
    stage.control(control, request(Command.TARGET_MSG, TargetMsg(0, "lock 7"), name="vol"))
    server.drop()
    stage.say("the server cuts the connection")
    stage.control(control, request(Command.TARGET_MSG, TargetMsg(0, "lock 8"), name="vol"))
    with server.connect() as sock:
        message = TargetMsg(0, f"connect {sock.fileno()}")
        stage.control(control, request(Command.TARGET_MSG, message, name="vol"))
    stage.control(control, request(Command.TARGET_MSG, TargetMsg(0, "lock 8"), name="vol"))
    return used


def _compare(stage: Stage, direct: tuple[int, int], by_name: tuple[int, int]) -> None:
    stage.chapter("Side by side: one socket handed over")
    rows = (
        ("", "DM_DEVMESSAGE", "DM_TARGET_MSG"),
        ("calls", str(direct[0]), str(by_name[0])),
        ("bytes in", str(direct[1]), str(by_name[1])),
        ("conversions", "none", "int to text, text to words, word to int"),
        ("device", "the open file", "a name, looked up in each call"),
        ("target", "its index in the table", "a sector in its range"),
        ("who may", "who has the device open", "CAP_SYS_ADMIN"),
        ("result", "the target's own", "the header again, or a text"),
    )
    for what, left, right in rows:
        stage.say(f"{what:<12} {left:<24} {right}")


def _recreated(stage: Stage, control: ControlFile, device: DeviceFile) -> None:
    stage.chapter('"What about the character interface is racy?": removed and recreated between two calls')
    stage.say("while the block device is open, it cannot become another:")
    stage.control(control, request(Command.DEV_REMOVE, name="vol"))
    stage.say("a name can. Another program replaces 'spare' between our two calls:")
    for uuid in ("ORIGINAL", "IMPOSTOR"):
        stage.quiet(control, request(Command.DEV_CREATE, name="spare", uuid=uuid))
        target = TargetSpec(length=8, target_type="cluster", parameters=uuid.lower())
        stage.quiet(control, request(Command.TABLE_LOAD, [target], name="spare"))
        stage.quiet(control, request(Command.DEV_SUSPEND, name="spare"))
        stage.control(control, request(Command.TARGET_MSG, TargetMsg(0, "whoami"), name="spare"))
        stage.quiet(control, request(Command.DEV_REMOVE, name="spare"))
    stage.say("the same words to the same name: the second was answered by a device that was never meant")
    stage.say("marked for deferred removal, the open device is still ours:")
    stage.control(control, request(Command.DEV_REMOVE, name="vol", flags=DmFlag.DEFERRED_REMOVE))
    stage.device(device, DeviceMessage(0, LOCK, UNSIGNED.pack(9)))


def _refused(stage: Stage, device: DeviceFile) -> None:
    stage.chapter("What the device door refuses")
    head = struct.Struct("=3I")
    stage.raw(device, "an index behind the table's end", head.pack(2, 0, 0))
    stage.raw(device, "65 bytes of payload", head.pack(0, 0, 65) + bytes(65))
    stage.raw(device, "a buffer that ends inside the payload", head.pack(0, 0, 4) + b"\1\2")
    stage.raw(device, "a target without a handler for it", head.pack(1, 0, 0))
