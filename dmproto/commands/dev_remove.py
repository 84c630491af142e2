"""DM_DEV_REMOVE: takes a device away, or marks an open one to go when it is closed."""

from __future__ import annotations

from dmproto.commands.lookup import cookie_of, find_device
from dmproto.errors import Refused
from dmproto.model.call import Call
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.flags import DmFlag


def dev_remove(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """The reply does not tell the device's state: event_nr, dev and counts come back as they were sent."""
    # lookups
    device = find_device(copy, kernel)
    opens = kernel.devices.open_count(device)
    if opens and not copy.has(DmFlag.DEFERRED_REMOVE):
        raise Refused("remove/open", name=device.name, opens=opens)
    # effect
    if opens:
        kernel.devices.defer(device)
        return 0
    sent = kernel.devices.remove(device, cookie_of(copy))
    # reply
    copy.set(DmFlag.DEFERRED_REMOVE, on=False)
    if sent:
        copy.set(DmFlag.UEVENT_GENERATED)
    return 0
