"""The kernel as commands see it: which one it is, its devices, and the target types it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dmproto.model.devices import Devices
from dmproto.model.profile import Profile

if TYPE_CHECKING:
    from dmproto.targets.target import Target


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
    targets: dict[str, type[Target]]
