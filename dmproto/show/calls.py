"""Recorded calls, read message by message; and what came of it as a JSON document or as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from dmproto.errors import DecodeError, DmprotoError, EncodeError, Refusal
from dmproto.rules import sentence
from dmproto.show import listing
from dmproto.show.bad_input import BadInput
from dmproto.show.colour import Paint
from dmproto.show.document import Document, plain, to_document
from dmproto.show.meaning import meaning
from dmproto.show.message import Failure, Reading, Shown, of_value, read
from dmproto.show.recordings import Capture, Side
from dmproto.show.redact import redact_error, redact_text
from dmproto.wire.shape import Span

Result = Shown | Failure


class Seen(NamedTuple):
    """A call and what its messages are; None where there is none, or it was not asked for."""

    call: Capture
    request: Result | None
    reply: Result | None

    @property
    def failed(self) -> bool:
        """Whether a message could not be read."""
        return isinstance(self.request, Failure) or isinstance(self.reply, Failure)


def see(call: Capture, reading: Reading, kinds: tuple[str, ...]) -> Seen:
    """Read the messages of a call.

    Args:
        call: the call.
        reading: how to read them, but for request number and side.
        kinds: which to show, of `request` and `reply`.

    Raises:
        BadInput: the file names a byte order, architecture, dialect or door that there is not.
    """
    try:
        request = _see(call.request, reading._replace(kind="request", code=call.code))
        known = request.secrets if request is not None else ()
        reply = _see(call.reply, reading._replace(kind="reply", code=call.code), known)
    except ValueError as error:
        raise BadInput(f"{call.place}: {error}") from None
    return Seen(call, request if "request" in kinds else None, reply if "reply" in kinds else None)


def _see(side: Side | None, reading: Reading, known: tuple[bytes, ...] = ()) -> Result | None:
    if side is None:
        return None
    return of_value(side.value, reading) if side.data is None else read(side.memory, reading, known)


# --- as JSON


def described(result: Result | None) -> Document | None:
    """A message, and what was found out about it, or its error, as `dmproto.show.document` says."""
    if result is None:
        return None
    if isinstance(result, Failure):
        return error_document(result.error)
    reading = result.reading
    document = to_document(
        result.value,
        code=reading.code,
        byteorder=str(reading.byteorder),
        arch=reading.arch,
        dialect=reading.dialect,
    )
    return document | {
        "fields": [_field(result.value, span) for span in result.spans],
        "gaps": [{"offset": at, "size": len(run), "bytes": run.hex()} for at, run in result.gaps],
        "anomalies": [
            {"offset": found.offset, "field": found.field, "rule": found.rule, "sentence": sentence(found.rule)}
            for found in getattr(result.value, "anomalies", ())
        ],
        "redacted": [list(run) for run in result.redacted],
    }


def _field(value: Any, span: Span) -> Document:
    words = meaning(value, span)
    each = span.size // len(span.value) if isinstance(span.value, tuple) and span.value else span.size
    row = {"path": span.path, "offset": span.offset, "size": span.size, "value": plain(span.value, each)}
    return row | ({"meaning": words} if words else {})


def error_document(error: DmprotoError) -> Document:
    """An error; what it does not say is null."""
    refusal = error if isinstance(error, Refusal) else None
    located = error if isinstance(error, DecodeError | EncodeError) else None
    return {
        "error": {
            "path": located.path if located else None,
            "offset": getattr(error, "offset", None),
            "rule": refusal.rule if refusal else None,
            "sentence": redact_error(refusal) if refusal else redact_text(str(error)),
        }
    }


def capture_document(seen: Seen) -> Document:
    """A call."""
    call = seen.call
    document: Document = {"place": call.place, "code": f"{call.code:#010x}"}
    if call.comment:
        document["comment"] = redact_text(call.comment)
    if call.ret is not None:
        document["ret"] = call.ret
    if call.error:
        document["errno"] = call.error
    if call.notes:
        document["notes"] = [{"path": path, "text": text} for path, text in call.notes]
    return document | {"request": described(seen.request), "reply": described(seen.reply)}


# --- as text


def lines(result: Result, paint: Paint) -> Iterator[str]:
    """A message, or why there is none."""
    return listing.failure(result, paint) if isinstance(result, Failure) else listing.message(result, paint)


def call_lines(seen: Seen, paint: Paint) -> Iterator[str]:
    """A call."""
    yield from listing.capture(seen.call, paint)
    yield from listing.notes(seen.call, paint)
    for result in (seen.request, seen.reply):
        if result is not None:
            yield from lines(result, paint)
