"""Request numbers on every architecture, the commands' and the dialects' among them, and the doors they belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmproto.errors import DecodeError, EncodeError
from dmproto.wire import codec
from dmproto.wire.command import COMMANDS, Command
from dmproto.wire.dialects import DIALECTS, dialect_of
from dmproto.wire.generated import DeviceMessage, Header
from dmproto.wire.ioctl import ARCHES, LAYOUTS, Direction, IoctlNumber, layout_of, request_code
from dmproto.wire.limits import DM_IOCTL
from dmproto.wire.values import Request

BOTH: Final = Direction.READ | Direction.WRITE
NUMBERS: Final = st.builds(
    IoctlNumber,
    st.sampled_from([Direction(bits) for bits in range(4)]),
    st.integers(0, 255),
    st.integers(0, 255),
    st.integers(0, 0x1FFF),
)


@given(NUMBERS, st.sampled_from(sorted(ARCHES)))
def test_a_number_comes_apart_as_it_was_put_together(number: IoctlNumber, arch: str) -> None:
    if arch == "sparc" and not number.direction:
        number = number._replace(size=0)
    code = number.encode(arch)
    assert 0 <= code < 1 << 32
    assert IoctlNumber.decode(code, arch) == number


@given(st.integers(0, 2**32 - 1), st.sampled_from(sorted(LAYOUTS)))
def test_any_32_bits_are_a_number_or_have_a_direction_nobody_uses(code: int, arch: str) -> None:
    try:
        number = IoctlNumber.decode(code, arch)
    except DecodeError as error:
        refused = (error.path, error.offset, error.rule, arch in ("alpha", "mips", "powerpc", "sparc"))
    else:
        again = number.encode(arch)
        assert again == code or (arch == "sparc" and not number.direction and again & 0xFFFF == code & 0xFFFF)
        return
    assert refused == ("code", 0, "code/direction", True)


@pytest.mark.parametrize("arch", sorted(ARCHES))
def test_the_control_commands_are_the_same_everywhere(arch: str) -> None:
    for command in Command:
        if command is not Command.MPATH_PROBE_PATHS:
            assert command.code(arch) == 0xC138FD00 + command


@pytest.mark.parametrize(
    ("arch", "direction", "size", "code"),
    [
        ("generic", Direction.NONE, 0, 0x0000FD12),
        ("generic", Direction.WRITE, 312, 0x4138FD12),
        ("generic", Direction.READ, 312, 0x8138FD12),
        ("parisc", Direction.WRITE, 312, 0x8138FD12),
        ("parisc", Direction.READ, 312, 0x4138FD12),
        ("powerpc", Direction.NONE, 0, 0x2000FD12),
        ("mips", Direction.READ, 312, 0x4138FD12),
        ("alpha", Direction.WRITE, 312, 0x8138FD12),
        ("sparc", Direction.NONE, 0, 0x2000FD12),
        ("sparc", Direction.READ, 312, 0x4138FD12),
        ("sparc", BOTH, 0x3FFF, 0xFFFFFD12),
        ("sparc", Direction.READ, 0x2000, 0x6000FD12),
    ],
)
def test_numbers_of_known_spelling(arch: str, direction: Direction, size: int, code: int) -> None:
    number = IoctlNumber(direction, 0xFD, 0x12, size)
    assert number.encode(arch) == code
    assert IoctlNumber.decode(code, arch) == number


@pytest.mark.parametrize(
    ("arch", "number", "path"),
    [
        ("generic", IoctlNumber(BOTH, 0xFD, 0, 0x4000), "size"),
        ("powerpc", IoctlNumber(BOTH, 0xFD, 0, 0x2000), "size"),
        ("mips", IoctlNumber(Direction.READ, 0xFD, 0, 0x2000), "size"),
        ("sparc", IoctlNumber(Direction.NONE, 0xFD, 0, 1), "size"),
        ("generic", IoctlNumber(BOTH, 0x100, 0, 0), "type"),
        ("generic", IoctlNumber(BOTH, 0xFD, 256, 0), "nr"),
        ("generic", IoctlNumber(BOTH, 0xFD, -1, 0), "nr"),
        ("generic", IoctlNumber(4, 0xFD, 0, 0), "direction"),  # type: ignore[arg-type]
    ],
)
def test_a_part_that_would_spill_into_another_is_refused(arch: str, number: IoctlNumber, path: str) -> None:
    with pytest.raises(EncodeError) as caught:
        number.encode(arch)
    assert (caught.value.path, caught.value.rule) == (path, "code/field")


@given(st.integers(0x80000000, 0xFFFFFFFF))
def test_sign_extension_does_not_matter(code: int) -> None:
    assert request_code(code - (1 << 32)) == request_code(code + (0xFFFFFFFF << 32)) == request_code(code) == code


@pytest.mark.parametrize("code", [1 << 32, -(1 << 31) - 1, 1 << 64, (1 << 64) - (1 << 31) - 1, 0x7FFFFFFF_FFFFFFFF])
def test_a_number_of_other_widths_is_refused(code: int) -> None:
    with pytest.raises(DecodeError) as caught:
        request_code(code)
    assert caught.value.rule == "code/range"


def test_an_architecture_nobody_has_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="unknown architecture 'pdp11'"):
        layout_of("pdp11")


@pytest.mark.parametrize("arch", sorted(ARCHES))
@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_the_dialects_numbers(dialect: str, arch: str) -> None:
    assert dialect_of(dialect).code(arch) == (0xC008FD0E if dialect == "rfc-untagged" else 0xC00CFD0E)


def test_a_dialect_nobody_speaks_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="unknown dialect 'latin'"):
        dialect_of("latin")


FRAME: Final = bytes(12)


@pytest.mark.parametrize(
    ("code", "door", "dialect", "answer"),
    [
        (0xC00CFD0E, None, "rfc", DeviceMessage),
        (0xC00CFD0E, "device", "rfc", DeviceMessage),
        (0xC00CFD0E - (1 << 32), "device", "rfc", DeviceMessage),
        (0xC00CFD0E, "control", "rfc", "buffer/short"),
        (0xC00CFD0E, None, "rfc-untagged", "buffer/short"),
        (0xC00CFD0E, "device", "rfc-untagged", "code/device"),
        (0xC008FD0E, "device", "rfc-untagged", DeviceMessage),
        (0xC138FD0E, "device", "rfc", "code/device"),
        (0x0000FD12, "device", "rfc", Request),
        (0x0000FD12, None, "rfc", Request),
        (0x0000FD12, "control", "rfc", "buffer/short"),
        (0xC138FD12, None, "rfc", "buffer/short"),
        (0x00000000, "device", "rfc", "code/device"),
        (0x00000000, None, "rfc", "code/type"),
    ],
)
def test_the_door_decides_what_a_number_means(code: int, door: str | None, dialect: str, answer: type | str) -> None:
    if isinstance(answer, type):
        assert isinstance(codec.decode_request(code, FRAME, door=door, dialect=dialect), answer)
        return
    with pytest.raises(DecodeError) as caught:
        codec.decode_request(code, FRAME, door=door, dialect=dialect)
    assert caught.value.rule == answer
    assert "{" not in str(caught.value)


@pytest.mark.parametrize(
    ("argument", "name"), [("byteorder", "middle"), ("arch", "pdp11"), ("dialect", "latin"), ("door", "window")]
)
@pytest.mark.parametrize("call", ["decode_request", "decode_reply", "encode", "encode_into"])
def test_an_argument_nobody_knows_is_a_value_error(call: str, argument: str, name: str) -> None:
    if argument == "door" and call.startswith("encode"):
        return
    value = Request(Command.VERSION, Header())
    arguments: dict[str, tuple[Any, ...]] = {"encode": (value,), "encode_into": (value, bytearray(312))}
    given = arguments.get(call, (0xC138FD00, bytes(312)))
    with pytest.raises(ValueError, match=f"unknown .* '{name}'"):
        getattr(codec, call)(*given, **{argument: name})


def refusal(read: Callable[..., Any], *arguments: Any, **options: Any) -> DecodeError | None:
    """The error of a call, if it ends in one."""
    try:
        read(*arguments, **options)
    except DecodeError as error:
        return error
    return None


@given(st.integers(0, 2**32 - 1), st.binary(max_size=400), st.sampled_from((None, "control", "device")), st.booleans())
def test_any_number_with_any_bytes_decodes_or_is_refused(code: int, data: bytes, door: str | None, known: bool) -> None:
    code = code & 0xFFFF00FF | DM_IOCTL << 8 if known else code
    for read in (codec.decode_request, codec.decode_reply):
        strict = refusal(read, code, data, door=door)
        lenient = refusal(read, code, data, door=door, strict=False)
        assert "{" not in str(strict)
        assert lenient is None or lenient.rule.startswith("code/")


def test_the_table_of_readers_does_not_grow_with_what_comes_in() -> None:
    before = len(codec._REQUESTS)
    data = bytes(12) + b"\x38\1\0\0" + bytes(300)
    for size in range(2000):
        codec.decode_request(0xC000FD07 | size << 16, data, byteorder="little", strict=False)
    assert len(codec._REQUESTS) <= before + 1


def test_a_device_ioctl_without_an_argument_has_no_fields() -> None:
    value = Request(Command.MPATH_PROBE_PATHS, None)
    assert codec.encode(value) == (0xFD12, b"")
    assert codec.fields(value) == []
    assert codec.encode_into(value, bytearray(b"as it was")) == b"as it was"


class Own(Request, frozen=True):
    """A request of somebody's own class."""


def test_a_subclass_is_written_as_what_it_is() -> None:
    for command in COMMANDS:
        header = Header()
        if codec.payload_name(Request, command) is None and command is not Command.MPATH_PROBE_PATHS:
            assert codec.encode(Own(command, header)) == codec.encode(Request(command, header))
    assert codec.encode(Own(99, Header(), b"ab")) == codec.encode(Request(99, Header(), b"ab"))


def test_a_plain_number_is_the_command_of_that_number() -> None:
    assert codec.encode(Request(7, Header())) == codec.encode(Request(Command.DEV_STATUS, Header()))
    assert codec.fields(Request(7, Header())) == codec.fields(Request(Command.DEV_STATUS, Header()))
