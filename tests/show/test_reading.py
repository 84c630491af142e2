"""What a file holds is told apart, and what is nothing is refused in a sentence."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmproto.errors import DecodeError
from dmproto.show.bad_input import BadInput
from dmproto.show.reading import LIMIT, load_json, read_file, tell_apart
from dmproto.show.recordings import MAPPED, Capture, captures
from dmproto.wire.build import request
from dmproto.wire.codec import encode
from dmproto.wire.command import Command
from tests.tools import require

CODE, MESSAGE = encode(request(Command.DEV_STATUS, name="vol"), byteorder="little")


@pytest.mark.parametrize(
    "text",
    [
        MESSAGE.hex(),
        MESSAGE.hex().upper(),
        MESSAGE.hex(" "),
        MESSAGE.hex(":"),
        MESSAGE.hex("\n"),
        MESSAGE.hex(" ", 16).replace(" ", "\r\n"),
        "0x" + MESSAGE.hex(),
        ", ".join(f"0x{byte:02x}" for byte in MESSAGE),
        "".join(f"\\x{byte:02x}" for byte in MESSAGE),
        "\ufeff" + MESSAGE.hex(),
    ],
    ids=["plain", "upper", "blanks", "colons", "lines", "words", "0x", "C array", "C string", "BOM"],
)
def test_hex_is_read_however_it_is_written(text: str) -> None:
    assert tell_apart(text.encode()) == MESSAGE


@pytest.mark.parametrize(
    "tool",
    [
        ["hexdump", "-C"],
        ["hexdump", "-v", "-C"],
        ["xxd"],
        ["xxd", "-a"],
        ["xxd", "-p"],
        ["xxd", "-i"],
        ["xxd", "-c20", "-g4"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("data", [MESSAGE, MESSAGE + b"|  ab  |" * 9, b"\0\1\2", bytes(range(256))], ids=len)
def test_what_the_tools_print_is_read_back(tool: list[str], data: bytes, tmp_path: Path) -> None:
    require(tool[0], "apt-get install bsdextrautils xxd")
    file = tmp_path / "message"
    file.write_bytes(data)
    with file.open("rb") as source:
        text = subprocess.run(tool, stdin=source, capture_output=True, check=True).stdout
    assert tell_apart(text) == data


def test_raw_bytes_are_told_by_their_nuls() -> None:
    assert tell_apart(MESSAGE) == MESSAGE
    assert tell_apart(b"{" + MESSAGE[1:]) == b"{" + MESSAGE[1:]
    assert tell_apart(b"\4") == b"\4"


WRONG = [
    (b"   \n", "blank"),
    (b"abc", "odd"),
    (b"0x123", "odd"),
    (b"hello", "neither hex"),
    (b"\xff\xfe", "no UTF-8"),
    (b"0000000 0004 0000 0000\n0000006\n", "hexdump -C"),
    (b"00000000: 0400\n00000008: 0400\n", "is next"),
    (b"00000000: 0400\nfine so far\n", "line 2"),
    (b"00000000: 040\n", "odd"),
    (b"00000000: 04\n*\nffffffffff: 04\n", "is next"),
    (b"{", "not JSON"),
    (b"{}", "neither a transcript"),
    (b"[]", "neither a transcript"),
    (b"[3]", "neither a transcript"),
    (b'{"kind": "request"}', "dmproto encode"),
    (b'{"captures": []}', "dmproto encode"),
    (b'{"steps": [3]}', "no object"),
    (b'{"steps": [{"ioctl": "nine", "in": ""}]}', "no number"),
    (b'{"steps": [{"ioctl": null, "in": ""}]}', "no number"),
    (b'{"steps": [{"ioctl": 9, "in": "zz"}]}', "no hex"),
    (b'{"steps": [{"ioctl": 9}]}', "no hex"),
    (b'{"steps": [{"finish": "job"}]}', "never started"),
    (b'{"code": "0xfd00", "bytes": "", "arch": 3}', "arch"),
    (b"[" * 100_000, "not JSON"),
    (b'{"steps": [' + b"9" * 5000 + b"]}", "not JSON"),
]


@pytest.mark.parametrize(("raw", "words"), WRONG, ids=[row[1] + str(at) for at, row in enumerate(WRONG)])
def test_what_is_nothing_is_refused(raw: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        tell_apart(raw)


@given(st.binary(max_size=60) | st.text('0123456789abcdefx:* |\n{}[]",ioctl()=', max_size=60).map(str.encode))
def test_any_bytes_are_something_or_refused(raw: bytes) -> None:
    with contextlib.suppress(BadInput, DecodeError):
        tell_apart(raw)


STEPS: list[dict[str, Any]] = [
    {"open": "254:0", "as": "vol"},
    {
        "ioctl": f"{CODE:#x}",
        "in": MESSAGE[:52].hex(),
        "mapped": 400,
        "ret": 0,
        "out": MESSAGE.hex(),
        "comment": "dmsetup info",
    },
    {"ioctl": CODE, "in": MESSAGE.hex(), "mapped": 2**40, "ret": -6, "out": MESSAGE.hex()},
    {"ioctl": "0xc00cfd0e", "in": "00", "file": "vol", "ret": True},
    {"ioctl": "0xc138fd08", "in": MESSAGE.hex(), "start": "job", "blocked": True, "mapped": 320},
    {"poll": "control", "revents": 0},
    {"finish": "job", "ret": 0, "out": MESSAGE.hex()},
]


def test_the_steps_of_a_transcript() -> None:
    first, second, third, fourth, fifth = captures({"steps": STEPS})
    assert (first.place, first.code, first.comment, first.ret) == ("step 1", CODE, "dmsetup info", 0)
    assert first.request is not None
    assert first.reply is not None
    assert first.request.memory == MESSAGE[:52].ljust(400, b"\0")
    assert len(first.reply.memory) == 400
    assert (second.ret, second.error, second.reply) == (-6, "ENXIO", None)
    assert second.request is not None
    assert len(second.request.memory) == MAPPED
    assert (third.given, third.ret) == ({"door": "device"}, None)
    assert (fourth.given, fourth.reply) == ({"door": "control"}, None)
    assert (fifth.code, fifth.request, fifth.place) == (0xC138FD08, None, "step 6")
    assert fifth.reply is not None
    assert len(fifth.reply.memory) == 320


def test_codec_vectors_in_each_wrapping() -> None:
    one = {"id": "t", "code": "0xc138fd07", "bytes": "00", "byteorder": "big", "reading": "reply", "door": None}
    for document in (one, [one], {"tests": [one]}):
        (call,) = captures(document)
        assert (call.place, call.request, call.given) == ("t", None, {"byteorder": "big", "door": None})
        assert call.reply is not None
        assert call.reply.data == b"\0"


def test_strace_is_told_apart() -> None:
    text = (
        'ioctl(3, DM_DEV_STATUS, {version=[4, 0, 0], data_size=305, name="v", flags=0} => '
        '{version=[4, 47, 0], data_size=305, dev=makedev(0xfe, 0), name="v", flags=0}) = 0\n'
        "ioctl(3, DM_VERSION, 0x7ffe) = -1 EFAULT (Bad address)\n"
    )
    found = tell_apart(text.encode())
    assert isinstance(found, list)
    assert all(isinstance(call, Capture) for call in found)
    assert [(call.place, call.ret, call.error) for call in found] == [("line 1", 0, None), ("line 2", -1, "EFAULT")]
    assert found[0].request is not None
    assert found[0].request.value.header.name == "v"
    assert found[0].reply is not None
    assert found[1].request is None


def test_strace_prints_bytes_that_are_no_text_and_messages_may_hold_its_words() -> None:
    (call,) = tell_apart(b'ioctl(3, DM_VERSION, {version=[4, 0, 0], data_size=312, flags=0, name="\xff"}) = 0\n')
    assert isinstance(call, Capture)
    assert call.request is not None
    assert call.request.value.header.name == "\udcff"
    raw = encode(request(Command.DEV_STATUS, name="ioctl("))[1]
    assert tell_apart(raw) == raw


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MESSAGE)))
    assert read_file("-") == MESSAGE


def test_files(tmp_path: Path) -> None:
    empty, full = tmp_path / "empty", tmp_path / "full"
    empty.touch()
    full.write_bytes(b"x" * 3_000_000)
    assert len(read_file(str(full))) == 3_000_000
    for name, words in (
        (str(empty), "empty"),
        (str(tmp_path), "directory"),
        (str(tmp_path / "none"), "No such file"),
        ("nul\0inside", "null"),
        ("/dev/zero", str(LIMIT)),
    ):
        with pytest.raises(BadInput, match=words):
            read_file(name)


def test_json_that_is_none() -> None:
    for raw, words in ((b"\xff", "UTF-8"), (b"[1,]", "line 1"), (b"[" * 99_999, "nested")):
        with pytest.raises(BadInput, match=words):
            load_json(raw)
    assert load_json(b"\xef\xbb\xbf" + json.dumps([1]).encode()) == [1]
