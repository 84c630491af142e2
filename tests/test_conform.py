"""`dmproto conform`: what it says of vectors that hold, that do not, and that cannot be played; a program's side."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmproto.conform import agent, main
from dmproto.conform.sources import CHECKOUT

RECORDED: Final = CHECKOUT / "linux-6.1.176"

AGENT: Final = """
import sys
from dmproto.conform.agent import from_text, to_text
from dmproto.dispatcher import Dispatcher
from dmproto.model.disk import Disk

disks = {"98:0": Disk(65536, "/dev/ubda"), "98:16": Disk(8192, "/dev/ubdb")}
dispatcher = Dispatcher(disks=disks)
files, jobs, more = {}, {}, b""


def told(call, memory):
    return f"ret {call.ret} {to_text(bytes(memory))}" if call.done else "blocked"


print("hello 1 6.1.176 x86_64 little 64 MAJOR", flush=True)
for line in sys.stdin:
    match line.split():
        case ["open", name, what]:
            try:
                files[name] = dispatcher.open_control() if what == "control" else dispatcher.open_device(what)
                print("ret 0")
            except OSError as error:
                print(f"ret {-error.errno}")
        case ["close", name]:
            files.pop(name).close()
            print("ok")
        case ["poll", name]:
            print(f"ret {int(files[name].poll())}")
        case ["more", text]:
            more += from_text(text)
            print("ok")
        case ["ioctl" | "start" as how, *rest]:
            job = rest.pop(0) if how == "start" else ""
            name, code, mapped, capable, text = rest
            memory = bytearray((more + from_text(text)).ljust(int(mapped), b"\\\\0"))
            more = b""
            call = files[name].submit(int(code), memory, capable=capable == "1")
            jobs[job] = call, memory
            print(told(call, memory))
        case ["interrupt", job]:
            jobs[job][0].cancel()
            print("ok")
        case ["finish", job, _]:
            print(told(*jobs[job]))
        case _:
            print("error what")
    sys.stdout.flush()
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A dispatcher that speaks the agent's line protocol."""
    path = tmp_path / "agent.py"
    path.write_text(AGENT.replace("\\\\0", "\\0").replace("MAJOR", "254"))
    return path


def vector(name: str) -> dict[str, Any]:
    """A recorded vector."""
    document: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text())
    return document


def written(folder: Path, document: dict[str, Any]) -> str:
    """A vector as a file."""
    path = folder / "vector.json"
    path.write_text(json.dumps(document))
    return str(path)


def verdicts(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What --json printed."""
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_the_checkouts_vectors_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json"]) == 0
    found = verdicts(capsys)
    assert {each["verdict"] for each in found["vectors"]} <= {"pass", "partly"}
    assert {each["kind"] for each in found["vectors"]} == {"behaviour", "codec"}
    assert {row["state"] for row in found["rules"].values()} == {"held"}


def test_people_are_told_the_rules_and_what_was_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(RECORDED / "header.json"), str(CHECKOUT / "clients" / "verity.json")]) == 0
    out = capsys.readouterr().out
    assert "pass        linux-6.1.176/header (13 steps)" in out
    assert "held        header/minor: shown by 1 vector\n" in out
    assert "2 vectors: 0 failed" in out


def test_a_target_type_that_is_not_there_ends_the_vector(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = vector("resume")
    for step in document["steps"]:
        step["in"] = step["in"].replace(b"zero".hex(), b"none".hex())
    assert main([written(tmp_path, document)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("partly      ")
    assert "not played: from step 5 on: the dispatcher has no target type none" in out
    assert "1 played in part" in out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ret": 0}, "ret is -ENXIO (lookup/device: no device"),
        ({"ret": -22}, "the vector has -EINVAL"),
        ({"rule": "header/minor"}, "rule is lookup/device"),
        ({"ret": -6, "out": "05"}, "no field, byte at offset 0 is 04"),
    ],
)
def test_a_difference_is_told_and_breaks_its_rule(
    change: dict[str, Any], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = vector("lookup")
    document["steps"][0] |= change
    assert main([written(tmp_path, document)]) == 1
    out = capsys.readouterr().out
    assert "step 0, DM_DEV_STATUS: " in out
    assert said.partition(",")[0].replace("no field", "") in out
    assert "1 broken" in out or change.get("rule")


def test_a_byte_is_told_as_its_field(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = vector("lookup")
    out = bytearray.fromhex(document["steps"][4]["out"])
    out[40] ^= 1
    document["steps"][4]["out"] = out.hex()
    assert main([written(tmp_path, document), "--json"]) == 1
    first = verdicts(capsys)["vectors"][0]["first"]
    assert (first["step"], first["command"], first["offset"]) == (4, "DM_DEV_CREATE", 40)
    assert first["field"].startswith("header.dev")
    assert (first["ours"], first["theirs"]) == ("65024", "65025")


def test_what_may_differ_does_not_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = vector("lookup") | {"result": "acceptable"}
    document["steps"][0]["ret"] = 0
    assert main([written(tmp_path, document)]) == 0
    assert capsys.readouterr().out.startswith("differs ")


def test_another_kernel_differs_where_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--profile", "linux-6.12", str(RECORDED / "create.json")]) == 1
    out = capsys.readouterr().out
    assert "step 9, DM_DEV_CREATE: ret is -EINVAL (name/reserved: " in out
    assert "held        create/minor" in out


def test_a_codec_vector_that_is_wrong_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads((CHECKOUT / "hand" / "header.json").read_text())
    document["tests"] = [test for test in document["tests"] if not test.get("error")][:1]
    document["tests"][0]["value"]["header"]["data_size"] += 1
    assert main([written(tmp_path, document)]) == 1
    assert "header.data_size is 305; the vector has 306" in capsys.readouterr().out


def test_a_refusal_at_another_place_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads((CHECKOUT / "hand" / "header.json").read_text())
    document["tests"] = [test for test in document["tests"] if test.get("error")][:1]
    document["tests"][0]["error"]["offset"] += 1
    assert main([written(tmp_path, document), "--json"]) == 1
    found = verdicts(capsys)
    assert {row["state"] for row in found["rules"].values()} == {"broken"}


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"name": "x"}'])
def test_what_is_no_vector_is_said_to_be_none(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    assert main([str(path)]) == 2
    assert capsys.readouterr().err.startswith("dmproto: ")
    assert main([str(path), "--json"]) == 2
    assert "sentence" in verdicts(capsys)["error"]


def test_nothing_to_play_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert main([str(tmp_path / "none.json")]) == 2
    assert "No such file" in capsys.readouterr().err
    for words in (["--destructive"], ["--exec", "x", "--profile", "linux-6.1"]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2


def test_a_program_plays_them_too(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [str(RECORDED / f"{name}.json") for name in ("load", "wait", "remove", "message")]
    assert main(["--exec", f"{sys.executable} {program}", "--json", *names]) == 0
    found = verdicts(capsys)
    assert [each["verdict"] for each in found["vectors"]] == ["pass"] * 4
    assert {row["state"] for row in found["rules"].values()} == {"held"}


def test_another_major_is_not_played(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program.write_text(program.read_text().replace("64 254", "64 253"))
    assert main(["--exec", f"{sys.executable} {program}", str(RECORDED / "load.json")]) == 0
    out = capsys.readouterr().out
    assert out.startswith("not played")
    assert "major is 253 there, 254 in the vector" in out


def test_devices_that_are_there_are_left_alone(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begun = 'dispatcher.kernel.devices.add(0, "precious", "")\nprint("hello'
    program.write_text(program.read_text().replace('print("hello', begun))
    words = ["--exec", f"{sys.executable} {program}", str(RECORDED / "lookup.json")]
    assert main(words) == 1
    assert "1 devices are there, 'precious' the first; --destructive" in capsys.readouterr().err
    assert main([*words, "--destructive"]) == 0


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("print('good day')", "greets with 'good day'"),
        ("pass", "has ended"),
        ("print('hello 1 6.1 x86_64 little 64 254', flush=True); input()", "has ended"),
        ("print('hello 1 6.1 x86_64 little 64 254', flush=True); input(); print('error no')", "'error no'"),
    ],
)
def test_a_program_that_is_no_agent_is_told(script: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--exec", f'{sys.executable} -c "{script}"', str(RECORDED / "lookup.json")]) == 1
    assert said in capsys.readouterr().err


@given(st.lists(st.one_of(st.binary(max_size=40), st.builds(bytes, st.integers(0, 5000)))))
def test_memory_comes_back_from_its_text(parts: list[bytes]) -> None:
    memory = b"".join(parts)
    texts = list(agent.lines_of(memory))
    assert b"".join(map(agent.from_text, texts)) == memory.rstrip(b"\0")[: len(memory)] or len(texts) > 1
    assert b"".join(map(agent.from_text, texts)).rstrip(b"\0") == memory.rstrip(b"\0")
    assert all(len(text) <= agent.LINE for text in texts)
