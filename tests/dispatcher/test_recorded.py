"""The kernel's own replies to real clients, call by call, against ours.

The oracle is Linux 6.1.176: `spec/vectors/clients` holds what it answered to dmsetup, lvm and others. A flow is played
as far as the commands and targets that are here go; what only asks and is not here yet is passed over.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dmproto.commands import HANDLERS
from dmproto.dispatcher import ControlFile, DeviceFile, Dispatcher
from dmproto.model.disk import Disk
from dmproto.wire.codec import decode_request
from dmproto.wire.command import Command

CLIENTS = Path(__file__).parents[2] / "spec" / "vectors" / "clients"
ASKING = {
    Command.LIST_DEVICES,
    Command.DEV_STATUS,
    Command.TABLE_DEPS,
    Command.TABLE_STATUS,
    Command.LIST_VERSIONS,
    Command.GET_TARGET_VERSION,
    Command.DEV_ARM_POLL,
}
COMPARED: Counter[Command] = Counter()


def unknown(step: dict[str, Any], dispatcher: Dispatcher) -> bool:
    """Whether a step does what is not here yet, so that the kernel's state and ours part."""
    if "ioctl" not in step:
        return "open" not in step and "close" not in step
    command = Command(int(step["ioctl"], 16) & 0xFF)
    if command is Command.TABLE_LOAD:
        request = decode_request(int(step["ioctl"], 16), bytes.fromhex(step["in"]) + bytes(4096), strict=False)
        return any(spec.target_type not in dispatcher.kernel.targets for spec in request.payload)
    if command is Command.TARGET_MSG:
        return b"@stats" in bytes.fromhex(step["in"])
    return command not in HANDLERS and command not in ASKING


@pytest.mark.parametrize("path", sorted(CLIENTS.glob("*.json")), ids=lambda path: str(path.stem))
def test_the_replies_are_the_kernels(path: Path) -> None:
    flow = json.loads(path.read_text())
    disks = {number: Disk(int(disk["sectors"]), disk["path"]) for number, disk in flow["disks"].items()}
    dispatcher = Dispatcher("linux-6.1", dm_major=flow["dm_major"], disks=disks)
    files: dict[str, ControlFile | DeviceFile] = {"control": dispatcher.open_control()}
    for index, step in enumerate(flow["steps"]):
        if unknown(step, dispatcher):
            break
        if "open" in step:
            control = step["open"] == "control"
            files[step["as"]] = dispatcher.open_control() if control else dispatcher.open_device(step["open"])
        elif "close" in step:
            files.pop(step["close"]).close()
        elif Command(int(step["ioctl"], 16) & 0xFF) in HANDLERS:
            before = bytes.fromhex(step["in"])
            memory = bytearray(before.ljust(step.get("mapped", len(before)), b"\0"))
            ret = files[step.get("file", "control")].ioctl(int(step["ioctl"], 16), memory)
            after = bytes.fromhex(step["out"])
            assert (ret, bytes(memory[: len(after)])) == (step["ret"], after), f"step {index}: {step.get('comment')}"
            COMPARED[Command(int(step["ioctl"], 16) & 0xFF)] += 1


def test_every_command_was_compared() -> None:
    assert set(COMPARED) == set(HANDLERS), COMPARED
