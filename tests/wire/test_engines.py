"""Both engines are one codec: the same value, or the same path, offset and rule, for any bytes and any value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmproto.wire import codec, interpreted
from dmproto.wire.command import Command
from dmproto.wire.generated import Header
from dmproto.wire.layout import PAYLOADS
from dmproto.wire.records import Record
from dmproto.wire.values import Request
from tests.wire import buffers, engines, messages
from tests.wire.buffers import Bytes
from tests.wire.engines import Reading
from tests.wire.messages import Case

HEADER = codec.encode(Request(Command.VERSION, Header()), byteorder="little")[1]
CODE = Command.VERSION.code()


def test_the_proof_tells_the_engines_apart() -> None:
    with engines.proven("interpreted"):
        interpreted.decode(None, HEADER, "<")
    with engines.proven("generated"):
        codec.decode_request(CODE, HEADER, byteorder="little")
    with pytest.raises(AssertionError, match="the interpreted engine did not run"), engines.proven("interpreted"):
        codec.decode_request(CODE, HEADER, byteorder="little")
    with pytest.raises(AssertionError, match="construct ran under the generated engine"), engines.proven("generated"):
        interpreted.decode(None, HEADER, "<")


@pytest.mark.parametrize("engine", sorted(engines.DECODERS))
def test_each_engine_runs_where_the_other_one_cannot(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = Reading("request", CODE)
    expected = engines.DECODERS[engine](reading, HEADER)
    assert expected.error is None

    def poison(*_: object, **__: object) -> None:
        raise AssertionError("the other engine ran")

    if engine == "generated":
        monkeypatch.setattr(Record, "_parse", poison)
    else:
        monkeypatch.setattr(codec, "decode_request", poison)
        monkeypatch.setitem(engines.READERS, "request", poison)
    assert engines.DECODERS[engine](reading, HEADER) == expected
    with pytest.raises(AssertionError):
        engines.DECODERS["interpreted" if engine == "generated" else "generated"](reading, HEADER)


@given(buffers.buffers())
def test_any_bytes_mean_the_same_to_both(case: Bytes) -> None:
    assert engines.decode_generated(*case) == engines.decode_interpreted(*case)


@given(buffers.buffers())
def test_lenient_decoding_finds_the_same_in_both(case: Bytes) -> None:
    generated = engines.decode_generated(*case, strict=False)
    assert generated.error is None
    assert generated == engines.decode_interpreted(*case, strict=False)


@pytest.mark.parametrize("name", sorted(PAYLOADS))
@given(data=st.data())
def test_each_payload_near_legal_means_the_same_to_both(name: str, data: st.DataObject) -> None:
    case = data.draw(buffers.near(messages.controls(name)))
    strict = engines.decode_generated(*case)
    lenient = engines.decode_generated(*case, strict=False)
    assert strict == engines.decode_interpreted(*case)
    assert lenient == engines.decode_interpreted(*case, strict=False)
    if strict.error is None:
        assert (lenient.value, lenient.anomalies) == (strict.value, ())
    else:
        path, offset, rule = strict.error
        assert lenient.anomalies[0] == (offset, path, rule)


@given(messages.cases())
def test_a_value_is_the_same_bytes_to_both(case: Case) -> None:
    value, order, dialect = case
    if case.raw:  # the codec's own: the schemas know no payload of an unknown command
        return
    assert engines.encode_generated(value, order, dialect) == engines.encode_interpreted(value, order, dialect)
