"""Oracle: the kernel headers of every architecture Debian packages for cross-compiling.

Compared: the number of each command and dialect, `_IOC` of every direction with sizes around each limit (what a layout
cannot carry must be refused), and how its `_IOC_DIR` and `_IOC_SIZE` take arbitrary numbers apart. The host's compiler
reads each package's headers with all others shut out, so the macros are that architecture's own, and no program of
another machine is run. The headers are older than DM_MPATH_PROBE_PATHS, which is compiled as what it stands for.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from dmproto.errors import DecodeError, EncodeError
from dmproto.wire.command import Command
from dmproto.wire.dialects import DIALECTS
from dmproto.wire.ioctl import ARCHES as LAYOUT_OF
from dmproto.wire.ioctl import Direction, IoctlNumber
from dmproto.wire.limits import DM_IOCTL
from tests.external.arches import ARCHES, Arch
from tests.external.compiler import evaluate
from tests.tools import missing, require

PACKAGES = Path(__file__).parents[2] / ".ci" / "packages.txt"
SIZES = (0, 1, 4, 8, 12, 64, 312, 4095, 4096, 8190, 8191, 8192, 8204, 16383)
NRS = (0, 0x12, 0xFF)
DIRECTIONS = {
    Direction.NONE: "_IOC_NONE",
    Direction.READ: "_IOC_READ",
    Direction.WRITE: "_IOC_WRITE",
    Direction.READ | Direction.WRITE: "_IOC_READ|_IOC_WRITE",
}
TOPS = [bits << 29 | size << 16 for bits in range(8) for size in (0, 1, 12, 312, 8191)]
NUMBERS = [top & 0xFFFFFFFF | DM_IOCTL << 8 | nr for top in TOPS for nr in NRS]


def command_macro(command: Command) -> str:
    """The C of a command's number."""
    return "_IO(DM_IOCTL, 0x12)" if command is Command.MPATH_PROBE_PATHS else command.c_name


def expressions() -> dict[str, str]:
    """All that is asked of one set of headers."""
    asked = {f"command:{command.name}": command_macro(command) for command in Command}
    asked |= {f"dialect:{name}": f"_IOWR(DM_IOCTL, 14, unsigned int[{d.size // 4}])" for name, d in DIALECTS.items()}
    for direction, macro in DIRECTIONS.items():
        asked[f"direction:{direction:d}"] = macro
        for size in SIZES:
            number = f"_IOC({macro}, DM_IOCTL, 0x20, {size})"
            asked[f"encode:{direction:d}:{size}"] = number
            asked[f"encoded-direction:{direction:d}:{size}"] = f"_IOC_DIR({number})"
            asked[f"encoded-size:{direction:d}:{size}"] = f"_IOC_SIZE({number})"
    for number_ in NUMBERS:
        for part in ("DIR", "TYPE", "NR", "SIZE"):
            asked[f"{part}:{number_}"] = f"_IOC_{part}({number_:#x}u)"
    return asked


@pytest.fixture(scope="module", params=ARCHES, ids=lambda arch: arch.debian)
def compiled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Arch, dict[str, int]]:
    """An architecture, and what its headers say."""
    arch: Arch = request.param
    gcc = require("gcc", "apt-get install gcc")
    if not (arch.headers / "linux" / "dm-ioctl.h").is_file():
        missing(arch.package, f"apt-get install {arch.package}")
    found = evaluate(
        [gcc, "-nostdinc", "-isystem", str(arch.headers)],
        expressions(),
        folder=tmp_path_factory.mktemp(arch.debian),
        prelude=["#include <linux/types.h>", "#include <linux/ioctl.h>", "#include <linux/dm-ioctl.h>"],
    )
    return arch, found


def test_every_command_and_dialect_has_the_number_the_headers_give_it(compiled: tuple[Arch, dict[str, int]]) -> None:
    arch, found = compiled
    for command in Command:
        assert command.code(arch.kernel) == found[f"command:{command.name}"], command
    for dialect in DIALECTS.values():
        assert dialect.code(arch.kernel) == found[f"dialect:{dialect.name}"], dialect


def test_numbers_are_composed_as_the_macros_do_or_refused(compiled: tuple[Arch, dict[str, int]]) -> None:
    arch, found = compiled
    refused = 0
    for direction in DIRECTIONS:
        for size in SIZES:
            number = IoctlNumber(direction, DM_IOCTL, 0x20, size)
            came_back = (found[f"encoded-direction:{direction:d}:{size}"], found[f"encoded-size:{direction:d}:{size}"])
            if came_back == (found[f"direction:{direction:d}"], size):
                assert number.encode(arch.kernel) == found[f"encode:{direction:d}:{size}"], number
            else:  # the macro lets a size that has no room spill into other bits
                refused += 1
                with pytest.raises(EncodeError) as caught:
                    number.encode(arch.kernel)
                assert (caught.value.path, caught.value.rule) == ("size", "code/field")
    # 8192 and above on 13 bits; any size but 0 in a sparc number that moves no data
    layout = LAYOUT_OF[arch.kernel]
    assert refused == {"generic": 0, "parisc": 0, "sparc": len(SIZES) - 1}.get(layout, 4 * 3)


def test_numbers_are_taken_apart_as_the_macros_do(compiled: tuple[Arch, dict[str, int]]) -> None:
    arch, found = compiled
    names = {found[f"direction:{direction:d}"]: direction for direction in DIRECTIONS}
    for number in NUMBERS:
        direction = names.get(found[f"DIR:{number}"])
        if direction is None:
            with pytest.raises(DecodeError) as caught:
                IoctlNumber.decode(number, arch.kernel)
            assert caught.value.rule == "code/direction"
            continue
        parts = (found[f"{part}:{number}"] for part in ("TYPE", "NR", "SIZE"))
        assert IoctlNumber.decode(number, arch.kernel) == (direction, *parts), hex(number)


def test_no_package_is_left_out() -> None:
    listed = {line.partition("#")[0].strip() for line in PACKAGES.read_text().splitlines()}
    assert {arch.package for arch in ARCHES} <= listed
    assert len(ARCHES) == len({arch.triplet for arch in ARCHES}) == 29
    installed = {path.parents[1] for path in Path("/usr").glob("*-linux-*/include/linux/dm-ioctl.h")}
    assert installed <= {arch.headers for arch in ARCHES}
    # 32-bit and 64-bit, both byte orders, all six layouts
    assert {LAYOUT_OF[arch.kernel] for arch in ARCHES} == set(LAYOUT_OF.values())
