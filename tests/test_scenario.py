"""Scenarios: what a file may say, what comes back, and `dmproto run`."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dmproto.scenario import Player, ScenarioError, main, read
from dmproto.wire.build import request
from dmproto.wire.codec import encode
from dmproto.wire.command import Command
from dmproto.wire.generated import TargetSpec

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "spec" / "schemas" / "behaviour-vector.json").read_text())


def ioctl(command: Command, payload: Any = None, **fields: Any) -> dict[str, Any]:
    """A step."""
    code, data = encode(made := request(command, payload, **fields))
    assert made.header is not None
    return {"ioctl": f"{code:#x}", "in": data.hex(), "mapped": made.header.data_size}


LIFE: list[dict[str, Any]] = [
    ioctl(Command.DEV_CREATE, name="d"),
    {"poll": "control"},
    ioctl(Command.DEV_ARM_POLL),
    {"poll": "control"},
    {"open": "254:0", "as": "too-early"},
    ioctl(Command.TABLE_LOAD, [TargetSpec(length=8, target_type="linear", parameters="/dev/ubda 8")], name="d"),
    ioctl(Command.DEV_SUSPEND, name="d"),
    {"open": "254:0", "as": "disk"},
    {**ioctl(Command.DEV_WAIT, name="d"), "start": "waiter"},
    ioctl(Command.DEV_REMOVE, name="d"),
    {"event": "254:0"},
    {"finish": "waiter"},
    {"ioctl": "0xc00cfd0e", "in": struct.pack("=3I", 0, 0, 0).hex(), "file": "disk", "capable": False},
    {"close": "disk"},
    ioctl(Command.DEV_REMOVE, name="d"),
]


def scenario(steps: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A scenario with one disk."""
    return {"name": "t", "disks": {"98:0": {"sectors": "65536", "path": "/dev/ubda"}}, "steps": steps, **more}


def test_a_life_is_written_down() -> None:
    steps = Player(read(scenario(LIFE))).play()["steps"]
    came = [step.get("ret", step.get("revents", step.get("blocked"))) for step in steps]
    assert came == [0, 1, 0, 0, -6, 0, 0, 0, True, -16, None, 0, -6, None, 0]
    assert [step["rule"] for step in steps if "rule" in step] == ["remove/open", "frame/method"]
    assert steps[5]["uevents"] == [{"action": "add", "device": "254:0", "environment": {}}]
    waited = bytes.fromhex(steps[11]["out"])
    assert struct.unpack_from("=I", waited, 32) == (1,), "the event number after one event"
    assert waited[312:].endswith(b"linear".ljust(16, b"\0") + b"\0") or b"linear" in waited[312:]


def test_a_transcript_is_a_scenario_and_fits_the_schema() -> None:
    first = Player(read(scenario(LIFE))).play()
    again = Player(read(first)).play()
    assert again == first
    facts = {"origin": "test", "kernel": "any", "result": "valid", "rules": [], "notes": {}, "flags": []}
    steps = [{key: value for key, value in step.items() if key != "sentence"} for step in first["steps"]]
    jsonschema.validate({**first, **facts, "steps": steps}, SCHEMA)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ([], "this is no scenario"),
        ({"name": "t"}, "missing required field `steps`"),
        (scenario([], profile="linux-2.4"), "unknown profile 'linux-2.4'"),
        (scenario([{}]), "step 0: a step is one of"),
        (scenario([{"open": "control", "close": "control"}]), "this is open and close"),
        (scenario([{"ioctl": "c138fd00"}]), "step 0"),
        (scenario([{"ioctl": "0xc138fd00", "in": "0"}]), "step 0"),
        (scenario([{"ioctl": "0xc138fd00", "mapped": -1}]), "step 0"),
        (scenario([{"ioctl": "0xc138fd00", "file": "x"}]), "no file 'x' is open; open are control"),
        (scenario([{"finish": "x"}]), "no job 'x' has been started"),
        (scenario([{"event": "254:0"}]), "there is no device 254:0"),
        (scenario([{"close": "x"}]), "no file 'x' is open"),
    ],
)
def test_what_cannot_be_played_is_said(document: Any, says: str, tmp_path: Path, capsys: Any) -> None:
    with pytest.raises(ScenarioError, match=re.escape(says)):
        Player(read(document)).play()
    path = tmp_path / "s.json"
    path.write_text(json.dumps(document))
    assert main([str(path)]) == 1
    assert says in capsys.readouterr().err
    assert main(["--json", str(path)]) == 1
    assert says in json.loads(capsys.readouterr().out)["error"]["sentence"]


def test_run_prints_transcripts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "s.json"
    path.write_text(json.dumps(scenario(LIFE)))
    assert main([str(path)]) == 0
    told = capsys.readouterr().out
    for line in ("t on linux-6.1.176", "DM_DEV_CREATE", "= -1 EBUSY", "remove/open", "waits", "uevent add 254:0"):
        assert line in told
    assert main(["--json", "--profile", "linux-6.12", str(path), str(path)]) == 0
    both = json.loads(capsys.readouterr().out)["transcripts"]
    assert [each["profile"] for each in both] == ["linux-6.12.101"] * 2


@pytest.mark.parametrize(("name", "says"), [("nonesuch.json", "No such file"), ("bad.json", "this is no JSON")])
def test_a_file_that_cannot_be_read(name: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.json").write_bytes(b"{\xff")
    assert main([str(tmp_path / name)]) == 1
    assert says in capsys.readouterr().err
