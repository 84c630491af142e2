"""Requests made from what a program knows can be written as they are, and say what the program said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmproto.wire import codec
from dmproto.wire.build import BUFFER, link, request
from dmproto.wire.command import Command
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import Geometry, Rename, TargetMsg, TargetSpec
from tests.wire import messages

TEXTS = {"target_type": messages.texts(15), "parameters": messages.texts(300)}
SPECS = st.builds(TargetSpec, messages.U64, messages.U64, **TEXTS)


@given(st.lists(SPECS, max_size=6))
def test_a_table_is_linked_and_counted(targets: list[TargetSpec]) -> None:
    made = request(Command.TABLE_LOAD, targets, name="lin")
    assert made.header is not None
    assert made.header.target_count == len(targets)
    code, data = codec.encode(made)
    assert codec.decode_request(code, data) == made
    asked = [(spec.sector_start, spec.length, spec.target_type, spec.parameters) for spec in targets]
    assert [(spec.sector_start, spec.length, spec.target_type, spec.parameters) for spec in made.payload] == asked


def test_a_step_is_as_short_as_alignment_lets_it_be() -> None:
    steps = [spec.next for spec in link(TargetSpec(parameters="p" * size) for size in (0, 6, 7, 8, 15))]
    assert steps == [48, 48, 48, 56, 56]


def test_a_table_of_nothing_has_no_targets() -> None:
    made = request(Command.TABLE_LOAD)
    assert made.payload == ()
    assert codec.decode_request(*codec.encode(made)) == made


@pytest.mark.parametrize(
    ("command", "payload"),
    [
        (Command.TARGET_MSG, TargetMsg(7, "m" * 20_000)),
        (Command.DEV_RENAME, Rename("\udcff" * 127)),
        (Command.DEV_SET_GEOMETRY, Geometry.of(16, 255, 63, 0)),
        (Command.DEV_STATUS, None),
    ],
)
@pytest.mark.parametrize("buffer", [0, 400, BUFFER])
def test_the_buffer_is_large_enough(command: Command, payload: Any, buffer: int) -> None:
    made = request(command, payload, buffer=buffer, name="lin")
    assert made.header is not None
    assert made.header.data_size >= max(buffer, 312)
    assert made.header.version == command.facts.since
    assert codec.decode_request(*codec.encode(made)) == made


def test_a_field_that_is_given_takes_precedence() -> None:
    made = request(Command.TABLE_LOAD, [TargetSpec()], version=(4, 47, 0), data_size=512, target_count=3, flags=1 << 15)
    assert made.header is not None
    assert (made.header.version, made.header.data_size, made.header.target_count) == ((4, 47, 0), 512, 3)
    assert made.header.flags == DmFlag.SECURE_DATA
    assert isinstance(made.header.flags, DmFlag)
