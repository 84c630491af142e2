"""DM_DEV_RENAME: gives a device another name or, with DM_UUID_FLAG, the uuid it has not had."""

from __future__ import annotations

from dmproto.commands.lookup import check_name, cookie_of, write_status
from dmproto.errors import Refused
from dmproto.model.call import Call
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.checks import text_of
from dmproto.wire.flags import DmFlag
from dmproto.wire.limits import DM_NAME_LEN, DM_UUID_LEN


def dev_rename(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """The device is found by name alone; the reply has the old name, and INACTIVE_PRESENT as it was sent."""
    header, devices = copy.header, kernel.devices
    # shape
    raw, is_uuid = copy.text_at(header.data_start), copy.has(DmFlag.UUID)
    limit = (DM_UUID_LEN if is_uuid else DM_NAME_LEN) - 1
    if raw is None:
        raise Refused("rename/text", data_start=header.data_start, size=copy.size)
    if not 0 < len(raw) <= limit:
        raise Refused("rename/length", size=len(raw), limit=limit)
    new = text_of(raw)
    # header checks
    if not is_uuid:
        check_name(kernel, new)
    # lookups
    if devices.by_uuid(new) if is_uuid else devices.by_name(new):
        raise Refused("rename/taken", what="uuid" if is_uuid else "name", new=new)
    device = devices.by_name(header.name)
    if device is None or not header.name:
        raise Refused("lookup/device", name=header.name, uuid=header.uuid, dev=header.dev)
    if is_uuid and device.uuid:
        raise Refused("rename/has-uuid", name=device.name, uuid=device.uuid)
    # effect
    if is_uuid:
        devices.set_uuid(device, new)
    else:
        devices.rename(device, new)
    if device.active is not None:
        devices.raise_event(device)
    if devices.send(device, "change", cookie_of(copy)):
        copy.set(DmFlag.UEVENT_GENERATED)
    # reply
    write_status(copy, device, kernel)
    return 0
