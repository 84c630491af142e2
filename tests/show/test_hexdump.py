"""The dump shows every byte once, and where fields meet."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from dmproto.show.colour import PLAIN, Paint
from dmproto.show.hexdump import hexdump, marked
from dmproto.show.hextext import bytes_of
from dmproto.wire.shape import Span

SPANS = [Span("a", 0, 4, 0), Span("b", 4, 2, 0), Span("c", 20, 3, "")]
DATA = bytes(range(0x30, 0x30 + 24))


def test_a_bar_stands_where_the_field_changes() -> None:
    assert list(hexdump(DATA, SPANS)) == [
        " 0  30 31 32 33|34 35|36 37 38 39 3a 3b 3c 3d 3e 3f  0123456789:;<=>?",
        "16  40 41 42 43|44 45 46|47                          @ABCDEFG",
    ]


def test_a_field_that_begins_with_the_row_has_its_bar_in_front() -> None:
    assert (
        list(hexdump(bytes(18), [Span("a", 16, 2, 0)]))[1] == "16 |00 00                                            .."
    )


def test_rows_like_the_one_above_are_left_out() -> None:
    rows = list(hexdump(bytes(80), []))
    assert rows[1] == "*"
    assert [row.split()[0] for row in rows] == ["0", "*", "64"]
    other_field = [Span("a", 0, 32, ""), Span("b", 32, 48, "")]
    assert [row.split()[0] for row in hexdump(bytes(80), other_field)] == ["0", "*", "32", "*", "64"]


def test_colour_says_the_same_and_bytes_of_no_field_are_dim() -> None:
    coloured = list(hexdump(DATA, SPANS, Paint(on=True)))
    assert "\x1b[36m30\x1b[0m" in coloured[0]
    assert "\x1b[2m36\x1b[0m" in coloured[0]
    assert [re.sub(r"\x1b\[[0-9;]*m", "", row) for row in coloured] == list(hexdump(DATA, SPANS, PLAIN))


@given(st.binary(min_size=1, max_size=200))
def test_every_byte_is_shown(data: bytes) -> None:
    rows = [
        f"{int(row.split()[0]):08x}: {row[5:53].strip()}" if row != "*" else row for row in hexdump(data.rjust(999))
    ]
    assert bytes_of("\n".join(rows)) == data.rjust(999)


def test_a_place_is_marked_with_rows_around_it() -> None:
    assert list(marked(bytes(100), 50, 4)) == [
        " 16  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................",
        " 32  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................",
        " 48  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................",
        "           ^^^^^^^^^^^",
        " 64  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................",
        " 80  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................",
    ]


def test_a_place_behind_the_bytes_is_marked_there() -> None:
    assert list(marked(bytes(20), 20)) == [
        " 0  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................",
        "16  00 00 00 00                                      ....",
        "                ^^",
    ]
    assert list(marked(b"", 0)) == ["0  the bytes end here", "   ^^"]
    assert list(marked(bytes(16), 16))[1:] == ["16  the bytes end here", "    ^^"]


@given(st.binary(max_size=100), st.integers(0, 300), st.integers(0, 300))
def test_any_place_can_be_marked(data: bytes, offset: int, size: int) -> None:
    rows = list(marked(data, offset, size))
    assert any("^" in row for row in rows)
    assert all(len(row) < 80 for row in rows)
