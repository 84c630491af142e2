"""No sequence of calls leaks: after any number of random ioctls the kernel can be emptied, as it was before."""

from __future__ import annotations

import gc
import os
import random
import tracemalloc

from dmproto.dispatcher import Dispatcher
from dmproto.model.disk import Disk
from dmproto.wire.build import request
from dmproto.wire.codec import encode
from dmproto.wire.command import COMMANDS, Command
from dmproto.wire.generated import Geometry, Rename, TargetMsg, TargetSpec

CALLS = 200_000 if os.environ.get("DMPROTO_PROFILE") == "soak" else 20_000
LINES = [("zero", ""), ("error", "x"), ("linear", "98:0 8"), ("linear", "254:0 0"), ("linear", "254:1 0"), ("no", "")]


def messages(choice: random.Random) -> list[tuple[int, bytearray]]:
    """Requests to draw from: every command on few names, and bytes of no meaning."""
    found = []
    for command in COMMANDS:
        if command in (Command.DEV_WAIT, Command.MPATH_PROBE_PATHS):
            continue
        for name in ("a", "b", "c", ""):
            for flags in (0, 2, 1 << 17):
                payload: object = None
                if command is Command.TABLE_LOAD:
                    kind, words = choice.choice(LINES)
                    payload = [TargetSpec(length=8, target_type=kind, parameters=words)]
                elif command is Command.TARGET_MSG:
                    payload = TargetMsg(0, choice.choice(["@cancel_deferred_remove", "hello"]))
                elif command is Command.DEV_RENAME:
                    payload = Rename(choice.choice("abc"))
                elif command is Command.DEV_SET_GEOMETRY:
                    payload = Geometry("1 1 1 1")
                code, data = encode(request(command, payload, name=name, flags=flags, buffer=1024))
                found.append((code, bytearray(data.ljust(1024, b"\0"))))
    return [*found, (0xC138FD09, bytearray(choice.randbytes(400)))]


def play(dispatcher: Dispatcher, choice: random.Random, drawn: list[tuple[int, bytearray]], calls: int) -> None:
    """Issue so many random calls, opening and closing devices between; then empty the kernel."""
    control = dispatcher.open_control()
    opened = []
    for _ in range(calls):
        code, memory = choice.choice(drawn)
        control.submit(code, bytearray(memory))
        if choice.random() < 0.1:
            try:
                opened.append(dispatcher.open_device(f"254:{choice.randrange(3)}"))
            except OSError:
                continue
        elif opened and choice.random() < 0.2:
            opened.pop(choice.randrange(len(opened))).close()
        dispatcher.kernel.devices.uevents.clear()
    for file in opened:
        file.close()
    code, data = encode(request(Command.REMOVE_ALL))
    for device in list(dispatcher.kernel.devices):  # a device may hold itself open: an error table lets go
        for command in (Command.TABLE_LOAD, Command.DEV_SUSPEND):
            payload = [TargetSpec(length=8, target_type="error")] if command is Command.TABLE_LOAD else None
            number, bytes_ = encode(request(command, payload, name=device.name, buffer=1024))
            control.submit(number, bytearray(bytes_.ljust(1024, b"\0")))
    control.ioctl(code, bytearray(data))
    dispatcher.kernel.devices.uevents.clear()


def test_nothing_is_left_behind() -> None:
    choice = random.Random(20040709)
    dispatcher = Dispatcher(disks={"98:0": Disk(65536)})
    drawn = messages(choice)
    play(dispatcher, choice, drawn, CALLS // 4)
    gc.collect()
    tracemalloc.start()
    play(dispatcher, choice, drawn, 100)
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    play(dispatcher, choice, drawn, CALLS)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    devices = dispatcher.kernel.devices
    assert list(devices) == []
    assert devices.free_minor() == 0
    assert not devices._holders
    assert not devices.deferred
    assert after - before < 64 * 1024
