"""Device arguments of a table line: which disk they name, and whether it is large enough.

Source: dm_get_device and device_area_is_invalid, drivers/md/dm-table.c of Linux 6.1.
"""

from __future__ import annotations

import re
from typing import Final

from dmproto.errors import Refused
from dmproto.model.device import Device, Table
from dmproto.model.devices import Devices
from dmproto.model.disk import Disk

NUMBER: Final = re.compile(r"(\d{1,9}):(\d{1,9})", re.ASCII)
MAJORS: Final = 1 << 12
MINORS: Final = 1 << 20


def find_disk(devices: Devices, word: str) -> tuple[str, Disk]:
    """The disk a word names, by number or by path, as `major:minor` and what it is.

    Raises:
        Refused: `disk/number`, `disk/none` or `disk/unknown`.
    """
    match = NUMBER.fullmatch(word)
    if match:
        major, minor = int(match[1]), int(match[2])
        if major >= MAJORS or minor >= MINORS:
            raise Refused("disk/number", word=word)
        number = f"{major}:{minor}"
        disk = disk_of(devices, number)
        if disk is None:
            raise Refused("disk/none", word=word)
        return number, disk
    for number, disk in devices.disks.items():
        if disk.path == word:
            return number, disk
    for device in devices:
        if device.registered and word in {f"/dev/mapper/{device.name}", f"/dev/dm-{device.number.minor}"}:
            return device.path, Disk(device.active.size if device.active else 0, word)
    raise Refused("disk/unknown", word=word)


def disk_of(devices: Devices, number: str) -> Disk | None:
    """The disk of a number: a declared one, or a mapped device that has had a table."""
    for device in devices:
        if device.path == number:
            return Disk(device.active.size if device.active else 0) if device.registered else None
    return devices.disks.get(number)


def check_sizes(devices: Devices, table: Table) -> None:
    """Refuse a table that reaches past a disk it uses; a disk of size 0 is never looked at.

    Raises:
        Refused: `table/disk-size`.
    """
    for entry in table.entries:
        for number, first, last in entry.target.disks:
            disk = disk_of(devices, number)
            if disk and disk.sectors and last > disk.sectors:
                raise Refused("table/disk-size", disk=number, first=first, last=last, sectors=disk.sectors)


def remove_deferred(devices: Devices) -> bool:
    """Remove a device that was marked to go and is no longer open; whether there was one."""
    for device in devices:
        if device.deferred_remove and not open_count(devices, device):
            devices.remove(device, None)
            return True
    return False


def open_count(devices: Devices, device: Device) -> int:
    """How often a device is open: by files, and once by each device and mode whose tables use it."""
    holders = {
        (holder.path, table.read_only)
        for holder in devices
        for table in holder.tables
        for entry in table.entries
        for number, _, _ in entry.target.disks
        if number == device.path
    }
    return device.opens + len(holders)
