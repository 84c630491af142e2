"""The kernel as commands see it: which one it is, its devices, and the target types it has."""

from __future__ import annotations

from dataclasses import dataclass

from dmproto.model.devices import Devices
from dmproto.model.handler import Handler
from dmproto.model.profile import Profile


@dataclass
class Kernel:
    """State and character of one kernel.

    Attributes:
        profile: which kernel.
        devices: the devices.
        targets: the target types, by name.
    """

    profile: Profile
    devices: Devices
    targets: dict[str, type[Handler]]
