"""Values that no message may hold, put in the place of one field of a legal one."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from hypothesis import strategies as st

from dmproto.wire.generated import DeviceMessage, Geometry, Header, NameList, Rename, TargetSpec
from tests.wire import messages
from tests.wire.messages import Case

NUMBERS: Final = (-1, -(2**31) - 1, 2**31, 2**32, 2**64, 2**200, 0, 1, 3, 304, 305, 2**30 + 1, True)
WRONG: Final[tuple[Any, ...]] = (
    None,
    1.5,
    4.0,
    "1",
    b"1",
    [],
    {},
    object,
    (),
    (1,),
    (4, 0, 0, 0),
    (4, 0, None),
    ["4", 0, 0],
    (5, 0, 0),
)
LONG: Final = tuple("n" * size for size in (0, 15, 16, 127, 128, 129))
TEXTS: Final = (*LONG, "a\0b", "\0", "\ud800", "\udcff", "\udcc3\udca9", "é" * 64)
RECORDS: Final = (
    Header(),
    TargetSpec(),
    NameList(1, 0, "n"),
    NameList(1, 0, "n", 1),
    NameList(1, 0, "n", 1, 1),
    NameList(1, 0, "n", 1, 2, "u"),
    Rename("n"),
    Geometry("1 1 1 1"),
    DeviceMessage(0, None, b""),
)
OTHERS: Final = (b"", b"p" * 64, b"p" * 65, bytearray(b"p"), (None,), (2**64,), (1, -1), ("1",), (1.0,))

ANYTHING: Final = st.sampled_from((*NUMBERS, *WRONG, *TEXTS, *RECORDS, *OTHERS, *((record,) for record in RECORDS)))


def _spoil(draw: st.DrawFn, value: Any) -> Any:
    """The same value with one field, at any depth, replaced."""
    if isinstance(value, tuple) and value and draw(st.integers(0, 5)):
        index = draw(st.integers(0, len(value) - 1))
        return (*value[:index], _spoil(draw, value[index]), *value[index + 1 :])
    if isinstance(value, msgspec.Struct) and draw(st.integers(0, 5)):
        name = draw(st.sampled_from([name for name in value.__struct_fields__ if name not in ("anomalies", "command")]))
        return msgspec.structs.replace(value, **{name: _spoil(draw, getattr(value, name))})
    return draw(ANYTHING)


@st.composite
def spoiled(draw: st.DrawFn, of: st.SearchStrategy[Case]) -> Case:
    """A message with one to three of its fields made impossible, or merely different."""
    case = draw(of)
    value = case.value
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
        field = draw(st.sampled_from([n for n in value.__struct_fields__ if n not in ("anomalies", "command")]))
        value = msgspec.structs.replace(value, **{field: _spoil(draw, getattr(value, field))})
    return case._replace(value=value)


def all_spoiled() -> st.SearchStrategy[Case]:
    """Spoiled messages of every kind."""
    return spoiled(messages.cases())
