"""What is timed: a candidate is one way to read and write one workload."""

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.workloads import FRAME_FIELDS, HEADER_FIELDS, SPEC_FIELDS, WORKLOADS, Plain


@dataclass(frozen=True)
class Candidate:
    """One row of one table.

    ``decode``, ``encode`` and ``build`` are expressions and ``read`` a list of statements, all compiled for this
    candidate alone: a call site that two candidates shared would lose what the interpreter specialised for the first.
    Their names come from ``names``; besides, ``data`` is the workload's bytes, ``o`` in ``read`` what ``decode`` gave,
    and ``value`` in ``encode`` the same, decoded once beforehand.

    ``plain`` turns a decoded object into the plain value that the workload expects.  ``fully_read``, when given, stands
    for the whole decode+read column: for a peer that would otherwise read a field once to check it and once more.

    A strict candidate makes every check that dmproto makes, which is tested before it is timed.  A floor only shows
    what the interpreter itself costs, and is not tested.
    """

    name: str
    workload: str
    names: Mapping[str, Any]
    decode: str | None = None
    read: tuple[str, ...] = ()
    fully_read: str | None = None
    encode: str | None = None
    build: str | None = None
    plain: Callable[[Any], Plain] | None = None
    is_floor: bool = False
    is_strict: bool = False


def fresh(function: Callable[..., Any], **names: Any) -> Callable[..., Any]:
    """Return a copy of ``function`` with a code object of its own, in which ``names`` replace the globals of that name.

    The interpreter specialises a code object in place; candidates that run the same source must not share one.
    """
    assert isinstance(function, types.FunctionType)
    return types.FunctionType(
        function.__code__.replace(), {**function.__globals__, **names}, function.__name__, function.__defaults__
    )


def cut_text(text: Any) -> str:
    """Return a name as ``str``: what stands before the first NUL of ``str``, or of bytes or of anything like them."""
    if isinstance(text, str):
        return text.partition("\0")[0]
    return bytes(text).partition(b"\0")[0].decode("utf-8", "surrogateescape")


def plain_header(header: Any) -> Plain:
    """Return the plain value of a header object with attributes."""
    numbers = (int(getattr(header, name)) for name in HEADER_FIELDS[1:-2])
    return (tuple(header.version), *numbers, cut_text(header.name), cut_text(header.uuid))


def plain_frame(frame: Any) -> Plain:
    """Return the plain value of a frame object with attributes."""
    return (frame.target_index, frame.tag, bytes(frame.payload))


def plain_spec(spec: Any) -> Plain:
    """Return the plain value of a target spec with attributes."""
    numbers = (getattr(spec, name) for name in SPEC_FIELDS[:4])
    return (*numbers, cut_text(spec.target_type), cut_text(spec.parameters))


def plain_table(table: Any) -> Plain:
    """Return the plain value of a (header, specs) pair."""
    header, specs = table
    return plain_header(header), tuple(map(plain_spec, specs))


READ_HEADER = tuple(f"o.{name}" for name in HEADER_FIELDS)
READ_FRAME = tuple(f"o.{name}" for name in FRAME_FIELDS)
READ_TABLE = (
    "header, specs = o",
    *(f"header.{name}" for name in HEADER_FIELDS),
    "for spec in specs:",
    *(f"    spec.{name}" for name in SPEC_FIELDS),
)
READ = {"W1": READ_HEADER, "W2": READ_FRAME, "W3": READ_TABLE}
PLAIN: dict[str, Callable[[Any], Plain]] = {"W1": plain_header, "W2": plain_frame, "W3": plain_table}


def with_attributes(name: str, workload: str, **settings: Any) -> Candidate:
    """Return a candidate whose objects have the workload's fields as attributes."""
    return Candidate(name, workload, **{"read": READ[workload], "plain": PLAIN[workload], **settings})


def field_values(workload: str) -> dict[str, Any]:
    """Return the workload's values under their field names, names also as bytes (``name_bytes``), for ``build``."""
    fields = HEADER_FIELDS if workload == "W1" else FRAME_FIELDS
    values = dict(zip(fields, WORKLOADS[workload].value, strict=True))
    as_bytes = {f"{key}_bytes": value.encode() for key, value in values.items() if isinstance(value, str)}
    return values | as_bytes
