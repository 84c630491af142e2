"""The hand-written vectors: each byte of them has its reason, and both engines read them as they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from dmproto.errors import DecodeError
from dmproto.rules import RULES
from dmproto.wire import codec
from dmproto.wire.command import COMMANDS, Command
from dmproto.wire.dialects import DIALECTS
from dmproto.wire.layout import PAYLOADS
from tests.wire import engines, vectors
from tests.wire.engines import READERS
from tests.wire.vectors import Vector

ALL: Final = vectors.hand()
READABLE: Final = [vector for vector in ALL if not vector.error or not vector.error[2].startswith("code/")]
ACCEPTED: Final = [vector for vector in ALL if not vector.error]


def named(item: Any) -> str:
    """The id of a parameter."""
    return str(item.id if isinstance(item, Vector) else getattr(item, "stem", item))


def read(vector: Vector, *, strict: bool = True) -> Any:
    """The public decoder's value."""
    kind, code, byteorder, dialect, door = vector.reading
    return READERS[kind](
        code, vector.data, byteorder=byteorder, arch=vector.test["arch"], dialect=dialect, door=door, strict=strict
    )


def schema(kind: str) -> jsonschema.Draft202012Validator:
    """The schema of a kind of vector, itself checked."""
    text = vectors.load(vectors.SCHEMAS / f"{kind}-vector.json")
    jsonschema.Draft202012Validator.check_schema(text)
    return jsonschema.Draft202012Validator(text)


@pytest.mark.parametrize("path", vectors.HAND, ids=named)
def test_a_codec_file_is_as_its_schema_says(path: Path) -> None:
    schema("codec").validate(vectors.load(path))


@pytest.mark.parametrize("path", vectors.TRANSCRIPTS, ids=named)
def test_a_transcript_is_as_its_schema_says(path: Path) -> None:
    document = vectors.load(path)
    schema("behaviour").validate(document)
    assert document["name"] == path.stem
    assert set(document["flags"]) == set(document["notes"])
    assert set(document["rules"]) <= set(RULES)


@pytest.mark.parametrize("kind", ["codec", "behaviour"])
def test_a_schema_refuses_what_it_does_not_know(kind: str) -> None:
    path = vectors.HAND[0] if kind == "codec" else vectors.TRANSCRIPTS[0]
    document = vectors.load(path)
    entries = document["tests" if kind == "codec" else "steps"]
    for place in (document, entries[0]):
        place["surprise"] = 1
        with pytest.raises(jsonschema.ValidationError):
            schema(kind).validate(document)
        del place["surprise"]


@pytest.mark.parametrize("path", vectors.HAND, ids=named)
def test_flags_are_explained_and_explanations_used(path: Path) -> None:
    document = vectors.load(path)
    used = {flag for test in document["tests"] for flag in test["flags"]}
    assert used == set(document["notes"])
    assert document["name"] == path.stem


def test_ids_are_unique() -> None:
    assert len({vector.id for vector in ALL}) == len(ALL)


@pytest.mark.parametrize("vector", ALL, ids=named)
def test_every_byte_has_its_reason(vector: Vector) -> None:
    at = 0
    for piece, why in vector.test["layout"]:
        assert why.startswith(f"@{at} "), why
        at += len(piece) // 2
    assert "".join(piece for piece, _ in vector.test["layout"]) == vector.test["bytes"]


@pytest.mark.parametrize("vector", ALL, ids=named)
def test_the_codec_reads_it_as_it_says(vector: Vector) -> None:
    if vector.error is None:
        value = read(vector)
        assert vectors.message(value) == vector.test["value"]
        assert not vector.anomalies
        return
    with pytest.raises(DecodeError) as caught:
        read(vector)
    assert (caught.value.path, caught.value.offset, caught.value.rule) == vector.error
    assert vector.error[2] in vector.test["rules"]
    assert "{" not in str(caught.value)


@pytest.mark.parametrize("vector", READABLE, ids=named)
def test_lenient_decoding_finds_all_it_says(vector: Vector) -> None:
    value = read(vector, strict=False)
    assert [(item.offset, item.field, item.rule) for item in value.anomalies] == vector.anomalies
    assert vectors.message(value) == vector.test["value"]


@pytest.mark.parametrize("vector", READABLE, ids=named)
def test_both_engines_read_it_alike(vector: Vector) -> None:
    if vector.test["value"].get("header", "none") is None:
        return  # nothing is read: the number has no argument
    reading = vector.reading._replace(code=vector.reading.code & 0xFFFFFFFF)
    for strict in (True, False):
        generated = engines.decode_generated(reading, vector.data, strict=strict)
        assert generated == engines.decode_interpreted(reading, vector.data, strict=strict)


@pytest.mark.parametrize("vector", ACCEPTED, ids=named)
def test_an_accepted_one_writes_itself_over_its_own_bytes(vector: Vector) -> None:
    _, _, byteorder, dialect, _ = vector.reading
    buffer = bytearray(vector.data)
    codec.encode_into(read(vector), buffer, byteorder=byteorder, arch=vector.test["arch"], dialect=dialect)
    assert buffer == vector.data


def kinds(of: list[Vector]) -> set[tuple[str, str]]:
    """The payloads and frames that vectors are of, with their byte orders."""
    found = set()
    for vector in of:
        reading = vector.reading
        frame = engines.frame_of(reading)
        if frame:
            found.add((reading.dialect, reading.byteorder))
        elif reading.code >> 8 & 0xFF == 0xFD and reading.code & 0xFF in COMMANDS:
            command = Command(reading.code & 0xFF)
            name = codec.payload_name(engines.KINDS[reading.kind], command)
            found.add((name or "header", reading.byteorder))
    return found


def test_every_kind_has_a_valid_vector_in_both_byte_orders() -> None:
    wanted = {(name, order) for name in (*PAYLOADS, *DIALECTS, "header") for order in ("little", "big")}
    assert wanted <= kinds(ACCEPTED)


def test_every_kind_has_an_invalid_vector() -> None:
    wanted = {*PAYLOADS, *DIALECTS, "header"}
    assert wanted <= {name for name, _ in kinds([vector for vector in ALL if vector.error])}


def test_every_rule_of_the_decoder_has_a_vector() -> None:
    shown = {rule for vector in ALL for rule in vector.test["rules"]}
    assert shown <= set(RULES)
    assert shown >= {
        "code/range",
        "code/type",
        "code/device",
        "buffer/short",
        "text/terminated",
        "text/limit",
        "header/version",
        "header/data-size",
        "payload/start",
        "payload/aligned",
        "payload/bounds",
        "chain/advance",
        "chain/aligned",
        "frame/short",
        "frame/length",
    }
