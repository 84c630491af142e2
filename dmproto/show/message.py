"""One message as it is shown: value and bytes without secrets, where each field stands, and what is no field."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, NamedTuple

from dmproto.errors import DecodeError, EncodeError
from dmproto.show.places import Gaps, gaps, places
from dmproto.show.redact import Places, redact, redact_bytes
from dmproto.wire.codec import decode_reply, decode_request, encode
from dmproto.wire.ioctl import request_code
from dmproto.wire.shape import Span
from dmproto.wire.values import Reply, Request


class Reading(NamedTuple):
    """How bytes are to be read.

    Attributes:
        kind: `request` or `reply`.
        code: the request number.
        byteorder: `little`, `big`, or None to go by the interface version at the start.
        arch: whose request numbers these are.
        dialect: the form of direct device message.
        door: the node it was issued on; None lets the number say it.
        strict: whether to refuse what breaks a rule.
        secrets: whether to show them.
    """

    kind: str = "request"
    code: int = 0
    byteorder: str | None = None
    arch: str = "generic"
    dialect: str = "rfc"
    door: str | None = None
    strict: bool = True
    secrets: bool = False

    def order(self, data: bytes) -> str:
        """The byte order: as given, or as the major version, 4, says it, or this machine's."""
        told = {b"\4\0\0\0": "little", b"\0\0\0\4": "big"}.get(data[:4], sys.byteorder)
        return self.byteorder or told


class Shown(NamedTuple):
    """A message to be shown.

    Attributes:
        reading: how it was read, its byte order included.
        value: the value.
        data: the bytes; None where what printed the value did not say them.
        spans: the fields.
        gaps: bytes that belong to no field.
        redacted: where bytes were overwritten, in value and data.
        secrets: what stood there.
    """

    reading: Reading
    value: Any
    data: bytes | None
    spans: list[Span]
    gaps: Gaps
    redacted: Places
    secrets: tuple[bytes, ...] = ()

    @property
    def kind(self) -> str:
        """`request`, `reply` or `message`."""
        return kind_of(self.value)


class Failure(NamedTuple):
    """Bytes that are no message.

    Attributes:
        reading: how they were read.
        error: why they are none.
        data: the bytes, without secrets; none where the number is at fault.
        spans: the fields that could be read.
        secrets: the secrets that were seen.
    """

    reading: Reading
    error: DecodeError
    data: bytes
    spans: list[Span]
    secrets: tuple[bytes, ...] = ()


def kind_of(value: Any) -> str:
    """What a message is: `request`, `reply`, or `message` for a direct one."""
    if isinstance(value, Request):
        return "request"
    return "reply" if isinstance(value, Reply) else "message"


def read(data: bytes, reading: Reading, known: Iterable[bytes] = ()) -> Shown | Failure:
    """Decode bytes for showing.

    Args:
        data: the bytes.
        reading: how they are read.
        known: secrets that may stand in bytes of no field, those of the request for a reply.

    Raises:
        ValueError: no such byte order, architecture, dialect or door.
    """
    reading = reading._replace(byteorder=reading.order(data))
    try:
        value = _decode(data, reading, reading.strict)
    except DecodeError as error:
        return _failure(data, reading, error, known)
    reading = reading._replace(code=request_code(reading.code))
    return _shown(value, data, places(value, len(data), dialect=reading.dialect), reading, known)


def _decode(data: bytes, reading: Reading, strict: bool) -> Any:
    decode = decode_reply if reading.kind == "reply" else decode_request
    return decode(
        reading.code,
        data,
        byteorder=reading.order(data),
        arch=reading.arch,
        dialect=reading.dialect,
        door=reading.door,
        strict=strict,
    )


def _covered(
    value: Any, data: bytes, spans: list[Span], reading: Reading, known: Iterable[bytes]
) -> tuple[Any, bytes, Places, tuple[bytes, ...]]:
    if reading.secrets:
        return value, data, [], ()
    covered, redacted = redact_bytes(value, data, spans, known)
    secrets = tuple(data[at : at + size] for at, size in redacted)
    return redact(value)[0], covered, redacted, secrets


def _failure(data: bytes, reading: Reading, error: DecodeError, known: Iterable[bytes]) -> Failure:
    try:
        value = _decode(data, reading, strict=False)
    except DecodeError:  # the number is at fault
        return Failure(reading, error, b"", [])
    spans = places(value, len(data), dialect=reading.dialect)
    _, covered, _, secrets = _covered(value, data, spans, reading, known)
    return Failure(reading, error, covered, spans, secrets)


def of_value(value: Any, reading: Reading) -> Shown:
    """A value for showing that comes without bytes: they are made anew, where it can be written."""
    reading = reading._replace(byteorder=reading.byteorder or sys.byteorder, code=request_code(reading.code))
    try:
        _, data = encode(value, byteorder=str(reading.byteorder), arch=reading.arch, dialect=reading.dialect)
    except EncodeError:
        spans = places(value, dialect=reading.dialect)
        redacted: Places = []
        if not reading.secrets:
            value, redacted = redact(value)
        return Shown(reading, value, None, spans, [], redacted)
    return _shown(value, data, places(value, len(data), dialect=reading.dialect), reading, ())


def _shown(value: Any, data: bytes, spans: list[Span], reading: Reading, known: Iterable[bytes]) -> Shown:
    value, data, redacted, secrets = _covered(value, data, spans, reading, known)
    if redacted:
        spans = places(value, len(data), dialect=reading.dialect)
    return Shown(reading, value, data, spans, gaps(data, spans), redacted, secrets)
