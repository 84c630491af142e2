"""What a field's value means, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from dmproto.show.text import quoted, size_of
from dmproto.wire.codec import payload_name
from dmproto.wire.command import Command
from dmproto.wire.flags import DM_FLAGS, NAME_LIST_DOESNT_HAVE_UUID, NAME_LIST_HAS_UUID, UDEV_FLAGS, DmFlag, Flag
from dmproto.wire.generated import CHAINS, DeviceMessage, DeviceNumber, UdevEvent
from dmproto.wire.limits import HEADER_SIZE
from dmproto.wire.shape import Span
from dmproto.wire.values import Reply, Request

EXISTS: Final = Flag("EXISTS", "DM_EXISTS_FLAG", 2, "in", (1, 0, 0), "version 1's; libdevmapper still sends it")
"""No kernel in use knows this bit."""

Message = Request | Reply


def printed(span: Span) -> str:
    """The value itself, on one line."""
    value = span.value
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bytes):
        return value.hex(" ") or "(empty)"
    if isinstance(value, tuple):
        return ".".join(map(str, value)) if span.path.endswith("version") else " ".join(map(str, value))
    if span.path == "header.flags":
        return f"{int(value):#x}" if value else "0"
    return str(int(value))


def meaning(value: Any, span: Span) -> str:
    """What the value of a field says; empty where that is plain.

    Args:
        value: the whole message.
        span: the field.
    """
    if isinstance(value, DeviceMessage):
        return ""
    record, _, name = span.path.rpartition(".")
    find = _MEANINGS.get(f"header.{name}" if record == "header" else name)
    words = [find(value, span)] if find is not None else []
    if record == "header" and span.value and isinstance(value.command, Command):
        facts = value.command.facts
        if isinstance(value, Request) and name not in facts.reads and not (name == "data_start" and value.payload):
            words.append("not looked at")
        elif isinstance(value, Reply) and name not in facts.writes and name in _ECHOED:
            words.append("as it was sent")
    return "; ".join(filter(None, words))


_ECHOED: Final = frozenset({"data_start", "target_count", "open_count", "event_nr", "padding", "dev"})


def named_bits(number: int, flags: tuple[Flag, ...], *, c_names: bool = True) -> str:
    """The names of the bits set, and what has no name in hex."""
    parts = [flag.c_name if c_names else flag.name for flag in flags if number & flag.value]
    rest = number & ~sum(flag.value for flag in flags)
    return " | ".join([*parts, *([f"{rest:#x} (no flag)"] if rest else [])])


def device(number: int) -> str:
    """A device number as major:minor."""
    found = DeviceNumber.from_word(number)
    return f"{found.major}:{found.minor}"


def _of_flags(message: Message, span: Span) -> str:
    return named_bits(int(span.value), tuple(sorted((*DM_FLAGS, EXISTS), key=lambda flag: flag.bit)))


def _of_event_nr(message: Message, span: Span) -> str:
    command, header = message.command, message.header
    if not isinstance(message, Request) or not isinstance(command, Command) or header is None or not span.value:
        return ""
    if command.facts.event_nr != "cookie" or (command is Command.DEV_SUSPEND and header.flags & DmFlag.SUSPEND):
        return ""
    event = UdevEvent.from_word(span.value)
    flags = named_bits(event.flags, UDEV_FLAGS)
    return f"udev cookie {event.cookie:#06x}" + (f", {flags}" if flags else "")


def _of_dev(message: Message, span: Span) -> str:
    if isinstance(span.value, tuple):
        return " ".join(map(device, span.value))
    return device(span.value) if span.value else ""


def _of_data_size(message: Message, span: Span) -> str:
    if isinstance(message, Request):
        return "size of the buffer"
    return "the header alone came back" if span.value == HEADER_SIZE else "bytes came back"


def _of_sectors(message: Message, span: Span) -> str:
    return size_of(span.value) if span.value else ""


def _of_next(message: Message, span: Span) -> str:
    name = payload_name(type(message), message.command)
    last = span.path.startswith(f"payload[{len(message.payload) - 1}]")
    if name == "table_load" and last:
        return "not looked at in the last"
    if name in CHAINS and CHAINS[name] == "first":
        return "from the first record to " + ("where one more would start" if last else "the next")
    return "the last" if last and not span.value else ""


def _of_uuid_flags(message: Message, span: Span) -> str:
    known = {NAME_LIST_HAS_UUID: "a uuid follows", NAME_LIST_DOESNT_HAVE_UUID: "there is no uuid"}
    return known.get(span.value, "")


def _of_name(message: Message, span: Span) -> str:
    if message.command is Command.GET_TARGET_VERSION and isinstance(message, Request):
        return "of the target type"
    return "prefix of those wanted" if message.command is Command.LIST_DEVICES and span.value else ""


_MEANINGS: Final[dict[str, Callable[[Message, Span], str]]] = {
    "header.flags": _of_flags,
    "header.event_nr": _of_event_nr,
    "header.dev": _of_dev,
    "header.data_size": _of_data_size,
    "header.name": _of_name,
    "dev": _of_dev,
    "sector_start": _of_sectors,
    "length": _of_sectors,
    "sector": _of_sectors,
    "next": _of_next,
    "flags": _of_uuid_flags,
}
