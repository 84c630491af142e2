"""Oracle: gcc on <linux/dm-ioctl.h> and <libdevmapper.h>, for 64-bit and 32-bit programs.

Compared: every constant, flag and request number, whole and taken apart. Names come from our tables, so that a new row
is checked at once; values from the compiler; and every macro of the header must be one of ours. What the installed
header is too old for is compiled as what it stands for.
"""

from __future__ import annotations

from pathlib import Path

from dmproto.wire import flags, limits
from dmproto.wire.command import Command
from dmproto.wire.dialects import DIALECTS
from dmproto.wire.ioctl import Direction, IoctlNumber
from dmproto.wire.layout import FRAMES
from tests.external.c_header import CONSTANTS, NEWER, PRIVATE
from tests.external.compiler import evaluate, macros
from tests.tools import missing

# the header's, and of no meaning on the wire
UNUSED = {"DM_DIR", "DM_CONTROL_NODE", "DM_VERSION_EXTRA", "DM_VERSION_MINOR", "DM_VERSION_PATCHLEVEL"}
NAME_LIST_FLAGS = {
    "DM_NAME_LIST_FLAG_HAS_UUID": flags.NAME_LIST_HAS_UUID,
    "DM_NAME_LIST_FLAG_DOESNT_HAVE_UUID": flags.NAME_LIST_DOESNT_HAVE_UUID,
}


def test_every_constant(compiled: dict[str, int]) -> None:
    assert len(CONSTANTS) >= 5
    for name in CONSTANTS:
        assert getattr(limits, name) == compiled[f"constant:{name}"], name


def test_every_flag(compiled: dict[str, int]) -> None:
    for name, value in ({flag.c_name: flag.value for flag in flags.DM_FLAGS} | NAME_LIST_FLAGS).items():
        assert value == compiled[f"flag:{name}"], name


def test_every_request_number(compiled: dict[str, int]) -> None:
    for command in Command:
        assert command.code() == compiled[f"code:{command.name}"], command
        assert command.value == compiled[f"nr:{command.name}"], command


def test_every_request_number_taken_apart(compiled: dict[str, int]) -> None:
    for command in Command:
        parts = [compiled[f"{part}:{command.name}"] for part in ("DIR", "TYPE", "NR", "SIZE")]
        direction = Direction.NONE
        for way in (Direction.READ, Direction.WRITE):
            direction |= way if parts[0] & compiled[f"direction:{way.name}"] else Direction.NONE
        assert IoctlNumber.decode(command.code()) == command.number == (direction, *parts[1:]), command


def test_every_dialect(compiled: dict[str, int]) -> None:
    for dialect in DIALECTS.values():
        assert dialect.code() == compiled[f"dialect:{dialect.name}"], dialect
        assert dialect.size == compiled[f"fixed:{dialect.name}"] == FRAMES[dialect.frame].fixed_size, dialect


def test_the_header_has_no_macro_that_is_not_ours(compiler: list[str], tmp_path: Path) -> None:
    before = macros(compiler, folder=tmp_path, prelude=["#include <linux/types.h>", "#include <linux/ioctl.h>"])
    after = macros(compiler, folder=tmp_path, prelude=["#include <linux/dm-ioctl.h>"])
    theirs = {name for name in after - before if name.startswith("DM_")}
    ours = {flag.c_name for flag in flags.DM_FLAGS} | {command.c_name for command in Command}
    ours |= {*CONSTANTS, *NAME_LIST_FLAGS, *UNUSED}
    assert theirs <= ours
    assert ours - theirs <= {command.c_name for command in NEWER}
    assert not theirs & PRIVATE


def test_nothing_the_header_knows_is_newer_than_it(compiled: dict[str, int]) -> None:
    version = (limits.DM_VERSION_MAJOR, compiled["constant:DM_VERSION_MINOR"], 0)
    assert version >= (4, 47, 0)
    assert all(flag.since <= version for flag in flags.DM_FLAGS)
    assert all(command.facts.since <= version for command in Command if command not in NEWER)


def test_udev_flags(compiler: list[str], tmp_path: Path) -> None:
    header = Path("/usr/include/libdevmapper.h")
    if not header.is_file():
        missing(header.name, "apt-get install libdevmapper-dev")
    asked = {flag.c_name: flag.c_name for flag in flags.UDEV_FLAGS} | {"SHIFT": "DM_UDEV_FLAGS_SHIFT"}
    (tmp_path / "libdevmapper.h").write_text(header.read_text())  # its folder would bring other headers along
    found = evaluate(
        [*compiler, "-isystem", str(tmp_path)], asked, folder=tmp_path, prelude=["#include <libdevmapper.h>"]
    )
    assert found.pop("SHIFT") == 16
    assert found == {flag.c_name: flag.value for flag in flags.UDEV_FLAGS}
