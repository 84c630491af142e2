"""The schemas run as they stand, by construct: slow, plain, and what the generated codec is tested against.

Values come out as plain `dict`s and tuples; `plain` brings a generated value into the same form.
"""

from __future__ import annotations

import io
from typing import Any

import msgspec
from construct import Container

from dmproto.wire.checks import Anomaly, Found, edge
from dmproto.wire.layout import FRAMES, PAYLOADS, dm_ioctl


def plain(value: Any) -> Any:
    """A value of the generated codec as the interpreted one gives it: no fields that are None, no classes."""
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {name: plain(getattr(value, name)) for name in value.__struct_fields__ if name != "anomalies"}
    return {"class": type(value).__name__, **{name: item for name, item in fields.items() if item is not None}}


def decode(payload: str | None, data: bytes, order: str, found: list[Anomaly] | None = None) -> tuple[Any, Any]:
    """The header of a control message and its payload, one of `PAYLOADS` or None.

    Raises:
        DecodeError: strictly decoded (`found` is None), a rule does not hold.
    """
    params: dict[str, Any] = {"order": order, "found": found, "limit": len(data), "edge": "buffer/short"}
    header = dm_ioctl._parsereport(io.BytesIO(data), Container(_params=Container(params)), "(parsing) -> header")
    if payload is None:
        return header, None
    size = header["data_size"]
    params |= {"size": len(data), "limit": min(size, len(data)), "edge": edge(len(data), size)}
    params["header"] = Container(header)
    at = PAYLOADS[payload]
    return header, at._parsereport(io.BytesIO(data), Container(_params=Container(params)), "(parsing) -> payload")


def encode(payload: str | None, header: Any, value: Any, order: str, into: bytes) -> bytes:
    """A header and its payload written over `into`.

    Raises:
        EncodeError: a rule does not hold.
    """
    stream = io.BytesIO(into)
    params = Container(order=order)
    dm_ioctl._build(header, stream, Container(_params=params), "(building) -> header")
    if payload is not None:
        params["header"] = Container(msgspec.structs.asdict(header))
        PAYLOADS[payload]._build(value, stream, Container(_params=params), "(building) -> payload")
    return stream.getvalue()


def decode_frame(frame: str, data: bytes, order: str, found: Found = None) -> Any:
    """A direct device message.

    Raises:
        DecodeError: strictly decoded (`found` is None), a rule does not hold.
    """
    params = Container(order=order, found=found, limit=len(data), edge="frame/short")
    return FRAMES[frame]._parsereport(io.BytesIO(data), Container(_params=params), "(parsing)")


def encode_frame(frame: str, value: Any, order: str) -> bytes:
    """A direct device message.

    Raises:
        EncodeError: a rule does not hold.
    """
    stream = io.BytesIO()
    FRAMES[frame]._build(value, stream, Container(_params=Container(order=order)), "(building)")
    return stream.getvalue()
