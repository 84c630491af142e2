"""DM_DEV_STATUS: answers the state of a device."""

from __future__ import annotations

from dmproto.commands.lookup import find_device, write_status
from dmproto.model.call import Call
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy


def dev_status(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """The header, filled in."""
    # lookups
    device = find_device(copy, kernel)
    # reply
    write_status(copy, device, kernel)
    return 0
