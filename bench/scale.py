"""How the dispatcher grows: `python -m bench.scale`. Each claim is a ratio measured in one process.

DEV_STATUS by name, uuid and number is to be flat from 10 to 10,000 devices, LIST_DEVICES and TABLE_LOAD linear, a
message by sector no worse than logarithmic; and one DEV_STATUS here is to cost less than one on the user-mode kernel.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from dmproto import Command, Dispatcher, Header, TargetMsg, TargetSpec
from dmproto.dispatcher import ControlFile
from dmproto.wire.build import request
from dmproto.wire.codec import encode
from dmproto.wire.generated import DeviceNumber
from tests.oracle import uml
from tests.oracle.session import Session

FEW, MANY = 10, 10_000
TARGETS = (1_000, 100_000)
ROUNDS = 7


def issue(control: ControlFile, command: Command, payload: Any = None, *, buffer: int = 16384, **fields: Any) -> None:
    """Issue a request that succeeds, or for a message is refused by its target."""
    code, data = encode(request(command, payload, buffer=buffer, **fields))
    control.ioctl(code, bytearray(data.ljust(buffer, b"\0")))


def cost(call: Callable[[], object], *, repeat: int) -> float:
    """Return the seconds of one call, the best of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(repeat):
            call()
        best = min(best, (time.perf_counter() - started) / repeat)
    return best


def devices(count: int) -> ControlFile:
    """Return a kernel with so many devices."""
    control = Dispatcher().open_control()
    for index in range(count):
        issue(control, Command.DEV_CREATE, name=f"device-{index}", uuid=f"UUID-{index}")
    return control


def status(control: ControlFile, **fields: Any) -> Callable[[], None]:
    """Return a DEV_STATUS, ready to be issued."""
    code, data = encode(request(Command.DEV_STATUS, **fields))
    return lambda: _run(control, code, data)


def _run(control: ControlFile, code: int, data: bytes) -> None:
    assert control.ioctl(code, bytearray(data)) == 0


def table(count: int) -> tuple[ControlFile, Callable[[], None]]:
    """Return a kernel and the load of a table of so many targets."""
    control = Dispatcher().open_control()
    issue(control, Command.DEV_CREATE, name="d")
    specs = [TargetSpec(sector_start=8 * n, length=8, target_type="zero") for n in range(count)]
    made = request(Command.TABLE_LOAD, specs, name="d")
    assert isinstance(made.header, Header)
    code, data = encode(made)
    memory = data.ljust(made.header.data_size, b"\0")
    return control, lambda: _run(control, code, memory)


def load_and_message(count: int) -> tuple[float, float]:
    """Return the seconds of a load for each of its targets, and of a message to the last."""
    control, load = table(count)
    loaded = cost(load, repeat=1) / count
    issue(control, Command.DEV_SUSPEND, name="d")
    code, data = encode(request(Command.TARGET_MSG, TargetMsg(8 * count - 1, "x"), name="d", buffer=0))
    return loaded, cost(lambda: control.submit(code, bytearray(data)), repeat=500)


def main() -> int:
    """Measure, print, and say by the exit status whether every claim holds."""
    few, many = devices(FEW), devices(MANY)
    verdicts = []
    number = DeviceNumber(254, FEW - 1).word
    by: dict[str, dict[str, Any]] = {
        "name": {"name": f"device-{FEW - 1}"},
        "uuid": {"uuid": f"UUID-{FEW - 1}"},
        "number": {"dev": number},
    }
    for how, fields in by.items():
        ratio = cost(status(many, **fields), repeat=2000) / cost(status(few, **fields), repeat=2000)
        verdicts.append((f"DEV_STATUS by {how}, {MANY} devices / {FEW}", ratio, 1.5))
    size = 1 << 20
    half = devices(MANY // 2)
    listing = [cost(partial(issue, each, Command.LIST_DEVICES, buffer=size), repeat=1) for each in (many, half)]
    verdicts.append((f"LIST_DEVICES, {MANY} devices / {MANY // 2}", listing[0] / listing[1], 2.6))
    short, long = (load_and_message(count) for count in TARGETS)
    of = f"{TARGETS[1]} targets / {TARGETS[0]}"
    # linear would be 1; objects that live on cost the cycle collector a little more each
    verdicts.append((f"TABLE_LOAD by target, {of}", long[0] / short[0], 2.5))
    verdicts.append((f"TARGET_MSG by sector, {of}", long[1] / short[1], 2.0))
    kernel = kernel_status()
    if kernel is not None:
        ours = cost(status(few, name="device-1"), repeat=2000)
        verdicts.append(("DEV_STATUS here / on the user-mode kernel", ours / kernel, 1.0))
    else:
        print("user-mode Linux is not here: DEV_STATUS was not compared with it")
    for label, ratio, bound in verdicts:
        print(f"{label:56} {ratio:6.2f} <= {bound:g} {'met' if ratio <= bound else 'MISSED'}")
    return int(any(ratio > bound for _, ratio, bound in verdicts))


def kernel_status() -> float | None:
    """Return the seconds of one DEV_STATUS on a real kernel, channel and all, or None without user-mode Linux."""
    if not uml.available():
        return None
    with Session() as session:
        session.open("c", "control")
        code, data = encode(request(Command.DEV_CREATE, name="device-1"))
        assert session.ioctl("c", code, data)[0] == 0
        code, data = encode(request(Command.DEV_STATUS, name="device-1"))
        return cost(lambda: _ask(session, code, data), repeat=200)


def _ask(session: Session, code: int, data: bytes) -> None:
    assert session.ioctl("c", code, data)[0] == 0


if __name__ == "__main__":
    sys.exit(main())
