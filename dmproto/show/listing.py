"""Messages and failures as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dmproto.errors import DecodeError, DmprotoError, EncodeError
from dmproto.rules import sentence
from dmproto.show.colour import BOLD, DIM, WRONG, Paint
from dmproto.show.hexdump import hexdump, marked
from dmproto.show.meaning import meaning, printed
from dmproto.show.message import Failure, Shown
from dmproto.show.recordings import Capture
from dmproto.show.redact import redact_error, redact_text
from dmproto.show.text import printable
from dmproto.wire.command import Command
from dmproto.wire.generated import DeviceMessage
from dmproto.wire.shape import Span

ALIGNED: Final = 24
"""Length of values up to which meanings stand in a column."""

GAP_SHOWN: Final = 16
"""Bytes of no field that are shown beside their place."""


def message(shown: Shown, paint: Paint) -> Iterator[str]:
    """A message: its fields, what is no field, anomalies, and a hexdump."""
    yield paint(title(shown), BOLD)
    yield from _fields(shown, paint)
    for at, stray in shown.gaps:
        some = stray[:GAP_SHOWN].hex(" ") + (" ..." if len(stray) > GAP_SHOWN else "")
        yield paint(f"{at:>8}  {len(stray):>4}  (no field)  {some}", DIM)
    for anomaly in getattr(shown.value, "anomalies", ()):
        where = f"anomaly: {anomaly.field} at offset {anomaly.offset}: "
        yield paint(where, WRONG) + f"{anomaly.rule}: {sentence(anomaly.rule)}"
    if shown.redacted:
        yield paint(f"redacted: {', '.join(f'{size} bytes at {at}' for at, size in shown.redacted)}", DIM)
    if shown.data:
        yield ""
        yield from hexdump(shown.data, shown.spans, paint)


def title(shown: Shown) -> str:
    """What a message is, in one line."""
    reading, value = shown.reading, shown.value
    order = f"{reading.byteorder}-endian"
    size = f"{len(shown.data)} bytes" if shown.data is not None else "no bytes"
    if isinstance(value, DeviceMessage):
        return f"direct message {reading.code:#010x}, dialect {reading.dialect}, {order}, {size}"
    name = value.command.c_name if isinstance(value.command, Command) else f"unknown command {value.command}"
    return f"{shown.kind} {name} {reading.code:#010x}, {order}, {size}"


def _fields(shown: Shown, paint: Paint) -> Iterator[str]:
    if not shown.spans:
        return
    rows = [(span, printed(span), _meaning(shown, span)) for span in shown.spans]
    name_width = max(len(span.path) for span, _, _ in rows)
    widths = [len(value) for _, value, words in rows if words and len(value) <= ALIGNED]
    value_width = max(widths, default=0)
    yield paint(f"{'offset':>8}  {'size':>4}  {'field':<{name_width}}  value", DIM)
    for index, (span, value, words) in enumerate(rows):
        name = paint.field(f"{span.path:<{name_width}}", index)
        line = f"{span.offset:>8}  {span.size:>4}  {name}  "
        yield line + (f"{value:<{value_width}}  {words}" if words else value)


def _meaning(shown: Shown, span: Span) -> str:
    words = meaning(shown.value, span)
    hidden = any(at < span.offset + span.size and span.offset < at + size for at, size in shown.redacted)
    return "; ".join(filter(None, (words, "redacted" if hidden else "")))


def error_line(error: DmprotoError) -> str:
    """An error in one line, fit for a terminal."""
    if not isinstance(error, DecodeError | EncodeError):
        return printable(redact_text(str(error)))
    place = f" at offset {error.offset}" if isinstance(error, DecodeError) else ""
    return printable(f"{error.path}{place}: {error.rule}: {redact_error(error)}")


def failure(failed: Failure, paint: Paint) -> Iterator[str]:
    """Why bytes are no message, and the place where."""
    error = failed.error
    yield paint(error_line(error), WRONG)
    if error.path != "code" and failed.data:
        size = next((span.size for span in failed.spans if span.path == error.path), 1)
        yield from marked(failed.data, error.offset, size, failed.spans, paint)


def capture(call: Capture, paint: Paint) -> Iterator[str]:
    """The head of a call: where it stands, and how it came out."""
    outcome = ""
    if call.ret is not None:
        outcome = f" = {call.ret}" + (f" {printable(call.error)}" if call.error else "")
    door = call.given.get("door")
    head = f"{printable(call.place)}: {call.code:#010x}{f' on the {door} node' if door else ''}{outcome}"
    yield paint(head, BOLD) + (f"  # {printable(redact_text(call.comment))}" if call.comment else "")


def notes(call: Capture, paint: Paint) -> Iterator[str]:
    """What is not known of a call."""
    for path, text in call.notes:
        yield paint(f"note: {printable(path)}: {printable(text)}", DIM)
