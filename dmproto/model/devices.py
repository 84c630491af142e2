"""All devices: found by uuid, name or number, made, and removed."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from dmproto.model.device import Device
from dmproto.model.disk import Disk
from dmproto.wire.checks import TEXT_ERRORS
from dmproto.wire.generated import DeviceNumber

MINORS: Final = 1 << 20
"""Minor numbers there are."""


Holder = tuple[str, bool]
"""A device that uses another: its path, and whether read-only."""


class Uevent(NamedTuple):
    """A uevent as the kernel sends it: `add`, `change` or `remove`, the device, and what else it says."""

    action: str
    device: str
    environment: dict[str, str]


class Devices:
    """The kernel's device table.

    Attributes:
        major: the block major of device-mapper, which is dynamic: 254 on the kernel the tests run.
        disks: the underlying disks by `major:minor`.
        uevents: every uevent sent.
        deferred: devices that have been marked to go on last close; the mark itself may be gone again.
        global_event: counts what wakes those who poll the control node.
    """

    def __init__(self, major: int = 254, disks: dict[str, Disk] | None = None) -> None:
        self.major = major
        self.disks = disks or {}
        self.uevents: list[Uevent] = []
        self.global_event = 0
        self.deferred: set[Device] = set()
        self._by_minor: dict[int, Device] = {}
        self._by_name: dict[str, Device] = {}
        self._by_uuid: dict[str, Device] = {}
        self._freed: list[int] = []
        self._unused = 0
        self._dying: list[Device] = []
        self._holders: dict[str, Counter[Holder]] = {}

    def __iter__(self) -> Iterator[Device]:
        return iter(sorted(self._by_name.values(), key=lambda device: device.name.encode("utf-8", TEXT_ERRORS)))

    def __contains__(self, device: Device) -> bool:
        return self._by_minor.get(device.number.minor) is device

    def by_name(self, name: str) -> Device | None:
        """The device of this name; bytes are compared."""
        return self._by_name.get(name)

    def by_uuid(self, uuid: str) -> Device | None:
        """The device of this uuid."""
        return self._by_uuid.get(uuid)

    def by_number(self, dev: int) -> Device | None:
        """The device of this number in the huge encoding; the upper 32 bits are not looked at."""
        return self.by_path(DeviceNumber.from_word(dev))

    def by_path(self, number: DeviceNumber) -> Device | None:
        """The device of this major and minor."""
        return self._by_minor.get(number.minor) if number.major == self.major else None

    def free_minor(self) -> int:
        """The lowest minor that no device has."""
        while self._freed and self._freed[0] in self._by_minor:
            heapq.heappop(self._freed)
        while self._unused in self._by_minor:
            self._unused += 1
        return min([self._unused, *self._freed[:1]])

    def taken(self, minor: int) -> bool:
        """Whether no device can be given this minor."""
        return minor in self._by_minor or minor >= MINORS

    def add(self, minor: int, name: str, uuid: str) -> Device:
        """Make a device."""
        device = Device(DeviceNumber(self.major, minor), name, uuid)
        self._by_minor[minor] = self._by_name[name] = device
        if uuid:
            self._by_uuid[uuid] = device
        return device

    def rename(self, device: Device, name: str) -> None:
        """Give a device another name."""
        del self._by_name[device.name]
        device.name = name
        self._by_name[name] = device

    def set_uuid(self, device: Device, uuid: str) -> None:
        """Give a device the uuid it has not had."""
        device.uuid = uuid
        self._by_uuid[uuid] = device

    def hold(self, number: str, holder: Holder) -> Callable[[], None]:
        """Note that a device's table uses a disk; the answer lets go of it."""
        holders = self._holders.setdefault(number, Counter())
        holders[holder] += 1

        def release() -> None:
            holders[holder] -= 1
            if not holders[holder]:
                del holders[holder]
            if not holders:
                self._holders.pop(number, None)

        return release

    def open_count(self, device: Device) -> int:
        """How often a device is open: by files, and once by each device and mode whose tables use it."""
        return device.opens + len(self._holders.get(device.path, ()))

    def defer(self, device: Device) -> None:
        """Mark a device to go when it is no longer open."""
        device.deferred_remove = True
        self.deferred.add(device)

    def remove(self, device: Device, environment: dict[str, str] | None) -> bool:
        """Take a device away; what waits for it may still see it, suspended, until `bury`.

        Args:
            device: the device.
            environment: of the uevent that the ioctl sends, before the one of the disk that goes; None for no such.

        Returns:
            Whether a uevent could be sent, which takes a registered disk.
        """
        del self._by_minor[device.number.minor], self._by_name[device.name]
        self._by_uuid.pop(device.uuid, None)
        self.deferred.discard(device)
        heapq.heappush(self._freed, device.number.minor)
        for table in device.tables:
            table.let_go()
        if device.active is not None:
            self.raise_event(device)
            device.suspended = True
        sent = environment is not None and self.send(device, "remove", environment)
        self.send(device, "remove", {})
        self._dying.append(device)
        return sent

    def bury(self) -> None:
        """Destroy the tables of devices that are gone."""
        for device in self._dying:
            for table in device.tables:
                table.close()
            device.active = device.inactive = None
        self._dying.clear()

    def raise_event(self, device: Device) -> None:
        """Raise an event on a device's live table."""
        device.event_nr = device.event_nr + 1 & 0xFFFFFFFF
        self.global_event += 1

    def send(self, device: Device, action: str, environment: dict[str, str]) -> bool:
        """Send a uevent; the answer is whether there is a disk to send it for."""
        if device.registered:
            self.uevents.append(Uevent(action, device.path, environment))
        return device.registered
