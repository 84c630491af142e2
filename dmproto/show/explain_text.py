"""An explanation of a request number as lines of text."""

from __future__ import annotations

import errno
import textwrap
from collections.abc import Iterator
from typing import Final

from dmproto.errors import DecodeError
from dmproto.rules import RULES
from dmproto.show.colour import BOLD, DIM, Paint
from dmproto.show.explain import Explanation, Meaning, header_fields, macro, payloads
from dmproto.show.records import Layout, frame
from dmproto.wire.command import Command
from dmproto.wire.dialects import Dialect
from dmproto.wire.ioctl import ARCHES
from dmproto.wire.limits import DM_IOCTL

_EVENT_NR: Final = {"cookie": "a udev cookie and udev flags", "event": "an event number", "": ""}


def explanation(found: Explanation, paint: Paint) -> Iterator[str]:
    """All of it: who reads the number how, then each command and each dialect that was named."""
    for meaning in found.meanings:
        yield from _meaning(meaning, paint)
    for command in found.commands:
        yield ""
        yield from _command(command, paint)
    for dialect in found.dialects:
        yield ""
        yield from _dialect(dialect, paint)


def _meaning(meaning: Meaning, paint: Paint) -> Iterator[str]:
    number = meaning.number
    apart = "" if isinstance(number, DecodeError) else f"  {macro(number)}"
    yield paint(f"{meaning.code:#010x}{apart}", BOLD)
    yield from _wrapped(_arches(meaning.arches))
    if isinstance(number, DecodeError):
        yield f"  {number.sentence}"
    if meaning.nr is None:
        kind = meaning.code >> 8 & 0xFF
        yield f"  no device-mapper request: its type is {kind:#04x}, device-mapper's {DM_IOCTL:#04x}"
        return
    if meaning.dialects:
        yield f"  on a mapped device: the direct message, in dialect {', '.join(meaning.dialects)}"
    if meaning.probe:
        yield "  on a mapped device: DM_MPATH_PROBE_PATHS"
    yield from _wrapped(f"on the control node: {_control(meaning)}")


def _control(meaning: Meaning) -> str:
    command = meaning.command
    if command is None:
        return f"command {meaning.nr}, which is unknown there (ENOTTY)"
    if meaning.exact:
        return command.c_name
    own = command.code(meaning.arches[0])
    return f"{command.c_name}, whose own number is {own:#010x}: only type and nr are looked at there"


def _arches(arches: tuple[str, ...]) -> str:
    return "on every architecture" if len(arches) == len(ARCHES) else f"on {', '.join(arches)}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 100, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _command(command: Command, paint: Paint) -> Iterator[str]:
    facts = command.facts
    node = "the control node" if facts.door == "control" else "a mapped device"
    yield paint(f"{command.c_name}", BOLD) + f"  {facts.does}"
    yield f"  since    interface {'.'.join(map(str, facts.since))}, on {node}"
    yield f"  takes    {facts.takes}"
    yield f"  returns  {facts.returns}"
    rows = header_fields(command)
    if rows:
        yield ""
        yield paint("  offset  size  header field  request  reply", DIM)
    for name, at, size, asked, answered in rows:
        note = f"  {_EVENT_NR[facts.event_nr]}" if name == "event_nr" and facts.event_nr else ""
        yield f"  {at:>6}  {size:>4}  {name:<12}  {asked:<7}  {answered}{note}".rstrip()
    for kind, layouts in payloads(command):
        for layout in layouts:
            yield ""
            yield from _layout(f"payload of the {kind}, at data_start", layout, paint)


def _layout(place: str, layout: Layout, paint: Paint) -> Iterator[str]:
    when = f", {layout.when}" if layout.when else ""
    chain = ", one after another" if layout.chain else ""
    yield f"  {place}{when}: " + paint(layout.record, BOLD) + chain
    yield f"  {layout.doc}"
    name_width = max(len(row.field) for row in layout.rows)
    type_width = max(len(row.type) for row in layout.rows)
    yield paint(f"  offset  size  {'field':<{name_width}}  {'type':<{type_width}}", DIM).rstrip()
    for row in layout.rows:
        at = "..." if row.offset is None else row.offset
        size = "..." if row.size is None else row.size
        yield f"  {at:>6}  {size:>4}  {row.field:<{name_width}}  {row.type:<{type_width}}  {row.doc}".rstrip()


def _dialect(dialect: Dialect, paint: Paint) -> Iterator[str]:
    yield paint(f"direct message, dialect {dialect.name}", BOLD) + f"  {dialect.doc}"
    yield from _layout("frame", frame(dialect.frame), paint)
    yield "  refused with"
    for rule, number in dialect.errnos.items():
        yield f"    {errno.errorcode[number]:<8}  {RULES[rule].id}"
