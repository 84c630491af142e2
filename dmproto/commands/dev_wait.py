"""DM_DEV_WAIT: waits until a device's event number differs from the one given, then answers as DM_TABLE_STATUS does."""

from __future__ import annotations

from dmproto.commands.lookup import find_device, queried_table, write_status
from dmproto.commands.table_status import write_lines
from dmproto.errors import Refused
from dmproto.model.call import Call
from dmproto.model.device import Device
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy


def dev_wait(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """A number that is not the present one, a greater one too, is answered at once."""
    # lookups
    device = find_device(copy, kernel)
    # effect
    event_nr = copy.header.event_nr
    if device.event_nr != event_nr:
        return _answer(copy, kernel, device)
    call.block(lambda: _finish(copy, kernel, device, event_nr))
    return 0


def _finish(copy: WorkingCopy, kernel: Kernel, device: Device, event_nr: int) -> int | None:
    """The result once there is one. Linux never answers who waits for a device that is removed without a table."""
    if device.event_nr != event_nr:
        return _answer(copy, kernel, device)
    if device not in kernel.devices:
        raise Refused("wait/removed", name=device.name)
    return None


def _answer(copy: WorkingCopy, kernel: Kernel, device: Device) -> int:
    # reply
    write_status(copy, device, kernel)
    table = queried_table(copy, device)
    if table is not None:
        write_lines(copy, table)
    return 0
