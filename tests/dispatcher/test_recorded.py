"""The kernel's own replies to real clients, call by call, against ours.

The oracle is Linux 6.1.176: `spec/vectors/clients` holds what it answered to dmsetup, lvm and others. A flow is played
as far as the targets that are here go.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dmproto.commands import HANDLERS
from dmproto.dispatcher import Dispatcher
from dmproto.model.handler import Handler
from dmproto.scenario import Player, read
from dmproto.targets import TARGETS
from dmproto.targets.target import Target
from dmproto.wire.codec import decode_request
from dmproto.wire.command import Command

CLIENTS = Path(__file__).parents[2] / "spec" / "vectors" / "clients"
COMPARED: Counter[Command] = Counter()

REGISTERED = """
    error 1.5.0, linear 1.4.0, striped 1.6.0, zero 1.1.0, delay 1.3.0, flakey 1.5.0, snapshot 1.16.0,
    snapshot-origin 1.9.0, snapshot-merge 1.5.0, mirror 1.14.0, multipath 1.14.0, crypt 1.24.0, thin 1.22.0,
    thin-pool 1.22.0, cache 2.3.0, raid 1.15.1, verity 1.9.0, integrity 1.10.0, writecache 1.6.0, switch 1.1.0,
    era 1.0.0, log-writes 1.1.0, dust 1.0.0, unstriped 1.1.0, clone 1.0.0
"""
"""The target types of the recording kernel in the order it registered them, and their versions."""


def target_types() -> dict[str, type[Handler]]:
    """Those types: our own, and for each that is still to come one that only has its name."""
    types: dict[str, type[Handler]] = {}
    for row in REGISTERED.split(","):
        name, version = row.split()
        stand_in = type(name, (Target,), {"name": name, "version": tuple(map(int, version.split(".")))})
        types[name] = TARGETS.get(name, stand_in)
    return types


def unknown(step: dict[str, Any], dispatcher: Dispatcher) -> bool:
    """Whether a step does what is not here yet, so that the kernel's state and ours part."""
    if "ioctl" not in step:
        return False
    command = Command(int(step["ioctl"], 16) & 0xFF)
    if command is Command.TABLE_LOAD:
        request = decode_request(int(step["ioctl"], 16), bytes.fromhex(step["in"]) + bytes(4096), strict=False)
        return any(
            dispatcher.kernel.targets.get(spec.target_type) not in {None, *TARGETS.values()} for spec in request.payload
        )
    return False


def compare(kept: dict[str, Any], came: dict[str, Any], index: int) -> None:
    """Hold a step of ours against what the kernel returned and left in memory."""
    where = f"step {index}, {Command(int(kept['ioctl'], 16) & 0xFF).name if 'ioctl' in kept else 'finish'}"
    assert came.get("blocked") == kept.get("blocked"), where
    assert came.get("ret") == kept.get("ret"), f"{where}: {came.get('rule')}"
    ours, theirs = came.get("out", ""), kept.get("out", "")
    size = max(len(ours), len(theirs))
    assert ours.ljust(size, "0") == theirs.ljust(size, "0"), where


@pytest.mark.parametrize("path", sorted(CLIENTS.glob("*.json")), ids=lambda path: str(path.stem))
def test_the_replies_are_the_kernels(path: Path) -> None:
    flow = json.loads(path.read_text())
    player = Player(read(flow))
    player.dispatcher.kernel.targets = target_types()
    for index, step in enumerate(flow["steps"]):
        if unknown(step, player.dispatcher):
            break
        came = player.step(index)
        if "ioctl" in step or "finish" in step:
            compare(step, came, index)
            COMPARED[Command(int(step.get("ioctl", "0"), 16) & 0xFF)] += 1


def test_every_command_was_compared() -> None:
    assert set(COMPARED) == set(HANDLERS), COMPARED
    assert COMPARED.total() > 1000
