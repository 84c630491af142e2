"""DM_TABLE_LOAD: makes a device's inactive table from target records."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from dmproto.commands.lookup import find_device, write_status
from dmproto.errors import Refused
from dmproto.model.call import Call
from dmproto.model.device import Device, Table
from dmproto.model.disks import check_sizes
from dmproto.model.kernel import Kernel
from dmproto.model.tables import add_target
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import TargetSpecView
from dmproto.wire.limits import ALIGNMENT, DM_MAX_TARGETS, STRUCT_SIZE


def table_load(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """A failing load keeps the inactive table there was; the first load of a device makes its disk."""
    # lookups
    device = find_device(copy, kernel)
    # shape
    count = copy.header.target_count
    if count > DM_MAX_TARGETS:
        raise Refused("load/count", target_count=count, limit=DM_MAX_TARGETS)
    if not count:
        raise Refused("load/empty")
    # effect
    table = Table(read_only=copy.has(DmFlag.READONLY))
    try:
        for spec in _records(copy, count):
            add_target(kernel, device, table, spec)
        if not device.registered:
            check_sizes(kernel.devices, table)
    except BaseException:
        table.close()
        raise
    _register(kernel, device)
    device.retiring, device.inactive = device.inactive, table
    # reply
    copy.set(DmFlag.INACTIVE_PRESENT)
    write_status(copy, device, kernel)
    device.retire()
    return 0


def _records(copy: WorkingCopy, count: int) -> Iterator[TargetSpecView]:
    """The target records where they lie: on 6.1 even inside the header, which the lookup has just rewritten."""
    at, floor = copy.header.data_start, STRUCT_SIZE
    last = 0
    for index in range(count):
        strict = copy.profile.strict_specs
        if strict and at % ALIGNMENT:
            raise Refused("load/aligned", index=index, at=at)
        if at < (floor if strict else last + TargetSpecView.SIZE):
            raise Refused("load/advance", index=index, at=at, last=last)
        if at + TargetSpecView.SIZE >= len(copy.buffer):
            raise Refused("load/bounds", index=index, at=at, size=len(copy.buffer))
        start = at + TargetSpecView.SIZE
        end = copy.buffer.find(0, start)
        if end < 0:
            raise Refused("load/terminated", index=index, start=start, size=len(copy.buffer))
        spec = TargetSpecView(copy.buffer, at, sys.byteorder)
        yield spec
        last, floor = at, end + 1
        at += spec.next


def _register(kernel: Kernel, device: Device) -> None:
    if not device.registered:
        device.registered = True
        kernel.devices.send(device, "add", {})
