"""Device arguments of a table line: which disk they name, and whether it is large enough.

Source: dm_get_device and device_area_is_invalid, drivers/md/dm-table.c of Linux 6.1.
"""

from __future__ import annotations

import posixpath
import re
from typing import Final

from dmproto.errors import Refused
from dmproto.model.device import Device, Table
from dmproto.model.devices import Devices
from dmproto.model.disk import Disk
from dmproto.model.profile import Profile
from dmproto.model.words import BLANKS, decimal
from dmproto.wire.generated import DeviceNumber

NUMBER: Final = re.compile(rf"[{BLANKS}]*(\d+):[{BLANKS}]*(\d+)", re.ASCII)
BOOT_NUMBER: Final = re.compile(r"(\d+):(\d+):\d+(?!:.)", re.ASCII | re.DOTALL)
BOOT_HEX: Final = re.compile(r"(?:0[xX])?[0-9a-fA-F]+")
PARTITION: Final = re.compile(r"(.*\D)[1-9]\d*", re.ASCII | re.DOTALL)
MAJORS: Final = 1 << 12
MINORS: Final = 1 << 20
UINT: Final = 1 << 32

ROOTS: Final = frozenset({"/dev/nfs", "/dev/cifs", "/dev/ram"})
"""What `root=` takes for a file system without a disk of that name."""


def find_disk(devices: Devices, profile: Profile, word: str) -> tuple[str, Disk]:
    """The disk a word names, by number or by path, as `major:minor` and what it is.

    Raises:
        Refused: `disk/number`, `disk/none`, `disk/unknown` or `disk/path`.
    """
    number = _number(word) or _path(devices, word)
    if number is None and not profile.boot_names:
        raise Refused("disk/path", word=word)
    number = number or _boot_name(devices, word)
    if number is None:
        raise Refused("disk/unknown", word=word)
    disk = disk_of(devices, number)
    if disk is None:
        raise Refused("disk/none", word=word)
    return number, disk


def _number(word: str) -> str | None:
    """`major:minor`, where it fits."""
    number = device_number(word)
    if number is None:
        return None
    if number.major >= MAJORS or number.minor >= MINORS:
        raise Refused("disk/number", word=word)
    return f"{number.major}:{number.minor}"


def device_number(word: str) -> DeviceNumber | None:
    """Two numbers with a colon between; both wrap round at 32 bits, and may yet be too large for theirs."""
    match = NUMBER.fullmatch(word)
    return DeviceNumber(_wrapped(match[1]), _wrapped(match[2])) if match else None


def _wrapped(digits: str) -> int:
    number = decimal(digits)
    assert number is not None, "it is digits"
    return number % UINT


def _path(devices: Devices, word: str) -> str | None:
    """The number of the block device at a path."""
    path = "/" + posixpath.normpath(word).lstrip("/") if word.startswith("/") else word
    for number, disk in devices.disks.items():
        if disk.path == path:
            return number
    name = path.removeprefix("/dev/mapper/")
    device = devices.by_name(name) if name != path else _node(devices, path)
    return device.path if device and device.registered else None


def _node(devices: Devices, path: str) -> Device | None:
    """The device of a node `/dev/dm-MINOR`."""
    minor = decimal(path.removeprefix("/dev/dm-"))
    if minor is None or path != f"/dev/dm-{minor}":
        return None
    return devices.by_path(DeviceNumber(devices.major, minor))


def _boot_name(devices: Devices, word: str) -> str | None:
    """A name as `root=` takes it (name_to_dev_t, init/do_mounts.c): a partition, a number with an offset, bare hex.

    The number need not be that of any disk.
    """
    partition = PARTITION.fullmatch(word)
    if word in ROOTS or (partition and word.startswith("/dev/") and _path(devices, partition[1])):
        return "0:0"
    if match := BOOT_NUMBER.match(word):
        major, minor = _wrapped(match[1]), _wrapped(match[2])
        return f"{major}:{minor}" if major < MAJORS and minor < MINORS else None
    if BOOT_HEX.fullmatch(word):
        device = DeviceNumber.from_word(int(word, 16) % UINT)
        return f"{device.major}:{device.minor}" if device.word else None
    return None


def disk_of(devices: Devices, number: str) -> Disk | None:
    """The disk of a number: a declared one, or a mapped device that has had a table."""
    device = devices.by_path(DeviceNumber(*map(int, number.split(":"))))
    if device is None:
        return devices.disks.get(number)
    return Disk(device.active.size if device.active else 0) if device.registered else None


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
    """Remove a device that is marked to go and no longer open; whether there was one."""
    for device in devices.deferred:
        if device.deferred_remove and not devices.open_count(device):
            devices.remove(device, None)
            return True
    return False
