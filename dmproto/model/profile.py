"""What differs between kernels, as data: one row per kernel release.

Keyed by release, since the interface version does not fix the behaviour: 6.1.176 and 6.1.192 both answer 4.47.0.
Source: `reference/kernel-behaviour.md` §7, read in the kernels' sources and seen on those that run.
"""

from __future__ import annotations

import errno
from typing import Final, NamedTuple


class Profile(NamedTuple):
    """One kernel.

    Attributes:
        name: `linux-` and the release.
        version: the interface version it answers.
        strict_specs: loaded target records must be 8-byte aligned and may not overlap what stands before them.
        reserved_names: names that no device may bear.
        message_without_table: what a message to a device without active table returns.
        boot_names: a device word that is no path is tried as the boot parameter `root=` would be.
        data_start_limit: a result's data_start is never past the buffer's end.
    """

    name: str
    version: tuple[int, int, int]
    strict_specs: bool
    reserved_names: tuple[str, ...]
    message_without_table: int
    boot_names: bool
    data_start_limit: bool


PROFILES: Final[dict[str, Profile]] = {
    profile.name: profile
    for profile in (
        Profile("linux-6.1.176", (4, 47, 0), False, (), 2, True, False),
        Profile("linux-6.12.101", (4, 48, 0), True, ("control", ".", ".."), -errno.EINVAL, False, False),
        Profile("linux-7.2.7", (4, 50, 0), True, ("control", ".", ".."), -errno.EINVAL, False, True),
    )
}
"""Every kernel described; the first is the one the tests hold the dispatcher against."""

ALIASES: Final = {"linux-6.1": "linux-6.1.176", "linux-6.12": "linux-6.12.101", "linux-7.2": "linux-7.2.7"}
"""Shorter names."""


def profile_of(name: str) -> Profile:
    """The profile of this name or alias.

    Raises:
        ValueError: there is none.
    """
    try:
        return PROFILES[ALIASES.get(name, name)]
    except KeyError:
        raise ValueError(f"unknown profile {name!r}; known are {', '.join([*PROFILES, *ALIASES])}") from None
