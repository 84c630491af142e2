"""DM_TABLE_CLEAR: drops a device's inactive table, if it has one."""

from __future__ import annotations

from dmproto.commands.lookup import find_device, write_status
from dmproto.model.call import Call
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.flags import DmFlag


def table_clear(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """The state is told before the table is destroyed: what it holds open still counts."""
    # lookups
    device = find_device(copy, kernel)
    # effect
    device.retiring, device.inactive = device.inactive, None
    # reply
    copy.set(DmFlag.INACTIVE_PRESENT, on=False)
    write_status(copy, device, kernel)
    device.retire()
    return 0
