"""The command: what it prints where, in what colour, and how it ends."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import pty
import re
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmproto import cli
from dmproto.wire.build import request
from dmproto.wire.codec import encode
from dmproto.wire.command import Command
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import DeviceMessage, TargetMsg, TargetSpec
from tests.wire import buffers

KEY = "00112233445566778899aabbccddeeff"
CRYPT = request(
    Command.TABLE_LOAD,
    [TargetSpec(length=2048, target_type="crypt", parameters=f"aes-xts-plain64 {KEY} 0 8:0 0")],
    name="vault",
    flags=DmFlag.SECURE_DATA,
)
CODE, LOAD = encode(CRYPT, byteorder="little")
CLIENTS = Path(__file__).parents[1] / "spec" / "vectors" / "clients"

Files = Callable[[bytes], str]


@pytest.fixture
def file(tmp_path: Path) -> Files:
    """Writes a file and gives its name."""

    def write(data: bytes) -> str:
        path = tmp_path / "input"
        path.write_bytes(data)
        return str(path)

    return write


def run(*words: str, data: bytes = b"", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """The command as a program."""
    return subprocess.run(
        [sys.executable, "-m", "dmproto", *words],
        input=data,
        capture_output=True,
        check=False,
        env={**os.environ, **(env or {})},
    )


def on_terminal(*words: str, env: dict[str, str]) -> str:
    """What the command prints on a terminal."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "dmproto", *words],
        stdout=theirs,
        stderr=theirs,
        env={**{name: item for name, item in os.environ.items() if name != "NO_COLOR"}, "TERM": "xterm", **env},
    )
    os.close(theirs)
    parts = []
    try:
        while part := os.read(ours, 65536):
            parts.append(part)
    except OSError:  # Linux: the other end is closed
        pass
    child.wait()
    os.close(ours)
    return b"".join(parts).decode().replace("\r\n", "\n")


EXPLAINED = """\
0xc138fd07  _IOWR(0xfd, 7, 312)
  on every architecture
  on the control node: DM_DEV_STATUS

DM_DEV_STATUS  answers the state of a device
  since    interface 4.0.0, on the control node
  takes    the device
  returns  the header

  offset  size  header field  request  reply
       0    12  version       read     written
      12     4  data_size     read     written
      16     4  data_start    ignored  as sent
      20     4  target_count  ignored  written
      24     4  open_count    ignored  written
      28     4  flags         read     written
      32     4  event_nr      ignored  written
      36     4  padding       ignored  as sent
      40     8  dev           read     written
      48   128  name          read     written
     176   129  uuid          read     written
"""

DECODED = """\
request DM_TARGET_MSG 0xc138fd0e, little-endian, 328 bytes
  offset  size  field                value
       0    12  header.version       4.2.0
      12     4  header.data_size     16384  size of the buffer
      16     4  header.data_start    312
      20     4  header.target_count  0
      24     4  header.open_count    0
      28     4  header.flags         0
      32     4  header.event_nr      0
      36     4  header.padding       0
      40     8  header.dev           65024  254:0
      48     1  header.name          ""
     176     1  header.uuid          ""
     312     8  payload.sector       0
     320     8  payload.message      "suspend"

  0  04 00 00 00 02 00 00 00 00 00 00 00|00 40 00 00  .............@..
 16 |38 01 00 00|00 00 00 00|00 00 00 00|00 00 00 00  8...............
 32 |00 00 00 00|00 00 00 00|00 fe 00 00 00 00 00 00  ................
 48 |00|00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
 64  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
*
176 |00|00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
192  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
*
304  00 00 00 00 00 00 00 00|00 00 00 00 00 00 00 00  ................
320 |73 75 73 70 65 6e 64 00                          suspend.
"""


ERROR = """\
dmproto: payload[0].parameters at offset 352: buffer/short: the field ends at byte 408, the buffer at 408
320 |00 08 00 00 00 00 00 00|00 00 00 00|68 00 00 00  ............h...
336 |63 72 79 70 74 00|00 00 00 00 00 00 00 00 00 00  crypt...........
352 |61 65 73 2d 78 74 73 2d 70 6c 61 69 6e 36 34 20  aes-xts-plain64
     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
368  30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30  0000000000000000
     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
384  30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30  0000000000000000
400  20 30 20 38 3a 30 20 30                           0 8:0 0
"""


def test_explain_as_a_program() -> None:
    found = run("explain", "0xc138fd07")
    assert (found.returncode, found.stdout.decode(), found.stderr) == (0, EXPLAINED, b"")


def test_decode_as_a_program() -> None:
    value = request(Command.TARGET_MSG, TargetMsg(0, "suspend"), dev=65024)
    found = run("decode", "--code", "TARGET_MSG", "-", data=encode(value, byteorder="little")[1])
    assert (found.returncode, found.stdout.decode(), found.stderr) == (0, DECODED, b"")


def test_an_error_as_a_program() -> None:
    found = run("decode", "--code", "DM_TABLE_LOAD", "-", data=LOAD[:-1].replace(KEY.encode(), b"11" * 16))
    assert (found.returncode, found.stdout) == (1, b"")
    assert re.sub(" +$", "", found.stderr.decode(), flags=re.MULTILINE) == ERROR


def test_colour_on_a_terminal_only(file: Files) -> None:
    name = file(LOAD)
    words = ("decode", "--code", "TABLE_LOAD", name)
    coloured = on_terminal(*words, env={})
    assert "\x1b[36m" in coloured
    plain = run(*words).stdout.decode()
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert on_terminal(*words, env=env) == plain
    assert "\x1b[36m" in on_terminal(*words, env={"NO_COLOR": ""})
    assert "\x1b[1m" in on_terminal("explain", "9" * 9, env={})
    assert "\x1b" not in on_terminal(*words, "--json", env={})


def one_json(capsys: pytest.CaptureFixture[str]) -> Any:
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def test_json_of_each_verb(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    assert cli.main(["explain", "--json", "TABLE_LOAD", "--arch", "x86"]) == 0
    document = one_json(capsys)
    assert document["meanings"][0]["arches"] == ["x86"]
    assert document["commands"][0]["payloads"]["request"][0]["record"] == "TargetSpec"
    assert cli.main(["decode", "--json", "--code", str(CODE), file(LOAD)]) == 0
    document = one_json(capsys)
    assert document["redacted"] == [[368, 32]]
    assert document["fields"][0] == {"path": "header.version", "offset": 0, "size": 12, "value": [4, 0, 0]}
    assert KEY not in json.dumps(document)
    assert cli.main(["encode", "--json", file(json.dumps(document).encode())]) == 0
    (message,) = one_json(capsys)["messages"]
    assert bytes.fromhex(message["bytes"]) == LOAD.replace(KEY.encode(), b"0" * 32)


def test_json_of_gaps_and_anomalies(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    value = request(Command.TARGET_MSG, TargetMsg(0, "hi"), name="v", padding=3)
    data = bytearray(encode(value, byteorder="little")[1] + b"stale")
    data[0] = 5
    assert (
        cli.main(["decode", "--json", "--lenient", "--byteorder", "little", "--code", "TARGET_MSG", file(bytes(data))])
        == 0
    )
    document = one_json(capsys)
    assert document["gaps"] == [{"offset": 323, "size": 5, "bytes": b"stale".hex()}]
    assert document["anomalies"] == [
        {
            "offset": 0,
            "field": "header.version",
            "rule": "header/version",
            "sentence": "interface version ...; the major must be ...",
        }
    ]
    assert {"path": "header.padding", "offset": 36, "size": 4, "value": 3, "meaning": "not looked at"} in document[
        "fields"
    ]


@pytest.mark.parametrize(
    ("words", "data", "status", "error"),
    [
        (
            ["decode", "--code", "TABLE_LOAD"],
            LOAD[:-1],
            1,
            {"path": "payload[0].parameters", "offset": 352, "rule": "buffer/short"},
        ),
        (["decode", "--code", "0x1c138fd09"], LOAD, 1, {"path": "code", "offset": 0, "rule": "code/range"}),
        (["decode", "--code", "TABLE_LOAD"], b"zz", 1, {"path": None, "offset": 0, "rule": None}),
        (["decode", "--code", "TABLE_LOAD"], b"", 1, {"path": None, "offset": None, "rule": None}),
        (["decode"], LOAD, 2, {"path": None, "offset": None, "rule": None}),
        (["encode"], b"{}", 1, {"path": "kind", "offset": None, "rule": "value/type"}),
        (["encode"], b"[", 1, {"path": None, "offset": 1, "rule": None}),
        (["decode"], b"ioctl(3, DM_VERSION, {", 1, {"path": "line 1", "rule": "strace/syntax"}),
    ],
)
def test_an_error_is_json_too(
    words: list[str], data: bytes, status: int, error: dict[str, Any], capsys: pytest.CaptureFixture[str], file: Files
) -> None:
    assert cli.main([*words, "--json", file(data)]) == status
    found = one_json(capsys)["error"]
    assert found.keys() == {"path", "offset", "rule", "sentence"}
    assert {name: found[name] for name in error} == error
    assert found["sentence"]


def test_explain_refuses_in_json_and_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "--json", "0x1c138fd09"]) == 1
    assert one_json(capsys)["error"]["rule"] == "code/range"
    assert cli.main(["explain", "nonsense"]) == 2
    assert capsys.readouterr() == ("", "dmproto: 'nonsense' is neither a number nor the name of a request\n")


@pytest.mark.parametrize("number", ["-1053229815", "-0x3ec702f7", "0xffffffffc138fd09"])
def test_negative_numbers(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", number]) == 0
    assert capsys.readouterr().out.startswith("0xc138fd09")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["decode", "INPUT"], "give --code"),
        (["decode", "--code", "nine", "INPUT"], "neither a number nor the name"),
        (["decode", "--code", "9" * 40, "INPUT"], "neither a number nor the name"),
        (["decode", "--code", "TABLE_LOAD", "CLIENT"], "--code is for raw bytes"),
    ],
)
def test_usage_errors(words: list[str], said: str, capsys: pytest.CaptureFixture[str], file: Files) -> None:
    names = {"INPUT": file(LOAD), "CLIENT": str(CLIENTS / "verity.json")}
    assert cli.main([names.get(word, word) for word in words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["format"],
        ["decode"],
        ["decode", "--request", "--reply", "x"],
        ["decode", "--arch", "pdp11", "x"],
        ["decode", "--door", "trap", "x"],
        ["decode", "--dialect", "klingon", "x"],
        ["decode", "--byteorder", "middle", "x"],
        ["explain"],
        ["explain", "--arch", "pdp11", "9"],
    ],
    ids=" ".join,
)
def test_arguments_that_are_none(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(words)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: dmproto")


@pytest.mark.parametrize("name", ["/nowhere/at/all", ".", "\0"])
def test_files_that_are_none(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["decode", "--code", "VERSION", name], ["encode", name]):
        assert cli.main(words) == 1
        assert capsys.readouterr().err.startswith("dmproto: ")


def test_secrets_are_shown_when_asked_for(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    words = ["decode", "--code", "TABLE_LOAD", file(LOAD)]
    assert cli.main(words) == 0
    assert KEY not in capsys.readouterr().out
    assert cli.main([*words, "--show-secrets"]) == 0
    out = capsys.readouterr().out
    assert KEY in out
    assert "redacted" not in out


def test_a_reply_and_a_direct_message(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    assert cli.main(["decode", "--reply", "--code", "DEV_STATUS", file(LOAD[:312])]) == 0
    assert capsys.readouterr().out.startswith("reply DM_DEV_STATUS")
    _, frame = encode(DeviceMessage(1, None, b"\0\0\0\7"), byteorder="big", dialect="rfc-untagged")
    words = ["decode", "--dialect", "rfc-untagged", "--byteorder", "big", file(frame)]
    assert cli.main([*words, "--code", "DEVMESSAGE"]) == 0
    assert capsys.readouterr().out.startswith("direct message 0xc008fd0e, dialect rfc-untagged, big-endian, 12 bytes")
    assert cli.main([*words, "--code", "0xc008fd0e", "--door", "control"]) == 1
    assert "buffer/short" in capsys.readouterr().err


def test_a_recording(capsys: pytest.CaptureFixture[str]) -> None:
    name = str(CLIENTS / "crypt-plain.json")
    assert cli.main(["decode", name]) == 0
    text = capsys.readouterr().out
    assert text.startswith("step 0: 0xc138fd00 on the control node = 0  # cryptsetup open")
    assert "request DM_TABLE_LOAD" in text
    assert "reply DM_TABLE_STATUS" in text
    assert "= -6 ENXIO" in text
    assert cli.main(["decode", "--reply", name]) == 0
    assert "request DM_" not in capsys.readouterr().out
    assert cli.main(["decode", "--request", "--json", name]) == 0
    found = one_json(capsys)["captures"]
    assert {capture["reply"] for capture in found} == {None}
    assert any(capture["request"]["redacted"] for capture in found)


def test_a_recording_is_encoded_message_by_message(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    assert cli.main(["decode", "--json", str(CLIENTS / "multipathd.json")]) == 0
    name = file(capsys.readouterr().out.encode())
    assert cli.main(["encode", "--hex", name]) == 0
    lines = capsys.readouterr().out.split()
    assert len(lines) > 10
    assert all(bytes.fromhex(line)[:4] == b"\4\0\0\0" for line in lines)
    assert cli.main(["encode", name]) == 2
    assert "--hex prints a line of each" in capsys.readouterr().err


def test_a_recording_with_an_error_in_it(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    steps = [
        {"ioctl": "0xc138fd07", "in": "05000000", "mapped": 312, "ret": -22},
        {"ioctl": "0xc138fd07", "in": LOAD[:312].hex(), "mapped": 312, "ret": 0},
    ]
    name = file(json.dumps({"steps": steps}).encode())
    assert cli.main(["decode", name]) == 1
    out, err = capsys.readouterr()
    assert "header/version" in out
    assert "step 1" in out
    assert err == ""
    assert cli.main(["decode", "--json", name]) == 1
    first, second = one_json(capsys)["captures"]
    assert first["request"]["error"]["rule"] == "header/version"
    assert second["request"]["command"] == "DEV_STATUS"
    assert cli.main(["decode", file(json.dumps({"code": "7", "bytes": "", "arch": "pdp11"}).encode())]) == 1
    assert "unknown architecture" in capsys.readouterr().err


def test_strace_text(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    line = (
        'ioctl(3, DM_TARGET_MSG, {version=[4, 2, 0], data_size=16384, data_start=312, flags=0, name="v", '
        f'{{sector=0, message="key set {KEY}"}}}}) = -1 ENXIO (No such device or address)\n'
    )
    assert cli.main(["decode", file(line.encode())]) == 0
    text = capsys.readouterr().out
    assert text.startswith("line 1: 0xc138fd0e on the control node = -1 ENXIO\nnote: ")
    assert f'"key set {"0" * 32}"' in text
    assert cli.main(["decode", "--json", file(line.encode())]) == 0
    (capture,) = one_json(capsys)["captures"]
    assert (capture["place"], capture["ret"], capture["errno"], capture["reply"]) == ("line 1", -1, "ENXIO", None)
    assert {"path": "request.header.padding", "text": "not printed"} in capture["notes"]
    assert cli.main(["decode", file(b"ioctl(3, TCGETS, 0x7ffe) = 0\n")]) == 1
    assert "no device-mapper ioctl in it" in capsys.readouterr().err
    broken = line.replace(f'{KEY}"', f'{KEY}\\q"')
    for words in ([], ["--json"]):
        assert cli.main(["decode", *words, file(broken.encode())]) == 1
        out, err = capsys.readouterr()
        assert KEY[:4] not in out + err


def test_decode_and_encode_through_a_pipe() -> None:
    document = run("decode", "--json", "--show-secrets", "--code", "TABLE_LOAD", "-", data=LOAD.hex().encode()).stdout
    assert run("encode", "-", data=document).stdout == LOAD
    assert run("encode", "--hex", "-", data=document).stdout == LOAD.hex().encode() + b"\n"


def test_a_pipe_that_breaks() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "dmproto", "decode", str(CLIENTS / "lvm-thin.json")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.readline()
    child.stdout.close()
    assert child.stderr.read() == b""
    child.stderr.close()
    assert child.wait() == 1


def test_a_full_disk() -> None:
    with open("/dev/full", "wb") as full:
        found = subprocess.run(
            [sys.executable, "-m", "dmproto", "explain", "9"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (found.returncode, found.stderr) == (1, b"dmproto: No space left on device\n")


def test_a_terminal_that_cannot_write_the_text() -> None:
    value = request(Command.DEV_CREATE, name="wächter")
    found = run("decode", "--code", "3", "-", env={"PYTHONIOENCODING": "ascii"})
    assert found.returncode == 1
    data = encode(value)[1]
    found = run("decode", "--code", "DEV_CREATE", "-", data=data, env={"PYTHONIOENCODING": "ascii"})
    assert found.returncode == 0
    assert b'"w\\xe4chter"' in found.stdout


def test_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_words: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_run", interrupted)
    assert cli.main([]) == 130


def test_a_verb_with_its_own_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    module = types.ModuleType("stand_in")

    def play(argv: list[str]) -> int:
        asked.append(argv)
        return 7

    monkeypatch.setattr(module, "main", play, raising=False)
    monkeypatch.setattr(importlib, "import_module", lambda name: {"dmproto.demo": module}[name])
    assert cli.main(["demo", "--dialect", "rfc"]) == 7
    assert asked == [["--dialect", "rfc"]]


def test_the_version_and_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in ((["--version"], "dmproto 0."), (["--help"], "explain"), (["decode", "--help"], "--lenient")):
        with pytest.raises(SystemExit) as caught:
            cli.main(words)
        assert caught.value.code == 0
        assert said in capsys.readouterr().out


@given(buffers.buffers(), st.booleans(), st.booleans())
def test_any_bytes_end_in_a_sentence_at_worst(
    tmp_path_factory: pytest.TempPathFactory, case: buffers.Bytes, lenient: bool, as_json: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(case.data)
    reading = case.reading
    words = ["decode", f"--{reading.kind}", "--code", str(reading.code), "--byteorder", reading.byteorder]
    words += ["--dialect", reading.dialect, *(["--door", reading.door] if reading.door else [])]
    words += ["--lenient"] * lenient + ["--json"] * as_json
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        status = cli.main([*words, str(path)])
    assert status in (0, 1)
    assert as_json == (out.getvalue()[:1] == "{")
    if as_json:
        assert ("error" in json.loads(out.getvalue())) == bool(status)
        assert not err.getvalue()
    else:
        assert bool(out.getvalue()) != bool(err.getvalue())
