"""Debian's packages of kernel headers for other machines, and which layout of request numbers each must show.

The list is whole: `apt-cache search linux-libc-dev` names no other `-cross` package in Debian 12.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Arch(NamedTuple):
    """One package.

    Attributes:
        debian: Debian's name of the architecture, in the package's.
        triplet: the folder of its headers, under `/usr`.
        kernel: the kernel's name of it, that of our tables.
    """

    debian: str
    triplet: str
    kernel: str

    @property
    def package(self) -> str:
        """The package's name."""
        return f"linux-libc-dev-{self.debian}-cross"

    @property
    def headers(self) -> Path:
        """The folder of its headers."""
        return Path("/usr") / self.triplet / "include"


ARCHES = (
    Arch("alpha", "alpha-linux-gnu", "alpha"),
    Arch("amd64", "x86_64-linux-gnu", "x86"),
    Arch("arc", "arc-linux-gnu", "arc"),
    Arch("arm64", "aarch64-linux-gnu", "arm64"),
    Arch("armel", "arm-linux-gnueabi", "arm"),
    Arch("armhf", "arm-linux-gnueabihf", "arm"),
    Arch("hppa", "hppa-linux-gnu", "parisc"),
    Arch("i386", "i686-linux-gnu", "x86"),
    Arch("m68k", "m68k-linux-gnu", "m68k"),
    Arch("mips", "mips-linux-gnu", "mips"),
    Arch("mips64", "mips64-linux-gnuabi64", "mips"),
    Arch("mips64el", "mips64el-linux-gnuabi64", "mips"),
    Arch("mips64r6", "mipsisa64r6-linux-gnuabi64", "mips"),
    Arch("mips64r6el", "mipsisa64r6el-linux-gnuabi64", "mips"),
    Arch("mipsel", "mipsel-linux-gnu", "mips"),
    Arch("mipsn32", "mips64-linux-gnuabin32", "mips"),
    Arch("mipsn32el", "mips64el-linux-gnuabin32", "mips"),
    Arch("mipsn32r6", "mipsisa64r6-linux-gnuabin32", "mips"),
    Arch("mipsn32r6el", "mipsisa64r6el-linux-gnuabin32", "mips"),
    Arch("mipsr6", "mipsisa32r6-linux-gnu", "mips"),
    Arch("mipsr6el", "mipsisa32r6el-linux-gnu", "mips"),
    Arch("powerpc", "powerpc-linux-gnu", "powerpc"),
    Arch("ppc64", "powerpc64-linux-gnu", "powerpc"),
    Arch("ppc64el", "powerpc64le-linux-gnu", "powerpc"),
    Arch("riscv64", "riscv64-linux-gnu", "riscv"),
    Arch("s390x", "s390x-linux-gnu", "s390"),
    Arch("sh4", "sh4-linux-gnu", "sh"),
    Arch("sparc64", "sparc64-linux-gnu", "sparc"),
    Arch("x32", "x86_64-linux-gnux32", "x86"),
)
