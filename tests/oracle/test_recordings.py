"""The committed recordings are still what the programs and the kernel say: flows recorded again, byte for byte.

The oracle is the kernel itself, in user-mode Linux. The flows of dmsetup are recorded again here; those of cryptsetup,
lvm and the others take the same way (`python -m tests.oracle.record`) and more packages.
"""

from __future__ import annotations

import json
import platform
from pathlib import Path

import pytest

from tests import tools
from tests.oracle import record, uml

AGAIN = ("dmsetup-message", "dmsetup-names", "dmsetup-life")
INSTALL = "apt-get install user-mode-linux kmod dmsetup gcc libc6-dev"


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The preloaded library."""
    if platform.machine() != "x86_64" or not uml.available():
        tools.missing("user-mode Linux", INSTALL)
    for program in ("gcc", "dmsetup", "modprobe"):
        tools.require(program, INSTALL)
    path = tmp_path_factory.mktemp("recorder") / "record.so"
    record.compile_recorder(path)
    return path


@pytest.mark.parametrize("name", AGAIN)
def test_the_kernel_still_says_so(name: str, recorder: Path) -> None:
    flow = next(flow for flow in record.FLOWS if flow.name == name)
    kept = json.loads((record.VECTORS / f"{name}.json").read_text())
    again = record.record(flow, recorder)
    for index, (before, now) in enumerate(zip(kept["steps"], again["steps"], strict=True)):  # type: ignore[call-overload]
        assert now == before, f"step {index} is not what was recorded on {kept['kernel']}, now on {again['kernel']}"
