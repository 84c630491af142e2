"""One argument that strace printed, as the message it was.

strace prints the fields it thinks of interest for each command: a note stands for each of the others, which hold what a
fresh message would. It never prints the `next` of a record: that is counted anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from dmproto.show.strace_fields import NOT_PRINTED, Fields, shown
from dmproto.show.strace_tree import Made, Struct
from dmproto.wire import generated
from dmproto.wire.command import Command
from dmproto.wire.generated import (
    Geometry,
    Header,
    MessageAnswer,
    NameList,
    Rename,
    TargetDeps,
    TargetMsg,
    TargetSpec,
    TargetVersions,
)
from dmproto.wire.limits import ALIGNMENT
from dmproto.wire.shape import spans
from dmproto.wire.values import Reply, Request

COUNTED_ANEW: Final = "not printed; counted anew"

UNADDRESSED: Final = frozenset({Command.REMOVE_ALL, Command.LIST_DEVICES, Command.LIST_VERSIONS})
"""Commands whose dev, name and uuid strace leaves out; elsewhere it leaves out those that are empty."""

NUMBERS: Final = {
    "data_size": "I",
    "data_start": "I",
    "target_count": "I",
    "open_count": "i",
    "event_nr": "I",
    "padding": "I",
    "dev": "Q",
}


def message(fields: Fields, command: Command, value: Any, *, failed: bool = False) -> Request | Reply | None:
    """The message, or None where strace printed a pointer in its place.

    Args:
        fields: reads its fields, and says which side it is.
        command: whose message it is.
        value: what was printed.
        failed: the call failed: what came back is the header alone.

    Raises:
        DecodeError: `strace/name`, `value/type` or `number/range`.
    """
    records: list[Any]
    if isinstance(value, list) and value and isinstance(value[0], Struct):
        head, records = value[0], [*value[0].unnamed, *value[1:]]
    elif isinstance(value, Struct):
        head, records = value, list(value.unnamed)
    else:
        fields.note("", f"not decoded: {shown(value)}")
        return None
    if "string" in head.members:  # later versions print the payload among the header's fields
        records.append(Struct({"string": head.members["string"]}, ()))
    header = _header(fields, command, head)
    kind, name = (Request, command.facts.request) if fields.side == "request" else (Reply, command.facts.reply)
    fields.note("bytes", "those that belong to no field are not printed")
    if failed or "flags" not in head.members:
        return kind(command, header)
    return kind(command, header, _payload(fields, name, records, header))


def _header(fields: Fields, command: Command, head: Struct) -> Header:
    fields.only(head, *Header.__struct_fields__, "string")
    whole = "flags" in head.members  # printed last of all
    if not whole:
        fields.note("header", head.comment or "the rest is left out")
    values: dict[str, Any] = {}
    for name in Header.__struct_fields__:
        path = f"header.{name}"
        if name not in head.members:
            if not (whole and name in ("dev", "name", "uuid") and command not in UNADDRESSED):
                fields.note(path, NOT_PRINTED)
        elif name == "version":
            values[name] = fields.version(head.members[name], path)
        elif name == "flags":
            values[name] = fields.flags(head.members[name], path)
        elif name in NUMBERS:
            values[name] = fields.whole(head.members[name], path, NUMBERS[name])
        else:
            values[name] = fields.text(head, name, path)
    return Header(**values)


def _payload(fields: Fields, name: str | None, printed: list[Any], header: Header) -> Any:
    for item in printed:
        if not isinstance(item, Struct):
            fields.note("payload", shown(item))
    items = [item for item in printed if isinstance(item, Struct)]
    shape = generated.PAYLOADS[name](header) if name else None
    if name is None or shape is None:
        if items:
            fields.note("payload", "printed, where the command has none")
        return () if name in ("table_load", "table_status") else None
    if name not in generated.CHAINS:
        return _RECORDS[name](fields, items[0], "payload", header) if items else None
    records = [_RECORDS[name](fields, item, f"payload[{index}]", header) for index, item in enumerate(items)]
    return _linked(records, shape, name)


def _linked(records: list[Any], shape: str, name: str) -> tuple[Any, ...]:
    """The records with `next` as a program that packs them densely writes it."""
    linked = []
    at = 0
    for index, record in enumerate(records):
        end = at
        for span in spans(generated.SHAPES[shape], record, "", at):
            end = span.offset + span.size
        then = end + -end % ALIGNMENT
        step = then if generated.CHAINS[name] == "first" else then - at
        if index + 1 == len(records) and name in ("name_list", "target_versions"):
            step = 0
        linked.append(msgspec.structs.replace(record, next=step))
        at = then
    return tuple(linked)


def _spec(fields: Fields, item: Struct, path: str, _header: Header) -> TargetSpec:
    fields.only(item, "sector_start", "length", "status", "target_type", "string")
    fields.note(f"{path}.next", COUNTED_ANEW)
    return TargetSpec(
        sector_start=fields.number(item, "sector_start", path, "Q"),
        length=fields.number(item, "length", path, "Q"),
        status=fields.number(item, "status", path, "i"),
        target_type=fields.text(item, "target_type", f"{path}.target_type"),
        parameters=fields.text(item, "string", f"{path}.parameters"),
    )


def _name(fields: Fields, item: Struct, path: str, header: Header) -> NameList:
    fields.only(item, "dev", "name", "event_nr")
    fields.note(f"{path}.next", COUNTED_ANEW)
    record = NameList(dev=fields.number(item, "dev", path, "Q"), next=0, name=fields.text(item, "name", f"{path}.name"))
    if header.version[1] < 37:
        return record
    record = msgspec.structs.replace(record, event_nr=fields.number(item, "event_nr", path, "I"))
    if header.version[1] < 45:
        return record
    fields.note(f"{path}.flags", NOT_PRINTED)
    fields.note(f"{path}.uuid", NOT_PRINTED)
    return msgspec.structs.replace(record, flags=0)


def _versions(fields: Fields, item: Struct, path: str, _header: Header) -> TargetVersions:
    fields.only(item, "name", "version")
    fields.note(f"{path}.next", COUNTED_ANEW)
    version = fields.version(item.members.get("version"), f"{path}.version")
    return TargetVersions(next=0, version=version, name=fields.text(item, "name", f"{path}.name"))


def _deps(fields: Fields, item: Struct, path: str, _header: Header) -> TargetDeps:
    fields.only(item, "count", "deps")
    fields.note(f"{path}.padding", NOT_PRINTED)
    printed = item.members.get("deps", [])
    numbers = [number for number in printed if isinstance(number, int | Made)] if isinstance(printed, list) else []
    if fields.number(item, "count", path, "I") != len(numbers):
        fields.note(f"{path}.dev", "more follows" if isinstance(printed, list) else shown(printed))
    return TargetDeps(dev=tuple(fields.whole(number, f"{path}.dev", "Q") for number in numbers))


def _message(fields: Fields, item: Struct, path: str, _header: Header) -> TargetMsg:
    fields.only(item, "sector", "message")
    return TargetMsg(fields.number(item, "sector", path, "Q"), fields.text(item, "message", f"{path}.message"))


def _string(cls: Callable[[str], Any], field: str) -> Callable[[Fields, Struct, str, Header], Any]:
    def read(fields: Fields, item: Struct, path: str, _header: Header) -> Any:
        fields.only(item, "string")
        return cls(fields.text(item, "string", f"{path}.{field}"))

    return read


_RECORDS: Final[dict[str, Callable[[Fields, Struct, str, Header], Any]]] = {
    "table_load": _spec,
    "table_status": _spec,
    "name_list": _name,
    "target_versions": _versions,
    "target_deps": _deps,
    "target_msg": _message,
    "message_answer": _string(MessageAnswer, "message"),
    "rename": _string(Rename, "new_name"),
    "geometry": _string(Geometry, "text"),
}
"""How each payload's records were printed; the keys are those of `dmproto.wire.layout.PAYLOADS`."""
