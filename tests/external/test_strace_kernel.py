"""Oracle: strace in front of a real kernel: what it says went in and came back, field by field.

dmsetup runs in user-mode Linux under strace, with a preloaded library that takes down the raw bytes of the same calls.
Compared: every field strace prints of each request and each reply with our strict decoding of the bytes; replies of
every kind there is (lists, dependencies, tables, status, versions, answers to messages), which /dev/null cannot give.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

from dmproto import Command, Reply, Request, decode_reply, decode_request, encode
from dmproto.show.strace import Capture, read
from tests.external.printed import UNDECODED, compare
from tests.oracle import capture, record, uml
from tests.tools import missing, require

SCRIPT = """\
set -e
modprobe -d /run/kmod dm_mod major=254
modprobe -d /run/kmod dm_zero
export DM_DISABLE_UDEV=1 DM_RECORD=/run/capture
cat > /run/work <<'WORK'
refused() { if "$@"; then exit 1; fi; }
set -e
dmsetup version
dmsetup ls
dmsetup create -u "U-1 x" first --table "0 2048 linear /dev/ubda 0"
printf '0 8 zero\\n8 16 linear /dev/ubda 8\\n24 8 error\\n' | dmsetup create many
dmsetup create "od\\d \\"name" --table "0 8 zero"
dmsetup table
dmsetup status
dmsetup ls
dmsetup deps
dmsetup info
dmsetup targets
dmsetup target-version linear
dmsetup message first 0 @stats_create 0+8 /1
dmsetup message first 0 @stats_list
refused dmsetup message first 0 nonesuch
refused dmsetup create first --table "0 8 zero"
dmsetup rename first second
dmsetup setgeometry second 1 2 3 0
dmsetup rename many --setuuid LATER
dmsetup suspend many
dmsetup load many --table "0 8 error"
dmsetup clear many
dmsetup resume many
refused dmsetup wait nonesuch 0
dmsetup wait many 1 &
sleep 0.2
dmsetup remove many
wait
dmsetup remove second
dmsetup remove_all
WORK
LD_PRELOAD=/run/share/record.so strace -f -v -tt -T -s 200000 -e trace=ioctl -o /run/share/trace sh /run/work
cp /run/capture /run/share/capture
"""


class Seen(NamedTuple):
    """One ioctl, as strace tells it and as its bytes were taken down."""

    told: Capture
    enter: capture.Record
    leave: capture.Record | None


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[Seen]:
    """Every ioctl of the script, process by process."""
    require("strace", "apt-get install strace")
    require("dmsetup", "apt-get install dmsetup")
    require("gcc", "apt-get install gcc libc6-dev")
    if not uml.available():
        missing(uml.PROGRAM, "apt-get install user-mode-linux")
    folder: Path = tmp_path_factory.mktemp("kernel")
    record.compile_recorder(folder / "record.so")
    outcome = uml.run(SCRIPT, folder, disks=(65536,))
    assert outcome.status == 0, outcome.output
    told: dict[int | None, list[Capture]] = defaultdict(list)
    for one in read((folder / "trace").read_text("ascii")):
        told[one.pid].append(one)
    found = []
    taken: dict[int, list[capture.Record]] = defaultdict(list)
    for item in capture.records((folder / "capture").read_bytes()):
        if item.kind in (capture.Kind.ENTER, capture.Kind.LEAVE):
            taken[item.pid].append(item)
    assert set(taken) == set(told)
    for pid, items in taken.items():
        pairs = list(zip(items[::2], items[1::2], strict=True))
        found += [Seen(one, *pair) for one, pair in zip(told[pid], pairs, strict=True)]
    return found


def test_every_kind_of_call_is_there(seen: list[Seen]) -> None:
    commands = {one.told.command for one in seen}
    assert commands == set(Command) - {Command.MPATH_PROBE_PATHS, Command.DEV_ARM_POLL}
    assert len(seen) > 60
    assert {one.told.errno for one in seen} == {None, "EINVAL", "EBUSY", "ENXIO"}


def test_numbers_and_results(seen: list[Seen]) -> None:
    for one in seen:
        assert one.leave is not None
        assert one.told.code == one.enter.code
        assert (one.told.ret == -1) == (one.leave.ret < 0)
        assert one.leave.ret < 0 or one.told.ret == one.leave.ret


def test_every_request(seen: list[Seen]) -> None:
    for one in seen:
        if one.told.command not in UNDECODED:
            request: Request = decode_request(one.enter.code, one.enter.data.ljust(one.enter.size, b"\0"))
            assert compare(request, one.told.request, one.told.notes) >= 3


def test_every_reply(seen: list[Seen]) -> None:
    kinds = set()
    for one in seen:
        if one.told.command not in UNDECODED and one.told.ret == 0:
            assert one.leave is not None
            reply: Reply = decode_reply(one.enter.code, capture.memory_after(one.enter, one.leave))
            compared = compare(reply, one.told.reply, one.told.notes)
            kinds |= {Command(reply.command).facts.reply} if reply.payload else set()
            assert compared >= 3
    assert kinds == {"name_list", "table_status", "target_deps", "target_versions", "message_answer"}


def test_of_a_failed_call_the_header_came_back(seen: list[Seen]) -> None:
    failed = [one for one in seen if one.told.ret == -1 and one.told.command not in UNDECODED]
    assert failed
    for one in failed:
        assert one.told.reply is not None
        assert one.told.reply.header is not None
        assert one.told.reply.header.version == (4, 47, 0)
        assert one.told.reply.payload is None


def test_what_was_read_from_the_text_can_be_written(seen: list[Seen]) -> None:
    written = 0
    for one in seen:
        if one.told.request is not None:
            assert decode_request(*encode(one.told.request)) == one.told.request
            written += 1
        if one.told.reply is not None and one.told.ret == 0:
            assert decode_reply(*encode(one.told.reply)) == one.told.reply
            written += 1
    assert written > len(seen)
