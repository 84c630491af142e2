"""All devices: found by uuid, name or number, made, and removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from dmproto.model.device import Device
from dmproto.model.disk import Disk
from dmproto.wire.generated import DeviceNumber

MINORS: Final = 1 << 20
"""Minor numbers there are."""


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
        global_event: counts what wakes those who poll the control node.
    """

    def __init__(self, major: int = 254, disks: dict[str, Disk] | None = None) -> None:
        self.major = major
        self.disks = disks or {}
        self.uevents: list[Uevent] = []
        self.global_event = 0
        self._by_minor: dict[int, Device] = {}
        self._dying: list[Device] = []

    def __iter__(self) -> Iterator[Device]:
        return iter(sorted(self._by_minor.values(), key=lambda device: device.name.encode("utf-8", "surrogateescape")))

    def by_name(self, name: str) -> Device | None:
        """The device of this name; bytes are compared."""
        return next((device for device in self._by_minor.values() if device.name == name), None)

    def by_uuid(self, uuid: str) -> Device | None:
        """The device of this uuid."""
        return next((device for device in self._by_minor.values() if device.uuid == uuid), None)

    def by_number(self, dev: int) -> Device | None:
        """The device of this number in the huge encoding; the upper 32 bits are not looked at."""
        number = DeviceNumber.from_word(dev)
        return self._by_minor.get(number.minor) if number.major == self.major else None

    def free_minor(self) -> int:
        """The lowest minor that no device has."""
        return next(minor for minor in range(MINORS) if minor not in self._by_minor)

    def taken(self, minor: int) -> bool:
        """Whether a device has this minor."""
        return minor in self._by_minor

    def add(self, minor: int, name: str, uuid: str) -> Device:
        """Make a device."""
        device = self._by_minor[minor] = Device(DeviceNumber(self.major, minor), name, uuid)
        return device

    def remove(self, device: Device, environment: dict[str, str] | None) -> bool:
        """Take a device away; what waits for it may still see it, suspended, until `bury`.

        Args:
            device: the device.
            environment: of the uevent that the ioctl sends, before the one of the disk that goes; None for no such.

        Returns:
            Whether a uevent could be sent, which takes a registered disk.
        """
        del self._by_minor[device.number.minor]
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
