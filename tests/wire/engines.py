"""The two engines behind one face, each run proving which one it was.

The generated codec answers with value classes of `dmproto.wire.generated`, its errors pass through that module, and no
construct record is touched. The interpreted schemas answer with plain dicts and do touch them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, NamedTuple

import msgspec

from dmproto.errors import DecodeError, EncodeError
from dmproto.wire import codec, generated, interpreted
from dmproto.wire.checks import Anomaly
from dmproto.wire.command import COMMANDS, Command
from dmproto.wire.dialects import DIALECTS
from dmproto.wire.generated import DeviceMessage
from dmproto.wire.limits import DM_IOCTL, HEADER_SIZE, STRUCT_SIZE
from dmproto.wire.records import Record
from dmproto.wire.values import Reply, Request

ORDERS: Final = {"little": "<", "big": ">"}
READERS: Final = {"request": codec.decode_request, "reply": codec.decode_reply}
KINDS: Final = {"request": Request, "reply": Reply}


class Reading(NamedTuple):
    """How bytes are to be read."""

    kind: str
    code: int
    byteorder: str = "little"
    dialect: str = "rfc"
    door: str | None = None


class Outcome(NamedTuple):
    """What an engine made of bytes, or of a value; `error` is (path, offset, rule), the offset None for an encoder."""

    value: Any = None
    error: tuple[str, int | None, str] | None = None
    anomalies: tuple[tuple[int, str, str], ...] = ()
    sentence: str = ""

    @property
    def told(self) -> bool:
        """Whether the sentence names all the values it has room for."""
        return self.error is None or "..." not in self.sentence


class _Runs:
    """How often a construct record was parsed or built."""

    count = 0


def _counted(real: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any) -> Any:
        _Runs.count += 1
        return real(*args)

    return run


for _name in ("_parse", "_build"):
    setattr(Record, _name, _counted(getattr(Record, _name)))


def modules_of(traceback: TracebackType | None) -> set[str]:
    """The modules an exception passed through."""
    found = set()
    while traceback is not None:
        found.add(str(traceback.tb_frame.f_globals["__name__"]))
        traceback = traceback.tb_next
    return found


@contextmanager
def proven(engine: str) -> Iterator[None]:
    """Run a block by one engine and prove it: construct's records are used by the interpreted one and by it alone."""
    before = _Runs.count
    through: set[str] = set()
    try:
        yield
    except (DecodeError, EncodeError) as error:
        through = modules_of(error.__traceback__)
        raise
    finally:
        used = _Runs.count - before
        if engine == "interpreted":
            assert used, "the interpreted engine did not run"
            assert "dmproto.wire.generated" not in through
        else:
            assert not used, "construct ran under the generated engine"
            assert not any(module.startswith("construct") for module in through)


def _anomalies(found: Any) -> tuple[tuple[int, str, str], ...]:
    return tuple((item.offset, item.field, item.rule) for item in found)


def _caught(error: DecodeError | EncodeError) -> Outcome:
    offset = error.offset if isinstance(error, DecodeError) else None
    return Outcome(error=(error.path, offset, error.rule), sentence=error.sentence)


def decode_generated(reading: Reading, data: bytes, *, strict: bool = True) -> Outcome:
    """The public decoder's answer."""
    try:
        with proven("generated"):
            value = READERS[reading.kind](
                reading.code,
                data,
                byteorder=reading.byteorder,
                dialect=reading.dialect,
                door=reading.door,
                strict=strict,
            )
    except DecodeError as error:
        return _caught(error)
    parts = (value.header, value.payload) if isinstance(value, Request | Reply) else (value,)
    for part in parts:
        for item in part if isinstance(part, tuple) else (part,):
            home = type(item).__module__
            assert home == generated.__name__ or not isinstance(item, msgspec.Struct)
    return Outcome(plain(value), anomalies=_anomalies(value.anomalies))


def plain(value: Any) -> Any:
    """A whole message as plain data: what both engines are compared in."""
    if isinstance(value, DeviceMessage):
        return interpreted.plain(value)
    command = value.command.name if isinstance(value.command, Command) else value.command
    return type(value).__name__, command, interpreted.plain(value.header), interpreted.plain(value.payload)


def frame_of(reading: Reading) -> str | None:
    """The frame that a number is read as, if it is a direct-device number."""
    dialect = DIALECTS[reading.dialect]
    return dialect.frame if reading.door != "control" and reading.code == dialect.code() else None


def decode_interpreted(reading: Reading, data: bytes, *, strict: bool = True) -> Outcome:
    """The schemas' answer, where the number is one of the control node's or the dialect's."""
    found: list[Anomaly] | None = None if strict else []
    order = ORDERS[reading.byteorder]
    frame = frame_of(reading)
    try:
        with proven("interpreted"):
            if frame:
                return Outcome(interpreted.decode_frame(frame, data, order, found), anomalies=_anomalies(found or ()))
            assert reading.code >> 8 & 0xFF == DM_IOCTL
            number = reading.code & 0xFF
            command = Command(number) if number in COMMANDS else number
            name = codec.payload_name(KINDS[reading.kind], command)
            header, payload = interpreted.decode(name or None, data, order, found)
    except DecodeError as error:
        return _caught(error)
    if name == "":
        payload = data[HEADER_SIZE : header["data_size"]]
    shown = command.name if isinstance(command, Command) else command
    value = (KINDS[reading.kind].__name__, shown, header, payload)
    return Outcome(value, anomalies=_anomalies(found or ()))


def encode_generated(value: Any, byteorder: str = "little", dialect: str = "rfc") -> Outcome:
    """The public encoder's answer."""
    try:
        with proven("generated"):
            return Outcome(codec.encode(value, byteorder=byteorder, dialect=dialect)[1])
    except EncodeError as error:
        return _caught(error)


def encode_interpreted(value: Any, byteorder: str = "little", dialect: str = "rfc") -> Outcome:
    """The schemas' answer for a message of a known command, or a frame."""
    order = ORDERS[byteorder]
    try:
        with proven("interpreted"):
            if isinstance(value, DeviceMessage):
                return Outcome(interpreted.encode_frame(DIALECTS[dialect].frame, value, order))
            name = codec.payload_name(type(value), value.command)
            built = interpreted.encode(name or None, value.header, value.payload, order, b"")
    except EncodeError as error:
        return _caught(error)
    if len(built) > HEADER_SIZE:
        return Outcome(built)
    empty = name and generated.PAYLOADS[name](value.header) is not None
    return Outcome(built.ljust(max(STRUCT_SIZE, value.header.data_start if empty else 0), b"\0"))


DECODERS: Final = {"generated": decode_generated, "interpreted": decode_interpreted}
ENCODERS: Final = {"generated": encode_generated, "interpreted": encode_interpreted}
