"""DM_DEV_SUSPEND: suspends with DM_SUSPEND_FLAG, resumes without; a resume makes the inactive table the active one."""

from __future__ import annotations

from dmproto.commands.lookup import cookie_of, find_device, write_status
from dmproto.errors import Refused
from dmproto.model.call import Call
from dmproto.model.device import Device, Table
from dmproto.model.disks import check_sizes
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.flags import DmFlag


def dev_suspend(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """Either way works on a device without tables, unless it is suspended and is to be resumed."""
    # lookups
    device = find_device(copy, kernel)
    # effect
    if copy.has(DmFlag.SUSPEND):
        device.suspended = True
    else:
        _resume(copy, kernel, device)
    # reply
    write_status(copy, device, kernel)
    return 0


def _resume(copy: WorkingCopy, kernel: Kernel, device: Device) -> None:
    environment = cookie_of(copy)
    new, device.inactive = device.inactive, None
    copy.set(DmFlag.INACTIVE_PRESENT, on=False)
    if new is not None:
        environment |= _swap(kernel, device, new)
    if not device.suspended:
        return
    if device.active is None or not device.active.size:
        raise Refused("resume/table", name=device.name)
    device.suspended = False
    if kernel.devices.send(device, "change", environment):
        copy.set(DmFlag.UEVENT_GENERATED)


def _swap(kernel: Kernel, device: Device, new: Table) -> dict[str, str]:
    """Make `new` the active table; one that does not fit is destroyed, and the device stays suspended."""
    device.suspended = True
    try:
        check_sizes(kernel.devices, new)
    except Refused:
        new.close()
        raise
    old, device.active = device.active, new
    kernel.devices.global_event += 1
    if device.read_only != new.read_only:
        device.read_only = new.read_only
        kernel.devices.send(device, "change", {"DISK_RO": str(int(new.read_only))})
    before = old.size if old is not None else 0
    if old is not None:
        old.close()
    if before != new.size:
        device.geometry = None
    return {"RESIZE": "1"} if before and new.size and before != new.size else {}
