"""The layout of payload records and frames as rows to print; construct, which declares them, is not loaded for it."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from dmproto.wire import generated
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import CHAINS, PAYLOADS, SHAPES, Header
from dmproto.wire.shape import Part, Shape

MINORS: Final = 64
"""Interface minors looked through for forms of a payload."""


class FieldRow(NamedTuple):
    """A field of a record: its offset and size, None where they depend on what comes before, its C type and its doc."""

    field: str
    offset: int | None
    size: int | None
    type: str
    doc: str


class Layout(NamedTuple):
    """A record.

    Attributes:
        record: the name of its value class.
        doc: what it is.
        when: the condition under which it has this form, in words.
        chain: what `next` counts from, in words; empty where there is but one record.
        rows: its fields.
    """

    record: str
    doc: str
    when: str
    chain: str
    rows: list[FieldRow]

    @property
    def document(self) -> dict[str, Any]:
        """The layout as JSON has it."""
        return self._asdict() | {"rows": [row._asdict() for row in self.rows]}


_FROM: Final = {"record": "the start of this record", "first": "the start of the first record", "": ""}


def payload(name: str) -> list[Layout]:
    """The forms of a payload, by its name in `PAYLOADS`, the oldest first."""
    forms: dict[str, str] = {}
    for flags, words in ((0, ""), (int(DmFlag.UUID), "with DM_UUID_FLAG")):
        for minor in range(MINORS):
            header = Header(version=(4, minor, 0), data_size=1024, target_count=1, flags=DmFlag(flags))
            form = PAYLOADS[name](header)
            if form is not None and form not in forms:
                forms[form] = words or (f"from interface 4.{minor}" if minor else "")
    chain = _FROM[CHAINS.get(name, "")]
    return [_layout(SHAPES[form], when, chain) for form, when in forms.items()]


def frame(name: str) -> Layout:
    """The frame of a direct device message, by its name in `SHAPES`."""
    return _layout(SHAPES[name], "", "")


_TYPES: Final = {"I": "u32", "i": "s32", "Q": "u64"}


def _layout(shape: Shape, when: str, chain: str) -> Layout:
    cls = getattr(generated, shape.cls)
    rows = []
    at: int | None = 0
    for part in shape.parts:
        if part.kind == "align":
            at = None if at is None else at + -at % part.size
            continue
        doc = f"bytes from {chain} to the next one" if chain and part.name == "next" else _doc(cls, part.name)
        rows.append(FieldRow(part.name, at, part.size or None, _type(part), doc))
        at = at + part.size if at is not None and part.size else None
    return Layout(shape.cls, _first(cls.__doc__), when, chain, rows)


def _type(part: Part) -> str:
    if part.kind == "row":
        return f"{_TYPES[part.code]}[{part.items}]"
    if part.kind == "words":
        return f"{_TYPES[part.code]}[count]"
    if part.kind == "chars":
        return f"char[{part.size}]"
    if part.kind == "payload":
        return "u8[length]"
    if part.kind == "text":
        return f"text, at most {part.limit} bytes" if part.limit else "text"
    return _TYPES[part.code]


def _doc(cls: type, name: str) -> str:
    """What the class says of a field: the schema's own words, in its docstring or a property's."""
    own = getattr(cls, name, None)
    if isinstance(own, property):
        return _first(own.__doc__).lower().rstrip(".")
    found = re.search(rf"^ +{name}: (.*?)\.$", cls.__doc__ or "", re.MULTILINE)
    return found[1] if found else ""


def _first(doc: str | None) -> str:
    return (doc or "").partition("\n")[0]
