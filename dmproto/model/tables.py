"""How a target record becomes a target of a table.

Source: dm_table_add_target, drivers/md/dm-table.c of Linux 6.1: the checks stand in its order.
"""

from __future__ import annotations

from typing import Final

from dmproto.errors import Refused
from dmproto.model.device import Device, Entry, Table
from dmproto.model.disk import Disk
from dmproto.model.disks import find_disk
from dmproto.model.handler import TargetContext
from dmproto.model.kernel import Kernel
from dmproto.model.words import split_in_place
from dmproto.wire.checks import TEXT_ERRORS
from dmproto.wire.generated import TargetSpecView

SECTORS_MAX: Final = ((1 << 63) - 1) // 512
"""The greatest last sector: its last byte must fit a signed 64-bit offset."""


def add_target(kernel: Kernel, device: Device, table: Table, spec: TargetSpecView) -> None:
    """Make the next target of a table. Its parameters stand behind the record, and are split where they stand.

    Raises:
        Refused: a rule of `load/`, or one of the target's constructor.
    """
    start, length = spec.sector_start, spec.length
    if not length:
        raise Refused("load/length", index=len(table.entries))
    if start + length > SECTORS_MAX:
        raise Refused("load/range", index=len(table.entries), start=start, length=length)
    begin = spec.at + spec.OFFSETS["target_type"]
    name = bytes(spec.buffer[begin : spec.buffer.find(0, begin)]).decode("utf-8", TEXT_ERRORS)
    target_type = kernel.targets.get(name)
    if target_type is None:
        raise Refused("load/type", index=len(table.entries), target_type=name)
    if start != table.size:
        raise Refused("load/contiguous", index=len(table.entries), start=start, end=table.size)
    words = split_in_place(spec.buffer, spec.at + spec.SIZE)
    context = TargetContext(
        start,
        length,
        "ro" if table.read_only else "rw",
        kernel.profile,
        lambda word: _hold(kernel, device, table, word),
        lambda: kernel.raise_event(device),
    )
    table.entries.append(Entry(start, length, target_type(context, *words)))


def _hold(kernel: Kernel, device: Device, table: Table, word: str) -> tuple[str, Disk]:
    """Look a device argument up, and hold what it names open for as long as the table is there."""
    number, disk = find_disk(kernel.devices, kernel.profile, word)
    if number not in table.held:
        table.held[number] = kernel.devices.hold(number, (device.path, table.read_only))
    return number, disk
