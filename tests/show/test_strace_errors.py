"""Text that is not strace's ends in one error that says where; no text ends in any other, or takes long."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dmproto import Command, DecodeError, EncodeError, Request, encode
from dmproto.rules import RULES
from dmproto.show.strace import Capture, read
from tests.show.test_strace import ANSWER, ENOTTY, LOAD, LOADED, VERSION

CREATE = "ioctl(3, DM_DEV_CREATE, [{version=[4, 0, 0], data_size=305, flags=0}])"
PIECES = [
    *'{}[](),=|"\\<>?-0x \n',
    "...",
    "???",
    "=>",
    "/*",
    "*/",
    "<unfinished ...>",
    "<... ioctl resumed>",
    "ioctl(",
    "9" * 30,
    "0x",
    "-1",
    "\ud800",
    "é",
    "\0",
    "²",
    "DM_VERSION",
    "makedev(",
    "_IOC(",
    "flags=",
    "string=",
    "deps=[",
]
LINES = st.sampled_from(
    [f"{VERSION} => {ANSWER}) = 0", f"{LOAD} => {LOADED}) = 0", f"{LOAD}){ENOTTY}", CREATE + ENOTTY]
)


OTHER = ("", "\n\n", "hello world", "{}", '{"code": 1}', "c138fd00\n0400", "int main(void) {", '  puts("= 0");')


@pytest.mark.parametrize("text", OTHER)
def test_other_text(text: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read(text)
    assert (caught.value.path, caught.value.offset, caught.value.rule) == ("line 1", 0, "strace/text")


@pytest.mark.parametrize(
    ("line", "rule", "at"),
    [
        ("ioctl(3, DM_VERSION, [{version=[4, 0, 0]", "strace/syntax", "the end"),
        ("ioctl(3, DM_VERSION", "strace/syntax", "the end"),
        ("ioctl(3", "strace/syntax", "the end"),
        ("ioctl(", "strace/syntax", "the end"),
        ("ioctl(3, DM_VERSION, [{version=[4, 0 0]}]) = 0", "strace/syntax", "0]}]) = 0"),
        ('ioctl(3, DM_VERSION, [{name="a}]) = 0', "strace/syntax", '"a}]) = 0'),
        ('ioctl(3, DM_VERSION, [{name="\\q"}]) = 0', "strace/syntax", '"\\q"}]) = 0'),
        ('ioctl(3, DM_VERSION, [{name="\\777"}]) = 0', "strace/syntax", '"\\777"}]) = 0'),
        ('ioctl(3, DM_VERSION, [{name="\\x"}]) = 0', "strace/syntax", '"\\x"}]) = 0'),
        ('ioctl(3, DM_VERSION, [{name="\ud800"}]) = 0', "strace/syntax", '"\ud800"}]) = 0'),
        ("ioctl(3, DM_VERSION, [{data_size=1, data_size=2}]) = 0", "strace/syntax", "2}]) = 0"),
        ("ioctl(3, DM_VERSION, [{data_size=-x}]) = 0", "strace/syntax", "-x}]) = 0"),
        ("ioctl(3, DM_VERSION, [{data_size=0x}]) = 0", "strace/syntax", "0x}]) = 0"),
        ("ioctl(3, DM_VERSION, [{data_size=1 /* cut}]) = 0", "strace/syntax", "/* cut}]) = 0"),
        (f"ioctl(3, DM_VERSION, [{{data_size={'1' * 21}}}]) = 0", "strace/syntax", "1111111111111111"),
        ("ioctl(3, DM_VERSION, 0x7f) = x", "strace/syntax", "= x"),
        ("ioctl(3, DM_VERSION, 0x7f)", "strace/syntax", "the end"),
        ("ioctl(3, DM_VERSION, 0x7f) = " + "9" * 11, "strace/syntax", "= 99999999999"),
        ("ioctl(3, _IOC(_IOC_READ, 0xfd, [], 0), 0x7f) = 0", "strace/syntax", ", 0x7f) = 0"),
        ("ioctl(3, _IOC(_IOC_OTHER, 0xfd, 0, 0), 0x7f) = 0", "strace/name", ""),
        ("ioctl(3, _IOC([], 0xfd, 0, 0), 0x7f) = 0", "strace/name", ""),
        ("ioctl(3, _IOC(_IOC_READ|1, 0xfd, 0, 0), 0x7f) = 0", "strace/name", ""),
        ("ioctl(3</dev/mapper/control", "strace/syntax", "the end"),
        ("ioctl(3, _IOC(_IOC_READ, 0xfd, 0, 0xffff), 0x7f) = 0", "code/field", ""),
        ("ioctl(3, 0x1c138fd00, 0x7f) = 0", "code/range", ""),
        ("ioctl(3, DM_VERSION, [{version=[4, 0]}]) = 0", "value/type", ""),
        ("ioctl(3, DM_VERSION, [{version=4}]) = 0", "value/type", ""),
        ('ioctl(3, DM_VERSION, [{data_size="a"}]) = 0', "value/type", ""),
        ("ioctl(3, DM_VERSION, [{name=[]}]) = 0", "value/type", ""),
        ("ioctl(3, DM_VERSION, [{name=...}]) = 0", "value/type", ""),
        ("ioctl(3, DM_VERSION, [{data_size=4294967296}]) = 0", "number/range", ""),
        ("ioctl(3, DM_VERSION, [{data_size=-1}]) = 0", "number/range", ""),
        ("ioctl(3, DM_VERSION, [{flags=DM_WRONG_FLAG}]) = 0", "strace/name", ""),
        ("ioctl(3, DM_VERSION, [{flags=DM_UUID_FLAG|4294967296}]) = 0", "number/range", ""),
        ("ioctl(3, DM_VERSION, [{wrong=1}]) = 0", "strace/name", ""),
        ("ioctl(3, DM_VERSION, [{dev=makedev(1)}]) = 0", "value/type", ""),
        ("ioctl(3, DM_TARGET_MSG, [{version=[4, 0, 0], flags=0}, {sector=1, text=2}]) = 0", "strace/name", ""),
    ],
)
def test_broken_lines(line: str, rule: str, at: str) -> None:
    first = f"{VERSION} => {ANSWER}) = 0\n"
    with pytest.raises(DecodeError) as caught:
        read(first + line)
    error = caught.value
    assert (error.path, error.rule) == ("line 2", rule)
    assert error.offset >= len(first) + len("ioctl(")
    rest = (first + line)[error.offset :]
    assert rest[:16] == at[:16] if at not in ("", "the end") else at == "" or not rest
    assert rule in str(error).split(": ")


@pytest.mark.parametrize("command", ["[", "{", "a(", "[{", "{a="])
def test_nesting_is_bounded(command: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read(f"ioctl(3, DM_VERSION, {command * 100_000}")
    assert caught.value.rule == "strace/syntax"


@pytest.mark.parametrize(
    "text",
    [
        f"{VERSION} => {ANSWER}) = 0\n" * 2000,
        "ioctl(3, DM_TABLE_LOAD, [{version=[4, 0, 0], flags=0}" + ', {string="x"}' * 20_000 + f"]){ENOTTY}",
        'ioctl(3, DM_TARGET_MSG, [{version=[4, 0, 0], flags=0}, {message="' + "\\1" * 200_000 + f'"}}]){ENOTTY}',
        f"ioctl(3, DM_VERSION, {'/* */' * 100_000}0){ENOTTY}",
        f"[pid 1] {VERSION} <unfinished ...>\n" * 2000,
    ],
    ids=["lines", "records", "escapes", "comments", "unfinished"],
)
def test_reading_takes_linear_time(text: str) -> None:
    start = time.perf_counter()
    assert read(text)
    assert time.perf_counter() - start < 10  # a quadratic reader takes minutes


@given(st.text(st.characters(codec=None), max_size=200))
@example("ioctl(")
def test_any_text(text: str) -> None:
    survives(text)
    survives(f"ioctl(3, DM_VERSION, {text}) = 0")
    survives(f"ioctl(3, DM_TABLE_LOAD, [{{version=[4, 0, 0], flags=0}}, {{{text}}}]) = 0")


@given(LINES, st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(PIECES)), max_size=4))
def test_damaged_lines(line: str, damage: list[tuple[float, int, str]]) -> None:
    for place, length, piece in damage:
        at = int(place * len(line))
        line = line[:at] + piece + line[at + length :]
    survives(line)


def survives(text: str) -> None:
    """Read a text that need not be strace's, and write what it gives."""
    error: DecodeError | None = None
    captures: list[Capture] = []
    try:
        captures = read(text)
    except DecodeError as caught:
        error = caught
    if error is not None:
        assert error.path.startswith("line ")
        assert error.rule in RULES
        assert 0 <= error.offset <= len(text)
        assert str(error)
    for capture in captures:
        for message in (capture.request, capture.reply):
            with contextlib.suppress(EncodeError):
                encode(message if message is not None else Request(Command.MPATH_PROBE_PATHS, None))
