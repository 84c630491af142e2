"""The kernel as commands see it: which one it is, its devices, and the target types it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dmproto.model.device import Device
from dmproto.model.devices import Devices
from dmproto.model.handler import Handler
from dmproto.model.profile import Profile


@dataclass
class Kernel:
    """State and character of one kernel.

    Attributes:
        profile: which kernel.
        devices: the devices.
        targets: the target types, by name, in the order they were registered in.
        settle: answers whoever waits, and clears away what is gone, after something has happened.
    """

    profile: Profile
    devices: Devices
    targets: dict[str, type[Handler]]
    settle: Callable[[], None]

    def raise_event(self, device: Device) -> None:
        """Raise an event on a device, from one of its targets."""
        self.devices.raise_event(device)
        self.settle()
