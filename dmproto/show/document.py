"""A message as a plain JSON document; `documents_in.from_document` makes it a message again, exactly the same.

The document:

- `kind`: `request`, `reply`, or `message` for a direct device message;
- `command`: the command's name without `DM_`, its number where no such command is known, `DEVMESSAGE` for a message;
- `code`: the request number in hex; `byteorder`: `little` or `big`; `arch`, `dialect`: as given for decoding;
- `header`: an object of the fields of `dm_ioctl`, under their C names; null for an ioctl without an argument; of a
  direct message its words `target_index`, `tag` (but not in dialect `rfc-untagged`) and `length`;
- `payload`: null where there is none; an object for one record, an array of objects for a chain; a text of hex digits
  for the raw bytes of an unknown command, and for the payload of a direct message.

In it a number is a number, but one of 64 bits a decimal text, since JSON readers round such; a text is a text, but
`{"hex": ...}` where its bytes are no UTF-8; `version` is an array of three numbers. Lengths (`count`, `length`) are
shown, and need not be given.

`dmproto decode --json` adds what is not needed on the way back:

- `fields`: path, offset, size and value of each field, in the order of its bytes, and its `meaning` in words, if any;
- `gaps`: offset, size and bytes of what belongs to no field and is not all zero;
- `anomalies`: offset, field, rule and sentence of each, from lenient decoding;
- `redacted`: `[offset, length]` of each run of bytes overwritten to hide a secret, in every part of the document.

Of a transcript or of strace's text it is `{"captures": [...]}`: each with `place`, `comment`, `ret`, `errno`, `notes`
(path and text of what is not known) as far as there are any, and with `request` and `reply`, each a document, null, or
an error. An error is `{"error": {"path", "offset", "rule", "sentence"}}`; what is not known is null.
"""

from __future__ import annotations

from typing import Any, Final

from dmproto.show.message import kind_of
from dmproto.wire import generated
from dmproto.wire.checks import TEXT_ERRORS
from dmproto.wire.codec import payload_name
from dmproto.wire.command import Command
from dmproto.wire.dialects import dialect_of
from dmproto.wire.generated import DeviceMessage, Header
from dmproto.wire.ioctl import request_code
from dmproto.wire.shape import Shape
from dmproto.wire.values import Reply, Request

Document = dict[str, Any]

DEVMESSAGE: Final = "DEVMESSAGE"


def to_document(value: Any, *, code: int, byteorder: str, arch: str = "generic", dialect: str = "rfc") -> Document:
    """A message as a document.

    Args:
        value: a `Request`, a `Reply` or a `DeviceMessage`.
        code: the request number it came with.
        byteorder: that of its bytes.
        arch: whose request numbers these are.
        dialect: the form of direct device message.
    """
    direct = isinstance(value, DeviceMessage)
    document: Document = {
        "kind": kind_of(value),
        "command": DEVMESSAGE if direct else _name(value.command),
        "code": f"{request_code(code):#010x}",
        "byteorder": byteorder,
        "arch": arch,
        "dialect": dialect,
    }
    if direct:
        words = _record_out(generated.SHAPES[dialect_of(dialect).frame], value)
        return document | {"payload": words.pop("payload"), "header": words}
    document["header"] = _record_out(generated.SHAPES["dm_ioctl"], value.header) if value.header else None
    document["payload"] = _payload_out(value)
    return document


def _name(command: Command | int) -> str | int:
    return command.name if isinstance(command, Command) else command


def _payload_out(value: Request | Reply) -> Any:
    payload = value.payload
    if payload is None or value.header is None:
        return None
    if isinstance(payload, bytes):
        return payload.hex()
    shape = payload_shape(type(value), value.command, value.header)
    if isinstance(payload, tuple):
        return [_record_out(shape, record) for record in payload] if shape else []
    return _record_out(shape, payload) if shape else None


def payload_shape(kind: type, command: Command | int, header: Header) -> Shape | None:
    """The shape of each record of a payload; None where there is none, or it is raw bytes."""
    name = payload_name(kind, command)
    shape_name = generated.PAYLOADS[name](header) if name else None
    return generated.SHAPES[shape_name] if shape_name else None


def _record_out(shape: Shape, value: Any) -> Document:
    document: Document = {}
    for part in shape.parts:
        if part.counts:
            document[part.name] = len(getattr(value, part.counts))
        elif part.name:
            document[part.name] = plain(getattr(value, part.name), 8 if part.code == "Q" else 4)
    return document


def plain(value: Any, size: int) -> Any:
    """A field's value as JSON has it; `size` are the bytes of a number or, of several, of each."""
    if value is None:
        return None
    if isinstance(value, tuple):
        return [plain(item, size) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str):
        raw = value.encode("utf-8", TEXT_ERRORS)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return {"hex": raw.hex()}
    return str(int(value)) if size == 8 else int(value)
