"""Oracle: gcc on the structs of <linux/dm-ioctl.h>, for 64-bit and 32-bit programs.

Compared: the offset, size, element size and sign of every field of every shape and of the schema it was made from, the
sizes of the structs, and the bytes that each in-place accessor reads and writes, in both byte orders. What no header
declares (the tail of a name list's record, the parameters behind a target_spec, the 2004 frame) is compiled as a
struct that says so.
"""

from __future__ import annotations

import struct
from typing import Any

import pytest

from dmproto.wire import generated, layout, limits
from dmproto.wire.records import Record
from dmproto.wire.view import View
from tests.external.c_header import MEMBERS, STRUCTS, TEXTS

VIEWS = {
    "dm_ioctl": generated.HeaderView,
    "target_spec_load": generated.TargetSpecView,
    "name_list_45": generated.NameListView,
    "dm_target_deps": generated.TargetDepsView,
    "dm_target_versions": generated.TargetVersionsView,
    "dm_target_msg": generated.TargetMsgView,
}
CODES = {(4, 0): "I", (4, 1): "i", (8, 0): "Q"}
MEMBERS_OF_VIEWS = [
    (member, view) for member in MEMBERS for name, view in VIEWS.items() if name == member.record and member.part.size
]


def record_of(name: str) -> Record:
    """The schema of a record."""
    found = layout.FRAMES[name] if name in layout.FRAMES else getattr(layout, name)
    assert isinstance(found, Record)
    return found


def test_every_shape_is_compared() -> None:
    assert set(generated.SHAPES) == STRUCTS.keys() | TEXTS
    assert len(MEMBERS) > 50


def test_every_field_of_every_shape(compiled: dict[str, int]) -> None:
    for member in MEMBERS:
        assert member.offset == compiled[f"offset:{member.key}"], member
        assert member.part.size == compiled.get(f"size:{member.key}", 0), member
        if member.part.code:
            kind = (compiled[f"element:{member.key}"], compiled[f"signed:{member.key}"])
            assert CODES[kind] == member.part.code, member


def test_every_run_of_every_schema(compiled: dict[str, int]) -> None:
    seen = 0
    for name in STRUCTS:
        for run in record_of(name).runs.values():
            for field, offset, size in run.fields:
                seen += 1
                assert offset == compiled[f"offset:{name}.{field}"], (name, field)
                assert size == compiled[f"size:{name}.{field}"], (name, field)
    assert seen == sum(bool(member.part.size) for member in MEMBERS)


def test_sizes(compiled: dict[str, int]) -> None:
    assert compiled["sizeof:dm_ioctl"] == limits.STRUCT_SIZE
    assert compiled["offset:dm_ioctl.data"] == limits.HEADER_SIZE == generated.HeaderView.SIZE
    assert compiled["size:dm_ioctl.data"] == limits.STRUCT_SIZE - limits.HEADER_SIZE
    for name in ("target_spec_load", "target_spec_status", "dm_target_deps", "dm_target_versions", "dm_target_msg"):
        assert compiled[f"sizeof:{STRUCTS[name]}"] == record_of(name).fixed_size
    # the one size that differs: 64-bit programs pad the struct, and the name starts inside of that
    assert compiled["sizeof:dm_name_list"] in (12, 16)
    assert all(record_of(name).fixed_size == 12 for name in ("name_list_0", "name_list_37", "name_list_45"))


@pytest.mark.parametrize(("name", "view"), VIEWS.items(), ids=VIEWS)
def test_a_view_has_the_fields_of_its_struct(name: str, view: type[View]) -> None:
    properties = {field for field, value in vars(view).items() if isinstance(value, property)}
    fields = {m.part.name for m in MEMBERS if m.record == name and m.part.size and m.struct != "name_tail"}
    assert properties == fields


@pytest.mark.parametrize("byteorder", ["little", "big"])
def test_views_read_and_write_the_bytes_c_says(compiled: dict[str, int], byteorder: str) -> None:
    for member, view_class in MEMBERS_OF_VIEWS:
        if member.struct == "name_tail":
            continue
        before = bytes(range(1, 256)) * 2
        start = 3 + compiled[f"offset:{member.key}"]
        end = start + compiled[f"size:{member.key}"]
        buffer = bytearray(before)
        view: Any = view_class(buffer, 3, byteorder)
        name = member.part.name
        assert getattr(view, name) == value_of(before[start:end], compiled, member.key, byteorder), member
        raw = before[start:end][::-1]
        if member.part.kind == "chars":
            raw = raw[:-1] + b"\0"
        setattr(view, name, value_of(raw, compiled, member.key, byteorder))
        assert buffer == before[:start] + raw + before[end:], member


def value_of(raw: bytes, compiled: dict[str, int], key: str, byteorder: str) -> object:
    """What the bytes of a field are worth to a C program."""
    if f"element:{key}" not in compiled:
        return raw.partition(b"\0")[0].decode("utf-8", "surrogateescape")
    size = compiled[f"element:{key}"]
    code = CODES[size, compiled[f"signed:{key}"]]
    values = struct.unpack(f"{'<' if byteorder == 'little' else '>'}{len(raw) // size}{code}", raw)
    return values if len(raw) > size else values[0]
