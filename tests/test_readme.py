"""The README says what happens: its Python runs as doctest, its commands are run and their output is compared."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dmproto.wire.build import request
from dmproto.wire.codec import encode
from dmproto.wire.command import Command
from dmproto.wire.generated import TargetSpec

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text(encoding="utf-8")
BLOCK = re.compile(r"^( *)```console\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def examples() -> list[tuple[str, str]]:
    """Every command shown, and what is shown of its output."""
    blocks = (
        "".join(line.removeprefix(found[1]) for line in found[2].splitlines(True)) for found in BLOCK.finditer(TEXT)
    )
    return [(shown[1], shown[2]) for block in blocks for shown in COMMAND.finditer(block)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the file of the examples, and a `dmproto` of this very Python."""
    spec = TargetSpec(length=2048, target_type="linear", parameters="98:0 0")
    _, data = encode(request(Command.TABLE_LOAD, [spec], name="lin"), byteorder="little")
    (tmp_path / "table-load.bin").write_bytes(data)
    script = tmp_path / "dmproto"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m dmproto "$@"\n')
    script.chmod(0o755)
    return tmp_path


def test_there_are_examples() -> None:
    assert len(examples()) >= 4


@pytest.mark.parametrize(("command", "shown"), examples(), ids=[command for command, _ in examples()])
def test_a_command_prints_what_is_shown(command: str, shown: str, folder: Path) -> None:
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(README.parent)}
    run = subprocess.run(
        command, shell=True, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    told = run.stdout.decode()
    assert doctest.OutputChecker().check_output(shown, told, doctest.ELLIPSIS), told


def test_the_python_runs() -> None:
    result = doctest.testfile(str(README), module_relative=False)
    assert result.attempted > 5
    assert not result.failed
