"""What cannot be written is refused with the field and the rule, by both engines alike; nothing is cut silently."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmproto.errors import EncodeError
from dmproto.wire import codec
from dmproto.wire.command import Command
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import (
    DeviceMessage,
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
from dmproto.wire.layout import PAYLOADS
from dmproto.wire.values import Reply, Request
from tests.wire import engines, hostile, messages
from tests.wire.messages import Case

BIG = Header(data_size=4096)


@given(hostile.all_spoiled())
def test_nothing_but_an_encode_error_leaves_the_encoder(case: Case) -> None:
    assert engines.encode_generated(case.value, case.byteorder, case.dialect).told


@pytest.mark.parametrize("name", sorted(PAYLOADS))
@given(data=st.data())
def test_both_engines_refuse_the_same_field_by_the_same_rule(name: str, data: st.DataObject) -> None:
    case = data.draw(hostile.spoiled(messages.controls(name)))
    assert engines.encode_generated(*case) == engines.encode_interpreted(*case)


@given(hostile.spoiled(messages.frames()))
def test_both_engines_refuse_the_same_in_a_frame(case: Case) -> None:
    assert engines.encode_generated(*case) == engines.encode_interpreted(*case)


@given(hostile.all_spoiled())
def test_what_is_written_after_all_reads_back(case: Case) -> None:
    if engines.encode_generated(*case).error is None:
        assert engines.decode_generated(case.reading, case.bytes).value == engines.plain(case.value)


def load(*targets: TargetSpec, **header: Any) -> Request:
    """A table to load."""
    given: dict[str, Any] = {"data_size": 4096, "target_count": len(targets)}
    return Request(Command.TABLE_LOAD, Header(**(given | header)), targets)


def answer(command: Command, payload: Any, **header: Any) -> Reply:
    """A reply with a payload."""
    given: dict[str, Any] = {"data_size": 4096, "version": (4, 47, 0)}
    return Reply(command, Header(**(given | header)), payload)


LONG = 2**32 - 1
REFUSED: dict[str, tuple[Any, str, str]] = {
    "no message": ("hello", "value", "value/type"),
    "a command that is no number": (Request("3", BIG), "command", "value/type"),  # type: ignore[arg-type]
    "a command beyond eight bits": (Request(256, BIG, b""), "nr", "code/field"),
    "a negative command": (Request(-1, BIG, b""), "command", "number/range"),
    "no header": (Request(Command.VERSION, None), "header", "value/type"),
    "a header that is none": (Request(Command.VERSION, "h"), "header", "value/type"),  # type: ignore[arg-type]
    "another major": (Request(Command.VERSION, Header(version=(5, 0, 0))), "header.version", "header/version"),
    "a version of two": (Request(Command.VERSION, Header(version=(4, 0))), "header.version", "value/count"),  # type: ignore[arg-type]
    "a version in a list": (Request(Command.VERSION, Header(version=[4, 0, 0])), "header.version", "value/type"),  # type: ignore[arg-type]
    "a negative minor": (Request(Command.VERSION, Header(version=(4, -1, 0))), "header.version[1]", "number/range"),
    "data_size 304": (Request(Command.VERSION, Header(data_size=304)), "header.data_size", "header/data-size"),
    "data_size beyond 1 GiB": (
        Request(Command.VERSION, Header(data_size=2**30 + 1)),
        "header.data_size",
        "header/data-size",
    ),
    "a name of 128 bytes": (Request(Command.VERSION, Header(name="é" * 64)), "header.name", "text/limit"),
    "a uuid of 129 bytes": (Request(Command.VERSION, Header(uuid="u" * 129)), "header.uuid", "text/limit"),
    "a NUL in a name": (Request(Command.VERSION, Header(name="a\0b")), "header.name", "text/nul"),
    "a name of bytes": (Request(Command.VERSION, Header(name=b"a")), "header.name", "value/type"),  # type: ignore[arg-type]
    "a lone surrogate": (Request(Command.VERSION, Header(name="\ud800")), "header.name", "text/encodable"),
    "surrogates that spell a character": (
        Request(Command.VERSION, Header(name="\udcc3\udca9")),
        "header.name",
        "text/encodable",
    ),
    "flags beyond 32 bits": (Request(Command.VERSION, Header(flags=DmFlag(2**32))), "header.flags", "number/range"),
    "open_count beyond 31 bits": (
        Request(Command.VERSION, Header(open_count=2**31)),
        "header.open_count",
        "number/range",
    ),
    "a payload nobody takes": (Request(Command.VERSION, Header(), b"x"), "payload", "value/absent"),
    "a payload in a bare device ioctl": (Request(Command.MPATH_PROBE_PATHS, None, b""), "payload", "value/absent"),
    "text for an unknown command": (Request(99, BIG, "x"), "payload", "value/type"),
    "more raw bytes than data_size": (Request(99, Header(), bytes(8)), "header.data_size", "payload/bounds"),
    "fewer targets than counted": (load(target_count=1), "header.target_count", "chain/count"),
    "more targets than counted": (
        load(TargetSpec(next=48), TargetSpec(), target_count=1),
        "header.target_count",
        "chain/count",
    ),
    "targets and a count of none": (load(TargetSpec(), target_count=0), "payload", "value/absent"),
    "targets in a list": (
        Request(Command.TABLE_LOAD, Header(data_size=4096, target_count=1), [TargetSpec()]),
        "payload",
        "value/type",
    ),
    "a type of 16 bytes": (load(TargetSpec(target_type="t" * 16)), "payload[0].target_type", "text/limit"),
    "data_start inside the header": (load(TargetSpec(), data_start=304), "header.data_start", "payload/start"),
    "data_start before the struct's end": (load(TargetSpec(), data_start=305), "header.data_start", "payload/start"),
    "data_start out of step": (load(TargetSpec(), data_start=316), "header.data_start", "payload/aligned"),
    "data_start past data_size": (load(TargetSpec(), data_start=8192), "header.data_start", "payload/bounds"),
    "parameters past data_size": (load(TargetSpec(parameters="p" * 4096)), "header.data_size", "payload/bounds"),
    "a step into the record itself": (load(TargetSpec(next=40), TargetSpec()), "payload[0].next", "chain/advance"),
    "a step out of step": (load(TargetSpec(next=44), TargetSpec()), "payload[0].next", "chain/aligned"),
    "a step past data_size": (load(TargetSpec(next=8000), TargetSpec()), "payload[0].next", "payload/bounds"),
    "a step that wraps": (load(TargetSpec(next=LONG - 7), TargetSpec()), "payload[0].next", "payload/bounds"),
    "a record of another kind": (load(Rename("x")), "payload[0]", "value/type"),  # type: ignore[arg-type]
    "a message of another kind": (Request(Command.TARGET_MSG, BIG, Rename("x")), "payload", "value/type"),
    "a message past data_size": (
        Request(Command.TARGET_MSG, Header(), TargetMsg(0, "m")),
        "header.data_size",
        "payload/bounds",
    ),
    "a sector below none": (Request(Command.TARGET_MSG, BIG, TargetMsg(-1, "m")), "payload.sector", "number/range"),
    "a new name of 128 bytes": (Request(Command.DEV_RENAME, BIG, Rename("n" * 128)), "payload.new_name", "text/limit"),
    "a new uuid of 129 bytes": (
        Request(Command.DEV_RENAME, Header(data_size=4096, flags=DmFlag.UUID), Rename("n" * 129)),
        "payload.new_name",
        "text/limit",
    ),
    "a geometry of bytes": (Request(Command.DEV_SET_GEOMETRY, BIG, Geometry(b"1")), "payload.text", "value/type"),  # type: ignore[arg-type]
    "an answer in a bare reply": (
        answer(Command.TARGET_MSG, MessageAnswer("a"), data_size=305),
        "payload",
        "value/absent",
    ),
    "a NUL in an answer": (answer(Command.TARGET_MSG, MessageAnswer("a\0")), "payload.message", "text/nul"),
    "an answer past data_size": (
        answer(Command.TARGET_MSG, MessageAnswer("a" * 8), data_size=320),
        "header.data_size",
        "payload/bounds",
    ),
    "no devices where there is room for one": (answer(Command.LIST_DEVICES, ()), "header.data_size", "chain/empty"),
    "a last device with a next": (
        answer(Command.LIST_DEVICES, (NameList(1, 8, "n", 0, 0),)),
        "payload[0].next",
        "chain/last",
    ),
    "a device without event number": (
        answer(Command.LIST_DEVICES, (NameList(1, 0, "n"),)),
        "payload[0].event_nr",
        "value/type",
    ),
    "flags before 4.45": (
        answer(Command.LIST_DEVICES, (NameList(1, 0, "n", 0, 0),), version=(4, 44, 0)),
        "payload[0].flags",
        "value/absent",
    ),
    "an event number before 4.37": (
        answer(Command.LIST_DEVICES, (NameList(1, 0, "n", 0),), version=(4, 36, 0)),
        "payload[0].event_nr",
        "value/absent",
    ),
    "a uuid without its flag": (
        answer(Command.LIST_DEVICES, (NameList(1, 0, "n", 0, 2, "u"),)),
        "payload[0].uuid",
        "value/absent",
    ),
    "a uuid's flag without uuid": (
        answer(Command.LIST_DEVICES, (NameList(1, 0, "n", 0, 1),)),
        "payload[0].uuid",
        "value/type",
    ),
    "a type name of 16 bytes": (
        answer(Command.LIST_VERSIONS, (TargetVersions(0, (1, 0, 0), "t" * 16),)),
        "payload[0].name",
        "text/limit",
    ),
    "device numbers in a list": (answer(Command.TABLE_DEPS, TargetDeps(0, [1])), "payload.dev", "value/type"),  # type: ignore[arg-type]
    "a device number of 65 bits": (
        answer(Command.TABLE_DEPS, TargetDeps(0, (1, 2**64))),
        "payload.dev[1]",
        "number/range",
    ),
    "65 bytes in a frame": (DeviceMessage(0, 0, bytes(65)), "payload", "frame/length"),
    "text in a frame": (DeviceMessage(0, 0, "x"), "payload", "value/type"),  # type: ignore[arg-type]
    "a frame without its tag": (DeviceMessage(0, None, b""), "tag", "value/type"),
    "a negative index": (DeviceMessage(-1, 0, b""), "target_index", "number/range"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("byteorder", ["little", "big"])
def test_a_value_that_does_not_fit_is_refused(case: str, byteorder: str) -> None:
    value, path, rule = REFUSED[case]
    with pytest.raises(EncodeError) as caught:
        codec.encode(value, byteorder=byteorder)
    assert (caught.value.path, caught.value.rule) == (path, rule)
    assert "{" not in str(caught.value)


@pytest.mark.parametrize("case", REFUSED)
def test_both_engines_refuse_it_alike(case: str) -> None:
    value, _, rule = REFUSED[case]
    outcome = engines.encode_generated(value)
    assert outcome.error is not None
    assert outcome.error[2] == rule
    command = getattr(value, "command", None)
    known = isinstance(command, Command) and codec.payload_name(type(value), command)
    if isinstance(value, DeviceMessage) or known:
        assert outcome == engines.encode_interpreted(value)


def test_a_tag_where_the_frame_has_none_is_refused() -> None:
    with pytest.raises(EncodeError) as caught:
        codec.encode(DeviceMessage(0, 0, b""), dialect="rfc-untagged")
    assert (caught.value.path, caught.value.rule) == ("tag", "value/absent")


class Indexed:
    """A number to `struct` and to nobody else."""

    def __index__(self) -> int:
        return 400


@pytest.mark.parametrize("field", ["data_size", "version"])
def test_a_number_that_does_not_compare_is_refused(field: str) -> None:
    value: Any = Indexed() if field == "data_size" else (Indexed(), 0, 0)
    header = msgspec.structs.replace(Header(), **{field: value})
    outcome = engines.encode_generated(Request(Command.VERSION, header))
    assert outcome.error is not None
    assert outcome.error[2] in ("value/type", "header/version")


def test_a_number_that_has_no_bits_is_refused_where_bits_are_asked_for() -> None:
    record = NameList(1, 0, "n", 0, Indexed())  # type: ignore[arg-type]
    outcome = engines.encode_generated(answer(Command.LIST_DEVICES, (record,)))
    assert outcome.error == ("payload[0]", None, "value/type")
