"""Fields in place: what an accessor writes the decoder reads, and nothing else changes."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmproto.errors import DecodeError, EncodeError
from dmproto.wire import codec, generated
from dmproto.wire.command import Command
from dmproto.wire.generated import DeviceNumber, Geometry, Header, HeaderView, TargetSpecView, UdevEvent
from dmproto.wire.values import Request
from dmproto.wire.view import View
from tests.wire import messages

FIELDS: Final = {
    view.__name__: [field for field, item in vars(view).items() if isinstance(item, property)]
    for view in View.__subclasses__()
}
PAIRS: Final = [(name, field) for name, fields in FIELDS.items() for field in fields]


def fresh(name: str, order: str, at: int = 0, fill: int = 0xEE) -> Any:
    """A view on a buffer of junk."""
    view = getattr(generated, name)
    return view(bytearray([fill]) * (at + view.SIZE + 16), at, order)


@given(messages.headers(), messages.ORDERS)
def test_a_header_view_reads_what_the_decoder_reads(header: Header, order: str) -> None:
    buffer = bytearray(codec.encode(Request(Command.VERSION, header), byteorder=order)[1])
    view = HeaderView(buffer, byteorder=order)
    for field in FIELDS["HeaderView"]:
        assert getattr(view, field) == getattr(header, field), field


@given(messages.headers(), messages.ORDERS, st.integers(0, 40))
def test_what_a_header_view_writes_the_decoder_reads(header: Header, order: str, at: int) -> None:
    buffer = bytearray(at + 312)
    view = HeaderView(buffer, at, order)
    for field in FIELDS["HeaderView"]:
        setattr(view, field, getattr(header, field))
    code = Command.VERSION.code()
    assert codec.decode_request(code, memoryview(buffer)[at:], byteorder=order).header == header


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize(("name", "field"), PAIRS)
def test_an_accessor_writes_its_own_bytes_and_no_others(name: str, field: str, order: str) -> None:
    view = fresh(name, order, at=3)
    before = bytes(view.buffer)
    value = {"version": (4, 1, 2), "name": "n", "uuid": "u", "target_type": "zero"}.get(field, 0x11)
    setattr(view, field, value)
    assert getattr(view, field) == value
    changed = [at for at, (old, new) in enumerate(zip(before, view.buffer, strict=True)) if old != new]
    assert changed
    assert 3 <= changed[0] <= changed[-1] < 3 + view.SIZE
    assert changed[-1] - changed[0] < {"version": 12}.get(field, 8)


@pytest.mark.parametrize(
    ("field", "value", "path", "rule"),
    [
        ("flags", -1, "flags", "number/range"),
        ("flags", "x", "flags", "value/type"),
        ("open_count", 2**31, "open_count", "number/range"),
        ("version", [4, 0, 0], "version", "value/type"),
        ("version", (4, 0), "version", "value/count"),
        ("version", (4, 2**32, 0), "version[1]", "number/range"),
        ("name", "n" * 128, "name", "text/limit"),
        ("name", "a\0b", "name", "text/nul"),
        ("uuid", "\ud800", "uuid", "text/encodable"),
    ],
)
def test_an_accessor_refuses_what_does_not_fit(field: str, value: Any, path: str, rule: str) -> None:
    with pytest.raises(EncodeError) as caught:
        setattr(fresh("HeaderView", "little"), field, value)
    assert (caught.value.path, caught.value.rule) == (path, rule)


@pytest.mark.parametrize("at", [-1, 1, 8])
def test_a_view_that_passes_the_end_is_refused(at: int) -> None:
    with pytest.raises(DecodeError) as caught:
        HeaderView(bytearray(305), at)
    assert (caught.value.path, caught.value.offset, caught.value.rule) == ("HeaderView", at, "buffer/short")


def test_a_view_knows_the_byte_orders_there_are() -> None:
    with pytest.raises(ValueError, match="unknown byte order 'middle'"):
        HeaderView(bytearray(312), byteorder="middle")


def test_a_name_without_an_end_is_read_up_to_its_room() -> None:
    view = fresh("TargetSpecView", "little", fill=ord("t"))
    assert view.target_type == "t" * 16
    assert isinstance(view, TargetSpecView)


@given(messages.headers(), messages.ORDERS, st.integers(0, 9))
def test_the_loop_projection_reads_four_fields(header: Header, order: str, at: int) -> None:
    data = bytes(at) + codec.encode(Request(Command.VERSION, header), byteorder=order)[1]
    project = codec.codec_of(order).project_loop
    assert project(data, at) == (header.data_size, header.data_start, header.flags, header.event_nr)
    assert project(data[: at + 36], at) == project(data, at)


@pytest.mark.parametrize(
    ("size", "path", "offset"), [(0, "header.version", 0), (12, "header.data_size", 12), (35, "header.event_nr", 32)]
)
def test_the_loop_projection_names_what_is_missing(size: int, path: str, offset: int) -> None:
    with pytest.raises(DecodeError) as caught:
        codec.codec_of("little").project_loop(bytes(size))
    assert (caught.value.path, caught.value.offset, caught.value.rule) == (path, offset, "buffer/short")


@pytest.mark.parametrize(
    ("word", "major", "minor"),
    [(0xFE00, 254, 0), (0x6210, 98, 16), (0x100FE03, 254, 0x1003 - 0x1000 + 0x0), (0xFFFFFFFF, 4095, 0xFFFFF)],
)
def test_a_device_number_is_the_kernels_huge_encoding(word: int, major: int, minor: int) -> None:
    found = DeviceNumber.from_word(word)
    assert found.major == major
    assert found.word == word
    assert found.minor & 0xFF == minor & 0xFF


@given(st.integers(0, 4095), st.integers(0, 0xFFFFF))
def test_device_numbers_encode_as_the_kernel_does(major: int, minor: int) -> None:
    kernel = (minor & 0xFF) | (major << 8) | ((minor & ~0xFF) << 12)
    assert DeviceNumber(major, minor).word == kernel
    assert DeviceNumber.from_word(kernel) == DeviceNumber(major, minor)
    assert DeviceNumber.from_word(kernel | 0x9 << 32) == DeviceNumber(major, minor), "only the low 32 bits count"


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_a_cookie_is_the_low_half_of_an_event_number(cookie: int, flags: int) -> None:
    assert UdevEvent(cookie, flags).word == flags << 16 | cookie
    assert UdevEvent.from_word(flags << 16 | cookie) == UdevEvent(cookie, flags)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (DeviceNumber(4096, 0), "major"),
        (DeviceNumber(-1, 0), "major"),
        (DeviceNumber(0, 1 << 20), "minor"),
        (UdevEvent(1 << 16, 0), "cookie"),
        (UdevEvent(0, -1), "flags"),
    ],
)
def test_a_part_that_does_not_fit_is_refused(value: DeviceNumber | UdevEvent, path: str) -> None:
    with pytest.raises(EncodeError) as caught:
        _ = value.word
    assert (caught.value.path, caught.value.rule) == (path, "number/range")


@given(st.tuples(*[st.integers(0, 2**64 - 1)] * 4))
def test_geometry_is_four_numbers_in_a_text(numbers: tuple[int, int, int, int]) -> None:
    assert Geometry.of(*numbers).numbers == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (" 1\t2\n3 \v4", (1, 2, 3, 4)),
        ("007 0 0 0", (7, 0, 0, 0)),
        ("1 2 3", None),
        ("1 2 3 4 ", None),
        ("1 2 3 4\n", None),
        ("1 2 3 4 5", None),
        ("-1 2 3 4", None),
        ("0x1 2 3 4", None),
        ("", None),
        ("\u0661 2 3 4", None),
        ("1\u00a02 3 4", None),
        (f"{'9' * 21} 1 1 1", None),
    ],
)
def test_geometry_reads_what_the_kernel_reads(text: str, numbers: tuple[int, int, int, int] | None) -> None:
    assert Geometry(text).numbers == numbers
