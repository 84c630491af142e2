"""What most commands share: the device a header names, and its state written into the header."""

from __future__ import annotations

from dmproto.errors import Refused
from dmproto.model.device import Device, Table
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.flags import DmFlag


def find_device(copy: WorkingCopy, kernel: Kernel) -> Device:
    """The device a header names; its name, uuid and INACTIVE_PRESENT are written into the header.

    A uuid may not be accompanied by a name or number, nor a name by a number.

    Raises:
        Refused: `lookup/device`.
    """
    header = copy.header
    name, uuid, dev = header.name, header.uuid, header.dev
    found = None
    if uuid:
        found = None if name or dev else kernel.devices.by_uuid(uuid)
    elif name:
        found = None if dev else kernel.devices.by_name(name)
    elif dev:
        found = kernel.devices.by_number(dev)
    if found is None:
        raise Refused("lookup/device", name=name, uuid=uuid, dev=dev)
    header.name = found.name
    header.uuid = found.uuid
    copy.set(DmFlag.INACTIVE_PRESENT, found.inactive is not None)
    return found


def check_name(kernel: Kernel, name: str) -> None:
    """Refuse a name that no device may bear.

    Raises:
        Refused: `name/slash` or `name/reserved`.
    """
    if "/" in name:
        raise Refused("name/slash", name=name)
    if name in kernel.profile.reserved_names:
        raise Refused("name/reserved", name=name)


def queried_table(copy: WorkingCopy, device: Device) -> Table | None:
    """The table a question is about: the active one, or the inactive one with QUERY_INACTIVE_TABLE."""
    return device.inactive if copy.has(DmFlag.QUERY_INACTIVE_TABLE) else device.active


def write_status(copy: WorkingCopy, device: Device, kernel: Kernel) -> None:
    """Write a device's state into the header. DEFERRED_REMOVE is set, and never cleared (`__dev_status`)."""
    header, table = copy.header, queried_table(copy, device)
    header.dev = device.number.word
    header.open_count = kernel.devices.open_count(device)
    header.event_nr = device.event_nr
    header.target_count = len(table.entries) if table else 0
    copy.set(DmFlag.SUSPEND, device.suspended)
    copy.set(DmFlag.INTERNAL_SUSPEND, False)
    copy.set(DmFlag.ACTIVE_PRESENT, device.active is not None)
    read_only = table.read_only if copy.has(DmFlag.QUERY_INACTIVE_TABLE) and table else device.read_only
    copy.set(DmFlag.READONLY, table is not None and read_only)
    if device.deferred_remove:
        copy.set(DmFlag.DEFERRED_REMOVE)


def cookie_of(copy: WorkingCopy) -> dict[str, str]:
    """The udev cookie in event_nr, as the uevent's environment has it."""
    return {"DM_COOKIE": str(copy.header.event_nr)} if copy.header.event_nr else {}
