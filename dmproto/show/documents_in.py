"""A JSON document, as `dmproto.show.document` describes it, made the message again; and the bytes of `decode --json`.

What is wrong is said by its path and what JSON calls its type, never by the value, which may be a secret.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from dmproto.errors import EncodeError
from dmproto.show.document import Document, payload_shape
from dmproto.wire import generated
from dmproto.wire.checks import text_of
from dmproto.wire.codec import encode
from dmproto.wire.command import COMMANDS, Command
from dmproto.wire.dialects import dialect_of
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import DeviceMessage
from dmproto.wire.shape import Part, Shape, check
from dmproto.wire.values import Reply, Request

DIGITS: Final = 20
"""The digits of the greatest 64-bit number."""


def from_document(document: Any) -> tuple[Any, str | None, str, str]:
    """A document as the message, its byte order (None where it says none), architecture and dialect.

    Raises:
        EncodeError: it is no such document, with the path of what is wrong.
        ValueError: no such byte order, architecture or dialect.
    """
    document = _object(document, "document")
    dialect = _one(document, "dialect", str, "rfc")
    kind = _one(document, "kind", str, "")
    byteorder = _one(document, "byteorder", str, "") or None
    value: Any
    if kind == "message":
        value = _message_in(document, dialect)
    elif kind in ("request", "reply"):
        value = _control_in(Request if kind == "request" else Reply, document)
    else:
        raise EncodeError("kind", "value/type", wanted="request, reply or message", got=kind or "nothing")
    return value, byteorder, _one(document, "arch", str, "generic"), dialect


def _object(item: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise EncodeError(path, "value/type", wanted="JSON object", got=json_type(item))
    return item


def json_type(item: Any) -> str:
    """What JSON calls a value's type; never the value, which may be a secret."""
    names = {dict: "object", list: "array", str: "text", bool: "truth value", type(None): "null"}
    return f"JSON {names.get(type(item), 'number')}"


def _one(document: Mapping[str, Any], name: str, kind: type, default: Any) -> Any:
    item = document.get(name, default)
    if not isinstance(item, kind):
        raise EncodeError(name, "value/type", wanted="JSON text", got=json_type(item))
    return item


def _message_in(document: Mapping[str, Any], dialect: str) -> DeviceMessage:
    words = _object(document.get("header"), "header")
    given = {**words, "payload": document.get("payload", "")}
    made: DeviceMessage = _record_in(generated.SHAPES[dialect_of(dialect).frame], given, "header")
    return made


def _control_in(kind: type, document: Mapping[str, Any]) -> Any:
    command = _command_in(document)
    header, payload = document.get("header"), document.get("payload")
    if header is None:
        if payload is not None:
            raise EncodeError("payload", "value/absent", value=json_type(payload))
        return kind(command, None)
    head = _record_in(generated.SHAPES["dm_ioctl"], header, "header")
    check(generated.SHAPES["dm_ioctl"], head, "header")  # what the payload is depends on it
    if not isinstance(command, Command):
        return kind(command, head, _bytes_in(payload, "payload"))
    shape = payload_shape(kind, command, head)
    if payload is None:
        return kind(command, head)
    if isinstance(payload, list) and (shape is not None or not payload):
        records = [_record_in(shape, item, f"payload[{at}]") for at, item in enumerate(payload) if shape]
        return kind(command, head, tuple(records))
    if shape is None:
        raise EncodeError("payload", "value/absent", value=json_type(payload))
    return kind(command, head, _record_in(shape, payload, "payload"))


def _command_in(document: Mapping[str, Any]) -> Command | int:
    name = document.get("command", document.get("code"))
    if isinstance(name, str) and name.removeprefix("DM_") in Command.__members__:
        return Command[name.removeprefix("DM_")]
    if isinstance(name, str) and "command" not in document:
        name = _hex_in(name) & 0xFF
    if isinstance(name, int) and not isinstance(name, bool):
        return Command(name) if name in COMMANDS else name
    raise EncodeError("command", "value/type", wanted="command's name or number", got=json_type(name))


def _hex_in(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        raise EncodeError("code", "value/type", wanted="number in hex", got="text") from None


def _record_in(shape: Shape, item: Any, path: str) -> Any:
    given = dict(_object(item, path))
    values: dict[str, Any] = dict.fromkeys(shape.absent)
    counts: dict[str, Any] = {}
    for part in shape.parts:
        if part.name not in given:
            continue
        where = path if part.kind == "payload" and path == "header" else f"{path}.{part.name}"
        taken = _field_in(part, given.pop(part.name), where)
        (counts if part.counts else values)[part.name] = taken
    for name, item_ in given.items():
        if name not in shape.absent or item_ is not None:
            raise EncodeError(f"{path}.{name}", "value/absent", value=json_type(item_))
    cls = getattr(generated, shape.cls)
    missing = [name for name in cls.__struct_fields__[: _required(cls)] if name not in values]
    if missing:
        raise EncodeError(f"{path}.{missing[0]}", "value/type", wanted="value", got="nothing")
    made = cls(**values)
    for name, count in counts.items():
        if getattr(made, name) != count:
            raise EncodeError(f"{path}.{name}", "value/count", wanted=count, got=getattr(made, name))
    return made


def _required(cls: Any) -> int:
    return len(cls.__struct_fields__) - len(cls.__struct_defaults__)


def _field_in(part: Part, item: Any, path: str) -> Any:
    if part.kind in ("row", "words"):
        if not isinstance(item, list):
            raise EncodeError(path, "value/type", wanted="JSON array", got=json_type(item))
        return tuple(_number_in(number, f"{path}[{at}]") for at, number in enumerate(item))
    if part.kind == "word":
        if item is None and part.name in ("event_nr", "flags"):
            return None
        number = _number_in(item, path)
        return DmFlag(number) if part.name == "flags" and path == "header.flags" else number
    if part.kind == "payload":
        return _bytes_in(item, "payload")
    if isinstance(item, dict) and item.keys() == {"hex"}:
        return text_of(_bytes_in(item["hex"], path))
    if item is not None and not isinstance(item, str):
        raise EncodeError(path, "value/type", wanted="JSON text", got=json_type(item))
    return item


def _number_in(item: Any, path: str) -> int:
    if isinstance(item, int) and not isinstance(item, bool):
        return item
    if isinstance(item, str) and len(item) <= DIGITS and item.isascii() and item.isdecimal():
        return int(item)
    raise EncodeError(path, "value/type", wanted="number", got=json_type(item))


def _bytes_in(item: Any, path: str) -> bytes:
    try:
        return bytes.fromhex(item)
    except (TypeError, ValueError):
        raise EncodeError(path, "value/type", wanted="text of hex digits", got=json_type(item)) from None


class Encoded(NamedTuple):
    """A message made of a document: where the document stood, the request number, byte order and bytes."""

    place: str
    code: int
    byteorder: str
    data: bytes

    @property
    def document(self) -> Document:
        """It as JSON has it."""
        code = f"{self.code:#010x}"
        return {"place": self.place, "code": code, "byteorder": self.byteorder, "bytes": self.data.hex()}


def encoded(document: Any) -> list[Encoded]:
    """The messages of a document that `dmproto decode --json` printed: the one, or those of its captures in order.

    Raises:
        EncodeError: it is no such document, or says a value that cannot be written.
    """
    captures = document.get("captures") if isinstance(document, dict) else None
    if captures is None:
        return [_encoded(document, "")]
    if not isinstance(captures, list):
        raise EncodeError("captures", "value/type", wanted="JSON array", got=json_type(captures))
    found = []
    for at, capture in enumerate(captures):
        for side in ("request", "reply"):
            item = _object(capture, f"captures[{at}]").get(side)
            if item is not None:
                found.append(_encoded(item, f"captures[{at}].{side}"))
    return found


def _encoded(document: Any, place: str) -> Encoded:
    try:
        value, byteorder, arch, dialect = from_document(document)
        order = byteorder or sys.byteorder
        code, data = encode(value, byteorder=order, arch=arch, dialect=dialect)
    except EncodeError as error:
        where = f"{place}.{error.path}" if place else error.path
        raise EncodeError(where, error.rule, **error.values) from None
    except ValueError as error:
        raise EncodeError(place or "document", "value/type", wanted="one that is known", got=str(error)) from None
    return Encoded(place, code, order, data)
