"""Bytes to messages and back: the one door into the wire layer.

The reader says what the bytes are: a request or a reply, since the same bytes read differently (`next` counts from the
current record or from the first, `event_nr` is an event number or a cookie, `data_size` the buffer or the answer).

The law: for every `b` that decodes strictly, `encode_into(decode(b), bytearray(b)) == b`, and `decode(encode(v)) == v`.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any, Final

from dmproto.errors import DecodeError, EncodeError
from dmproto.wire import checks, generated
from dmproto.wire.checks import Anomaly, Found
from dmproto.wire.command import COMMANDS, Command
from dmproto.wire.dialects import dialect_of
from dmproto.wire.generated import BIG, LITTLE, Codec, DeviceMessage, Header
from dmproto.wire.ioctl import TYPE_SHIFT, Direction, IoctlNumber, request_code
from dmproto.wire.limits import DM_IOCTL, HEADER_SIZE, STRUCT_SIZE
from dmproto.wire.shape import Span, spans
from dmproto.wire.values import Reply, Request

Message = Request | Reply | DeviceMessage
Buffer = bytes | bytearray | memoryview
Plan = tuple[Callable[..., Any], Callable[[bytes | bytearray, Header, Found], Any] | None, Command | int | None]
Key = int | tuple[int, str, str, str, str | None]
Plans = dict[Key, Plan]

CODECS: Final[dict[str, Codec]] = {"little": LITTLE, "big": BIG}
"""The codec for each `sys.byteorder`."""

DOORS: Final = (None, "control", "device")
"""Which node the ioctl is issued on; None lets the number say it."""

NATIVE: Final = sys.byteorder

_REQUESTS: Plans = {}
_REPLIES: Plans = {}
"""How each number is read; by the number alone where all else is as usual, since a tuple costs as much as a frame."""


def codec_of(byteorder: str) -> Codec:
    """The codec of a byte order, `little` or `big`.

    Raises:
        ValueError: it is neither.
    """
    try:
        return CODECS[byteorder]
    except KeyError:
        raise ValueError(f"unknown byte order {byteorder!r}; known are {', '.join(CODECS)}") from None


def decode_request(
    code: int,
    data: Buffer,
    *,
    byteorder: str = NATIVE,
    arch: str = "generic",
    dialect: str = "rfc",
    door: str | None = None,
    strict: bool = True,
) -> Any:
    """Read a buffer as it was handed to `ioctl()`: a `Request`, or the `DeviceMessage` of a direct-device number.

    On the control node only type and number of the request count. The buffer may be shorter than `data_size`, if the
    payload it describes is complete; bytes behind `data_size` are not looked at.

    Args:
        code: the request number, sign-extended or not.
        data: the memory behind the pointer.
        byteorder: that of the machine that issued it.
        arch: whose request numbers these are (`dmproto.wire.ioctl.ARCHES`).
        dialect: the form of direct device message (`dmproto.wire.dialects.DIALECTS`).
        door: the node: `control` reads a direct-device number as the control node would, `device` takes no other.
        strict: raise at the first rule that does not hold; else note it in the value's `anomalies` and read on.

    Raises:
        DecodeError: these bytes are not this protocol.
        ValueError: no such byte order, architecture, dialect or door.
    """
    usual = door is None and byteorder == NATIVE and arch == "generic" and dialect == "rfc"
    key = code if usual else (code, byteorder, arch, dialect, door)
    try:
        head, body, command = _REQUESTS[key]
    except KeyError:
        head, body, command = _plan(_REQUESTS, key, Request, code, byteorder, arch, dialect, door)
    if type(data) is not bytes and type(data) is not bytearray:
        data = memoryview(data).tobytes()
    found: Found = None if strict else []
    header = head(data, found)
    if command is None:
        return _noted(header, found) if found else header
    payload = body(data, header, found) if body is not None else None
    return Request(command, header, payload, tuple(found) if found else ())


def decode_reply(
    code: int,
    data: Buffer,
    *,
    byteorder: str = NATIVE,
    arch: str = "generic",
    dialect: str = "rfc",
    door: str | None = None,
    strict: bool = True,
) -> Any:
    """Read a buffer as `ioctl()` left it on success: a `Reply`, or the unchanged `DeviceMessage`.

    Arguments and errors are those of `decode_request`.
    """
    usual = door is None and byteorder == NATIVE and arch == "generic" and dialect == "rfc"
    key = code if usual else (code, byteorder, arch, dialect, door)
    try:
        head, body, command = _REPLIES[key]
    except KeyError:
        head, body, command = _plan(_REPLIES, key, Reply, code, byteorder, arch, dialect, door)
    if type(data) is not bytes and type(data) is not bytearray:
        data = memoryview(data).tobytes()
    found: Found = None if strict else []
    header = head(data, found)
    if command is None:
        return _noted(header, found) if found else header
    payload = body(data, header, found) if body is not None else None
    return Reply(command, header, payload, tuple(found) if found else ())


def _plan(
    plans: Plans, key: Key, kind: type, code: int, byteorder: str, arch: str, dialect: str, door: str | None
) -> Plan:
    """Who reads the head and who the body of a message, and its command; a direct message has none."""
    codec, number, form = codec_of(byteorder), request_code(code), dialect_of(dialect)
    if door not in DOORS:
        raise ValueError(f"unknown door {door!r}; known are control and device")
    known = True
    if door != "control" and number == form.code(arch):
        plan: Plan = codec.decode_frame[form.frame], None, None
    elif door != "control" and number == Command.MPATH_PROBE_PATHS.code(arch):
        plan = _no_argument, None, Command.MPATH_PROBE_PATHS
    elif door == "device":
        raise DecodeError("code", 0, "code/device", code=number, dialect=dialect, arch=arch)
    elif number >> TYPE_SHIFT & 0xFF != DM_IOCTL:
        raise DecodeError("code", 0, "code/type", code=number, type=number >> TYPE_SHIFT & 0xFF)
    else:
        command = _known(number & 0xFF)
        name = payload_name(kind, command)
        plan = codec.decode_dm_ioctl, _rest if name == "" else codec.decode_payload[name] if name else None, command
        known = isinstance(command, Command) and number == command.code(arch)
    if known:  # the numbers that programs use: so the table stays small, whatever comes in
        plans[key] = plan
    return plan


def _noted(value: DeviceMessage, found: list[Anomaly]) -> DeviceMessage:
    return DeviceMessage(value.target_index, value.tag, value.payload, tuple(found))


def _no_argument(_data: bytes | bytearray, _found: Found) -> None:
    """What an ioctl without an argument points at."""


def _rest(data: bytes | bytearray, header: Header, _found: Found) -> bytes:
    return bytes(data[HEADER_SIZE : header.data_size])


def payload_name(kind: type, command: Command | int) -> str | None:
    """What payload a message carries: a key of `PAYLOADS`, "" for the raw bytes of an unknown command, or None."""
    if not isinstance(command, Command):
        return ""
    return command.facts.request if issubclass(kind, Request) else command.facts.reply


def _known(command: Command | int) -> Command | int:
    if command.__class__ is Command:
        return command
    number = checks.whole(command, "command", "I")
    return Command(number) if number in COMMANDS else number


def encode(
    value: Message, *, byteorder: str = NATIVE, arch: str = "generic", dialect: str = "rfc"
) -> tuple[int, bytes]:
    """Write a message: its request number, and bytes as long as its payload needs, never as long as `data_size`.

    Bytes that belong to no field are zero. A control message without payload is the whole 312-byte struct.

    Raises:
        EncodeError: a value that cannot be written; nothing is cut silently.
        ValueError: no such byte order, architecture or dialect.
    """
    codec = codec_of(byteorder)
    code, frame = _frame_code(dialect, arch)
    if type(value) is DeviceMessage:
        return code, codec.encode_frame[frame](value)
    if not isinstance(value, Request | Reply):
        raise EncodeError("value", "value/type", wanted="Request, Reply or DeviceMessage", got=type(value).__name__)
    command = _known(value.command)
    code = _message_code(command, arch)
    if command is Command.MPATH_PROBE_PATHS and value.header is None:
        if value.payload is not None:
            raise EncodeError("payload", "value/absent", value=value.payload)
        return code, b""
    head = codec.encode_dm_ioctl(value.header)  # type: ignore[arg-type]  # None is refused there, by name
    return code, _with_payload(codec, head, value, payload_name(type(value), command))


@functools.lru_cache(maxsize=128)
def _frame_code(dialect: str, arch: str) -> tuple[int, str]:
    form = dialect_of(dialect)
    return form.code(arch), form.frame


@functools.lru_cache(maxsize=1024)
def _message_code(command: Command | int, arch: str) -> int:
    if isinstance(command, Command):
        return command.code(arch)
    return IoctlNumber(Direction.READ | Direction.WRITE, DM_IOCTL, command, STRUCT_SIZE).encode(arch)


def _with_payload(codec: Codec, head: bytes, value: Request | Reply, name: str | None) -> bytes:
    header, payload = value.header, value.payload
    assert header is not None
    if name is None:
        if payload is not None:
            raise EncodeError("payload", "value/absent", value=payload)
        return head
    if name:
        body = codec.encode_payload[name](header, payload)
        start = header.data_start
    else:
        body, start = payload, HEADER_SIZE
        if not isinstance(body, bytes):
            raise EncodeError("payload", "value/type", wanted="bytes", got=type(body).__name__)
        if start + len(body) > header.data_size:
            end = start + len(body)
            raise EncodeError("header.data_size", "payload/bounds", end=end, limit=header.data_size)
        return head[:start] + body
    if not body:
        return head if generated.PAYLOADS[name](header) is None else head.ljust(start, b"\0")
    return head[:start] + bytes(max(start - len(head), 0)) + body


def fields(value: Message, *, dialect: str = "rfc") -> list[Span]:
    """Where each field of a message stands in its bytes, in their order; the value is one that `encode` takes."""
    if isinstance(value, DeviceMessage):
        return list(spans(generated.SHAPES[dialect_of(dialect).frame], value, "", 0))
    header, payload = value.header, value.payload
    if header is None:
        return []
    found = list(spans(generated.SHAPES["dm_ioctl"], header, "header", 0))
    name = payload_name(type(value), _known(value.command))
    if name is None:
        return found
    if not name:
        return [*found, Span("payload", HEADER_SIZE, len(payload), payload)]
    shape_name = generated.PAYLOADS[name](header)
    if shape_name is None:
        return found
    shape = generated.SHAPES[shape_name]
    at = first = header.data_start
    if name not in generated.CHAINS:
        return [*found, *spans(shape, payload, "payload", at)]
    for index, record in enumerate(payload):
        found += spans(shape, record, f"payload[{index}]", at)
        at = (first if generated.CHAINS[name] == "first" else at) + record.next
    return found


def encode_into(
    value: Message,
    buffer: bytearray,
    *,
    byteorder: str = NATIVE,
    arch: str = "generic",
    dialect: str = "rfc",
) -> bytearray:
    """Write a message over the bytes of a buffer, and only those that belong to its fields; the answer is the buffer.

    Padding, gaps and what stands behind a NUL stay as they are.

    Raises:
        EncodeError: as `encode`; or `buffer/short`, the buffer ends before the message does.
        ValueError: no such byte order, architecture or dialect.
    """
    _, fresh = encode(value, byteorder=byteorder, arch=arch, dialect=dialect)
    places = fields(value, dialect=dialect)
    end = max((span.offset + span.size for span in places), default=0)
    if places and not isinstance(value, DeviceMessage):
        end = max(end, HEADER_SIZE)
    if end > len(buffer):
        raise EncodeError("buffer", "buffer/short", end=end, limit=len(buffer))
    for span in places:
        buffer[span.offset : span.offset + span.size] = fresh[span.offset : span.offset + span.size]
    return buffer
