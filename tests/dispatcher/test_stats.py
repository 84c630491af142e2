"""@stats messages: what Linux 6.1.176 answered to each of these, and the rule behind each refusal."""

from __future__ import annotations

import struct

import pytest

from dmproto.commands.core_message import MESSAGES
from dmproto.dispatcher import ControlFile, Dispatcher
from dmproto.rules import RULES
from dmproto.wire.flags import DmFlag
from tests.oracle.pools import STATS_MESSAGES
from tests.oracle.steps import FIRST, Ioctl, begun, pack

DATA_SIZE, FLAGS = 12, 28
ECHO = 0x4242424242424241
ZEROS = " 0" * 13 + "\n"


@pytest.fixture
def control() -> ControlFile:
    """A control file of a kernel with a device `d` that has a table of 8 sectors, and `e` that has none."""
    file = Dispatcher().open_control()
    for step in (*begun(b"d", b"zero", b"", resumed=True), begun(b"e", b"zero", b"", resumed=False)[0]):
        assert isinstance(step, Ioctl)
        assert file.ioctl(step.code, bytearray(step.memory)) == 0
    return file


def say(
    control: ControlFile, text: str, *, name: bytes = b"d", sector: int = 0, size: int = 4096
) -> tuple[DmFlag, str] | str:
    """Send a message: the flags and text of its answer, or the rule that refuses it."""
    memory = bytearray(pack(struct.pack("=Q", sector) + text.encode() + b"\0", size=size, name=name))
    call = control.submit(FIRST + 14, memory)
    if call.rule:
        assert call.ret == -RULES[call.rule].errno
        assert "..." not in call.sentence
        return call.rule
    end, flags = (int.from_bytes(memory[at : at + 4], "little") for at in (DATA_SIZE, FLAGS))
    answer = memory[312:end]
    assert end == 305 or answer.index(0) == len(answer) - 1
    return DmFlag(flags & (DmFlag.DATA_OUT | DmFlag.BUFFER_FULL)), answer[:-1].decode()


def out(text: str) -> tuple[DmFlag, str]:
    """An answer."""
    return DmFlag.DATA_OUT, text


SILENT = DmFlag(0), ""


def test_regions_are_made_listed_shown_and_removed(control: ControlFile) -> None:
    for text, expected in (
        ("@stats_create - /3", out("0")),
        ("@Stats_Create 0+9 4 2 Precise_Timestamps HISTOGRAM:10,\\ 20 p a\\ b", out("1")),
        ("@stats_create \\ 7+1 18446744073709551617 1x", out("2")),
        ("@stats_list", out("0: 0+8 3 - -\n1: 0+9 4 p a b precise_timestamps histogram:10,20\n2: 7+1 1 1x -\n")),
        ("@STATS_LIST p", out("1: 0+9 4 p a b precise_timestamps histogram:10,20\n")),
        ("@stats_print 1", out("".join(f"{start}+4{ZEROS[:-1]} 0:0:0\n" for start in (0, 4, 8)))),
        ("@stats_print_clear 0 1 1", out(f"3+3{ZEROS}")),
        ("@stats_print 0 - 2", out(f"0+3{ZEROS}3+3{ZEROS}")),
        ("@stats_print 0 2 -", out(f"6+3{ZEROS}")),
        ("@stats_print -4294967294", out(f"7+1{ZEROS}")),
        ("@stats_set_aux 0 new", SILENT),
        ("@stats_delete 1", SILENT),
        ("@stats_list", out("0: 0+8 3 - new\n2: 7+1 1 1x -\n")),
        ("@stats_create 0+18446744073709551615 9223372036854775809", out("1")),
        ("@stats_print 1 1 1", out(f"9223372036854775809+9223372036854775809{ZEROS}")),
        ("@stats_create 0+9 /4294967298 4294967296 -", out("3")),
        ("@stats_list -", out("0: 0+8 3 - new\n1: 0+18446744073709551615 9223372036854775809 - -\n3: 0+9 5 - -\n")),
    ):
        assert say(control, text) == expected, text
    assert say(control, "@stats_list", name=b"e") == out("")


def test_a_device_without_table_has_a_sector(control: ControlFile) -> None:
    assert say(control, "@stats_create - 5", name=b"e") == out("0")
    assert say(control, "@stats_list", name=b"e") == out("0: 0+1 5 - -\n")


def test_an_answer_that_is_not_written_is_the_request(control: ControlFile) -> None:
    assert say(control, "@stats_create - 1") == out("0")
    for text, words in (
        ("@stats_clear 0", "@stats_clear"),
        ("  @stats_cl\\ear    0 ", "  @stats_clear"),
        ("@stats_list nobody", "@stats_list"),
        ("@stats_print 0 8 1", "@stats_print"),
        ("@stats_print 0 18446744073709551615 1", "@stats_print"),
    ):
        assert say(control, text, sector=ECHO) == out(f"ABBBBBBB{words}"), text
        assert say(control, text) == out(""), text


def test_an_answer_needs_a_byte_more_than_it_and_its_nul(control: ControlFile) -> None:
    assert say(control, "@stats_create - 1 0 p") == out("0")
    line = "0: 0+8 1 p -\n"
    full = DmFlag(DmFlag.DATA_OUT | DmFlag.BUFFER_FULL), ""
    for _ in range(2):
        assert say(control, "@stats_create - 1 0 p") in {out("1"), out("2")}
    wanted = line + line.replace("0:", "1:") + line.replace("0:", "2:")
    assert say(control, "@stats_list", size=312 + len(wanted) + 2) == out(wanted)
    assert say(control, "@stats_list", size=312 + len(wanted) + 1) == full
    assert say(control, "@stats_print 0", size=312 + 8 * 31 + 2)[0] == DmFlag.DATA_OUT
    assert say(control, "@stats_print 0", size=312 + 8 * 31 - 100) == full


def test_regions_go_with_their_device(control: ControlFile) -> None:
    assert say(control, "@stats_create - 1") == out("0")
    for command in (4, 3):
        assert control.ioctl(FIRST + command, bytearray(pack(name=b"d"))) == 0
    assert say(control, "@stats_list") == out("")


@pytest.mark.parametrize(
    ("rule", "texts"),
    [
        ("stats/words", ("create -", "clear", "delete 0 0", "list p p", "print 0 0", "print_clear", "set_aux 0")),
        ("stats/region-id", ("print +0", "print -1", "clear 2147483648", "delete x", "set_aux - x", "print 0\\ ")),
        ("stats/region", ("print 0", "clear 2147483647", "delete 1", "set_aux 0 x", "print -4294967295")),
        ("stats/range", ("create 0+0 1", "create 1 1", "create 1+18446744073709551615 1", "create -- 1")),
        ("stats/step", ("create - 0", "create - /0", "create - /4294967296", "create - 1x", "create - /-1")),
        ("stats/features", ("create - 1 1", "create - 1 2 precise_timestamps")),
        ("stats/feature", ("create - 1 1 precise", "create - 1 2 histogram:1 histogram:2")),
        ("stats/histogram", ("create - 1 1 histogram:", "create - 1 1 histogram:2,2", "create - 1 1 histogram:1,")),
        ("stats/surplus", ("create - 1 p a x", "create - 1 0 p a x")),
        ("stats/area", ("print 0 x 1", "print 0 0 -1")),
        ("stats/areas", ("create 0+18446744073709551615 1", "create 0+153722867280912929 1")),
        ("stats/memory", ("create 0+153722867280912928 1", "create 0+1000000000000 1")),
        ("message/core", ("", "listx")),
    ],
)
def test_refusals(control: ControlFile, rule: str, texts: tuple[str, ...]) -> None:
    for text in texts:
        assert say(control, f"@stats_{text}") == rule, text


def test_memory_is_counted_over_all_devices(control: ControlFile) -> None:
    assert say(control, "@stats_create 0+150000 1", name=b"e") == out("0")
    assert say(control, "@stats_create 0+150000 1") == "stats/memory"
    assert say(control, "@stats_delete 0", name=b"e") == SILENT
    assert say(control, "@stats_create 0+150000 1") == out("0")


def test_every_message_is_among_those_drawn() -> None:
    drawn = {text.split()[0].replace(b"\\", b"").decode().lower() for text in STATS_MESSAGES}
    assert set(MESSAGES) <= drawn
