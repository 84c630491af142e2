"""The direct device message: who issues it under which number, in which frame, and what each refusal is answered with.

Four dialects of one proposal. Source: the mail "Message ioctl direct to device" of 9 July 2004 (`rfc`, as both sides
corrected it there, and `rfc-untagged`, its other form), and the csnap patches of September 2004 that ran it.
"""

from __future__ import annotations

import errno
from typing import Final, NamedTuple

from dmproto.wire.ioctl import Direction, IoctlNumber
from dmproto.wire.limits import DM_IOCTL

DEVMESSAGE_NR: Final = 14
"""The number the proposal took; DM_TARGET_MSG was given the same one. The size field tells the two apart."""


class Dialect(NamedTuple):
    """One form of the direct device message.

    Attributes:
        name: how it is asked for.
        frame: its schema, a key of `dmproto.wire.layout.FRAMES`.
        size: the size in its request number, that of the frame's fixed part.
        errnos: the errno that answers each rule the device door may refuse a frame by.
        doc: where it comes from.
    """

    name: str
    frame: str
    size: int
    errnos: dict[str, int]
    doc: str

    @property
    def number(self) -> IoctlNumber:
        """`_IOWR(0xfd, 14, size)`; all 32 bits are compared, unlike on the control node."""
        return IoctlNumber(Direction.READ | Direction.WRITE, DM_IOCTL, DEVMESSAGE_NR, self.size)

    def code(self, arch: str = "generic") -> int:
        """The request number as an architecture writes it."""
        return self.number.encode(arch)


def _errnos(length: int, short: int) -> dict[str, int]:
    return {
        "frame/length": length,
        "frame/short": short,
        "frame/table": errno.ENXIO,
        "frame/index": errno.ENXIO,
        "frame/method": errno.ENXIO,
    }


DIALECTS: Final[dict[str, Dialect]] = {
    dialect.name: dialect
    for dialect in (
        Dialect("rfc", "devmessage", 12, _errnos(errno.EMSGSIZE, errno.EFAULT), "ours, normative"),
        Dialect(
            "rfc-untagged",
            "devmessage_untagged",
            8,
            _errnos(errno.EMSGSIZE, errno.EFAULT),
            "the mail's other form: the tag, if any, is in the payload",
        ),
        # a fault falls through to "unknown ioctl"; index == number of targets slipped through the lookup, undefined
        Dialect("csnap-2.6.7", "devmessage_signed", 12, _errnos(errno.ENOTTY, errno.ENOTTY), "historical"),
        Dialect("csnap-2.4.26", "devmessage_signed", 12, _errnos(errno.EFAULT, errno.EFAULT), "historical"),
    )
}
"""Every dialect, by name."""


def dialect_of(name: str) -> Dialect:
    """The dialect of this name.

    Raises:
        ValueError: there is none.
    """
    try:
        return DIALECTS[name]
    except KeyError:
        raise ValueError(f"unknown dialect {name!r}; known are {', '.join(DIALECTS)}") from None
