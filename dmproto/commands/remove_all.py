"""DM_REMOVE_ALL: removes every device that is not open, top of a stack first."""

from __future__ import annotations

from dmproto.model.call import Call
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.flags import DmFlag


def remove_all(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """Starts over in the order of names after each removal; with DM_DEFERRED_REMOVE marks those that stay."""
    # effect
    while closed := next((device for device in kernel.devices if not kernel.devices.open_count(device)), None):
        kernel.devices.remove(closed, None)
    if copy.has(DmFlag.DEFERRED_REMOVE):
        for device in kernel.devices:
            kernel.devices.defer(device)
    # reply: nothing but the version
    copy.header.data_size = 0
    return 0
