"""DM_DEV_CREATE: makes a device that has a name, perhaps a uuid, and no table yet."""

from __future__ import annotations

from dmproto.commands.lookup import check_name, write_status
from dmproto.errors import Refused
from dmproto.model.call import Call
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import DeviceNumber


def dev_create(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """Every failure to get a minor number is ENXIO, and comes before a taken name."""
    header, devices = copy.header, kernel.devices
    # header checks
    name, uuid = header.name, header.uuid
    check_name(kernel, name)
    # lookups
    minor = DeviceNumber.from_word(header.dev).minor if copy.has(DmFlag.PERSISTENT_DEV) else devices.free_minor()
    if devices.taken(minor):
        raise Refused("create/minor", minor=minor)
    if devices.by_name(name):
        raise Refused("create/name", name=name)
    if uuid and devices.by_uuid(uuid):
        raise Refused("create/uuid", uuid=uuid)
    # effect
    device = devices.add(minor, name, uuid)
    # reply
    copy.set(DmFlag.INACTIVE_PRESENT, on=False)
    write_status(copy, device, kernel)
    return 0
