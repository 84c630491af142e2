"""Requests made from what a program knows: the sizes, places, counts and `next`s are worked out here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from dmproto.wire.checks import TEXT_ERRORS
from dmproto.wire.command import Command
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import Header, TargetSpec, TargetSpecView
from dmproto.wire.limits import ALIGNMENT, STRUCT_SIZE
from dmproto.wire.values import Request

BUFFER: Final = 16384
"""Bytes libdevmapper gives an answer, to begin with."""


def link(targets: Iterable[TargetSpec]) -> tuple[TargetSpec, ...]:
    """Target records for a load, each with the `next` that leads to the one behind it, 8-byte aligned."""
    return tuple(msgspec.structs.replace(spec, next=_room(spec)) for spec in targets)


def _room(spec: TargetSpec) -> int:
    size = TargetSpecView.SIZE + len(spec.parameters.encode("utf-8", TEXT_ERRORS)) + 1
    return size + -size % ALIGNMENT


def request(command: Command, payload: Any = None, *, buffer: int = BUFFER, **fields: Any) -> Request:
    """A request of a command: `request(Command.TABLE_LOAD, [TargetSpec(...)], name="lin")`.

    Args:
        command: what is asked; the header's version is the one it appeared in, which every later kernel takes.
        payload: its payload; target records are linked and counted.
        buffer: least size of the buffer, for the answer; more where the payload needs it.
        fields: header fields by name, each taking precedence.
    """
    size = STRUCT_SIZE
    if command is Command.TABLE_LOAD:
        payload = link(payload or ())
        fields.setdefault("target_count", len(payload))
        size += sum(spec.next for spec in payload)
    elif payload is not None:
        texts = [getattr(payload, name) for name in payload.__struct_fields__]
        size += ALIGNMENT + sum(len(text.encode("utf-8", TEXT_ERRORS)) + 1 for text in texts if isinstance(text, str))
    fields["flags"] = DmFlag(fields.get("flags", 0))
    given = {"version": command.facts.since, "data_size": max(size, buffer), "data_start": STRUCT_SIZE}
    return Request(command, Header(**{**given, **fields}), payload)
