"""What a flow is, and what all flows share. One `Flow` is one boot, one shell script, one vector file.

`refused COMMAND` is expected to fail; any other line must succeed. `hold DEVICE COMMAND` runs a command while
the device is open. Every key and uuid is fixed, and /dev/urandom is a fixed stream in the guest, so that a second
recording gives the same bytes. KEYS are the test keys: none of them may be found in a vector.
"""

from dataclasses import dataclass

KEYS = ("5a17c0de" * 8, "0ddba11f" * 8, "7e57ab1e" * 8)
UUID = "0f0e0d0c-1111-4222-8333-444455556666"

DMSETUP = ("dmsetup",)
CRYPTSETUP = ("cryptsetup-bin", "libcryptsetup12", "libdevmapper1.02.1")
LVM = ("lvm2", "libdevmapper1.02.1")

# The order decides what LIST_VERSIONS answers; it is the order of the profile's list of targets, last one first.
MODULES = (
    "dm_zero",
    "dm_delay",
    "dm_flakey",
    "dm_snapshot",
    "dm_mirror",
    "dm_multipath",
    "cbc",  # dm_crypt wants these two loaded
    "hmac",
    "dm_crypt",
    "dm_thin_pool",
    "dm_cache",
    "dm_raid",
    "dm_verity",
    "dm_integrity",
    "dm_writecache",
    "dm_switch",
    "dm_era",
    "dm_log_writes",
    "dm_dust",
    "dm_unstripe",
    "dm_clone",
)

NOTES = {
    "Client": "Recorded from the programs named in origin; where not flagged Cookie, with udev switched off in them.",
    "Cookie": "As where udev runs: event_nr of a request holds a cookie, here drawn from a fixed stream.",
    "Poll": "Between its calls the client sleeps in poll() on the control node; that is not recorded.",
    "Race": "Whether a waiter woken by a removal sees the device suspended depends on timing.",
    "TargetState": "A status or an event number depends on a target's work in the background, or on a disk's content.",
    "Redacted": "Key material is overwritten with the digit 0, at the offsets the step names.",
}


@dataclass(frozen=True)
class Flow:
    """A recording: what it shows, the packages its programs come from, disks in sectors, lines of shell."""

    name: str
    shows: str
    packages: tuple[str, ...]
    lines: str
    disks: tuple[int, ...] = (65536,)
    flags: tuple[str, ...] = ("Client",)
