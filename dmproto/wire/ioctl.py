"""How an ioctl request number is composed, on every Linux architecture.

A number packs four things into 32 bits: `nr` (8 bits at 0), `type` (8 bits at 8), `size` (13 or 14 bits at 16) and
the direction on top. Six arrangements exist; `LAYOUTS` is their table and `ARCHES` says who uses which. The control
commands read and write 312 bytes and come out as 0xC138FDnn everywhere; `_IO`, `_IOR` and `_IOW` numbers differ.

Source: `include/uapi/asm-generic/ioctl.h` and `arch/{alpha,mips,powerpc,sparc,parisc}/include/uapi/asm/ioctl.h`.
"""

from __future__ import annotations

import enum
from typing import Final, NamedTuple

from dmproto.errors import DecodeError, EncodeError

NR_SHIFT: Final = 0
TYPE_SHIFT: Final = 8
SIZE_SHIFT: Final = 16


class Direction(enum.IntFlag):
    """Which way the argument's bytes go, seen from the program; how it is spelled in bits is the layout's affair."""

    NONE = 0
    READ = 1
    WRITE = 2


class IoctlLayout(NamedTuple):
    """One arrangement of size and direction.

    Attributes:
        size_bits: width of the size field.
        direction_shift: where the direction starts.
        bits: the direction's value for NONE, READ, WRITE, READ|WRITE, in this order.
        overlaps: the size's top bit is the direction's NONE bit (sparc): it counts as size where data moves,
            and a number that moves no data has no size.
    """

    size_bits: int
    direction_shift: int
    bits: tuple[int, int, int, int]
    overlaps: bool = False

    @property
    def size_limit(self) -> int:
        """The greatest size this layout can carry."""
        return (1 << self.size_bits) - 1


LAYOUTS: Final[dict[str, IoctlLayout]] = {
    "generic": IoctlLayout(14, 30, (0, 2, 1, 3)),
    # alpha's own comment: NONE = 1 comes from OSF/1 and helps to catch old numbers
    "alpha": IoctlLayout(13, 29, (1, 2, 4, 6)),
    "mips": IoctlLayout(13, 29, (1, 2, 4, 6)),
    "powerpc": IoctlLayout(13, 29, (1, 2, 4, 6)),
    # _IOC_XSIZEBITS 14 over _IOC_DIRSHIFT 29: the two share bit 29
    "sparc": IoctlLayout(14, 29, (1, 2, 4, 6), overlaps=True),
    "parisc": IoctlLayout(14, 30, (0, 1, 2, 3)),
}

ARCHES: Final[dict[str, str]] = {
    name: name if name in LAYOUTS else "generic"
    for name in (
        "generic",
        "alpha",
        "arc",
        "arm",
        "arm64",
        "csky",
        "hexagon",
        "ia64",
        "loongarch",
        "m68k",
        "microblaze",
        "mips",
        "nios2",
        "openrisc",
        "parisc",
        "powerpc",
        "riscv",
        "s390",
        "sh",
        "sparc",
        "um",
        "x86",
        "xtensa",
    )
}
"""Kernel architecture name (its folder under `arch/`) to the name of its layout."""


def layout_of(arch: str) -> IoctlLayout:
    """The layout an architecture uses.

    Raises:
        ValueError: no architecture of this name is known.
    """
    try:
        return LAYOUTS[ARCHES[arch]]
    except KeyError:
        raise ValueError(f"unknown architecture {arch!r}; known are {', '.join(sorted(ARCHES))}") from None


def request_code(code: int) -> int:
    """A request number as the unsigned 32 bits the kernel sees.

    A 32-bit number with its top bit set arrives negative, or sign-extended to 64 bits, from many languages.

    Raises:
        DecodeError: `code/range`, it is no 32-bit number however it is read.
    """
    if 0 <= code < 1 << 32:
        return code
    if -(1 << 31) <= code < 0 or (1 << 64) - (1 << 31) <= code < 1 << 64:
        return code & 0xFFFFFFFF
    raise DecodeError("code", 0, "code/range", code=code)


class IoctlNumber(NamedTuple):
    """An ioctl request number taken apart.

    Attributes:
        direction: which way the argument's bytes go.
        type: the driver's byte, 0xfd for device-mapper.
        nr: the command within the driver.
        size: the size of the argument in bytes, as far as the number tells it.
    """

    direction: Direction
    type: int
    nr: int
    size: int

    def encode(self, arch: str = "generic") -> int:
        """The number as an architecture writes it.

        Raises:
            EncodeError: `code/field`, a part does not fit its bits (a size on a layout with 13 bits, or any
                size in a sparc number that moves no data): it would spill into another part.
            ValueError: no architecture of this name is known.
        """
        layout = layout_of(arch)
        size_limit = 0 if layout.overlaps and not self.direction else layout.size_limit
        for name, value, limit in (
            ("direction", self.direction, 3),
            ("type", self.type, 0xFF),
            ("nr", self.nr, 0xFF),
            ("size", self.size, size_limit),
        ):
            if not 0 <= value <= limit:
                raise EncodeError(name, "code/field", value=value, limit=limit, arch=arch)
        return (
            layout.bits[self.direction] << layout.direction_shift
            | self.size << SIZE_SHIFT
            | self.type << TYPE_SHIFT
            | self.nr << NR_SHIFT
        )

    @classmethod
    def decode(cls, code: int, arch: str = "generic") -> IoctlNumber:
        """A number as an architecture reads it; sign-extended and negative values are accepted.

        Raises:
            DecodeError: `code/range`; or `code/direction`, the direction bits are none of the four values.
            ValueError: no architecture of this name is known.
        """
        layout = layout_of(arch)
        code = request_code(code)
        bits = code >> layout.direction_shift
        size = code >> SIZE_SHIFT & layout.size_limit
        if layout.overlaps and bits & layout.bits[3]:
            bits &= layout.bits[3]
        elif layout.overlaps:
            size = 0
        if bits not in layout.bits:
            raise DecodeError("code", 0, "code/direction", code=code, bits=bits, arch=arch)
        return cls(Direction(layout.bits.index(bits)), code >> TYPE_SHIFT & 0xFF, code & 0xFF, size)
