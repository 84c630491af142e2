"""The law of the codec: what is written reads back, and what was read writes itself over its own bytes."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmproto.errors import DecodeError, EncodeError
from dmproto.wire import codec
from dmproto.wire.generated import DeviceMessage, TargetDeps
from dmproto.wire.layout import PAYLOADS
from dmproto.wire.limits import HEADER_SIZE
from tests.wire import buffers, engines, messages
from tests.wire.buffers import Bytes
from tests.wire.engines import READERS, Reading
from tests.wire.messages import Case


def read(reading: Reading, data: codec.Buffer) -> codec.Message:
    """The public decoder's value."""
    value: codec.Message = READERS[reading.kind](
        reading.code, data, byteorder=reading.byteorder, dialect=reading.dialect, door=reading.door
    )
    return value


def rewritten(reading: Reading, data: bytes) -> bytes | None:
    """The bytes after their own value is written over them; None where they are no message."""
    try:
        value = read(reading, data)
    except DecodeError:
        return None
    buffer = bytearray(data)
    answer = codec.encode_into(value, buffer, byteorder=reading.byteorder, dialect=reading.dialect)
    assert answer is buffer
    return bytes(buffer)


@given(messages.cases())
def test_what_is_written_reads_back(case: Case) -> None:
    assert read(case.reading, case.bytes) == case.value


@pytest.mark.parametrize("name", sorted(PAYLOADS))
@given(data=st.data())
def test_each_payload_reads_back(name: str, data: st.DataObject) -> None:
    case = data.draw(messages.controls(name))
    assert read(case.reading, case.bytes) == case.value
    assert engines.decode_interpreted(case.reading, case.bytes).value == engines.plain(case.value)


@given(buffers.dirty())
def test_a_used_buffer_is_read_and_written_over_without_a_trace(case: Bytes) -> None:
    assert rewritten(*case) == case.data


@given(buffers.buffers())
def test_all_that_is_accepted_writes_itself(case: Bytes) -> None:
    assert rewritten(*case) in (None, case.data)


@pytest.mark.parametrize("name", sorted(PAYLOADS))
@given(data=st.data())
def test_each_payload_near_legal_writes_itself(name: str, data: st.DataObject) -> None:
    case = data.draw(buffers.near(messages.controls(name)))
    assert rewritten(*case) in (None, case.data)


@given(buffers.dirty(), st.integers(1, 64))
def test_writing_into_too_short_a_buffer_is_refused_and_leaves_it_alone(case: Bytes, by: int) -> None:
    value = read(*case)
    spans = codec.fields(value, dialect=case.reading.dialect)
    needed = max((span.offset + span.size for span in spans), default=0)
    if needed and case.reading.door == "control":
        needed = max(needed, HEADER_SIZE)
    buffer = bytearray(max(0, needed - by))
    if not needed:
        return
    with pytest.raises(EncodeError) as caught:
        codec.encode_into(value, buffer, byteorder=case.reading.byteorder, dialect=case.reading.dialect)
    assert (caught.value.path, caught.value.rule) == ("buffer", "buffer/short")
    assert not any(buffer)


@given(messages.cases())
def test_fields_cover_the_message_in_order_and_never_twice(case: Case) -> None:
    spans = codec.fields(case.value, dialect=case.dialect)
    ends = [0]
    for span in spans:
        assert span.offset >= ends[-1], span
        ends.append(span.offset + span.size)
    assert ends[-1] <= len(case.bytes)


@given(buffers.dirty())
def test_every_kind_of_buffer_reads_alike(case: Bytes) -> None:
    value = read(*case)
    spaced = memoryview(bytes(byte for pair in zip(case.data, case.data, strict=True) for byte in pair))[::2]
    for used in (bytearray(case.data), memoryview(case.data), memoryview(bytearray(case.data)), spaced):
        assert read(case.reading, used) == value


@given(buffers.dirty())
def test_a_value_does_not_change_with_the_buffer_it_came_from(case: Bytes) -> None:
    buffer = bytearray(case.data)
    value, kept = read(case.reading, buffer), read(*case)
    buffer[:] = bytes(len(buffer))
    assert value == kept


@given(messages.cases())
def test_values_copy_and_pickle(case: Case) -> None:
    assert copy.deepcopy(case.value) == case.value
    assert pickle.loads(pickle.dumps(case.value)) == case.value


def test_a_frame_knows_its_length() -> None:
    assert DeviceMessage(0, 0, b"four").length == 4
    assert TargetDeps(0, (1, 2)).count == 2
