"""Runs ioctls under strace: `issue.c` makes them on /dev/null, which takes none, so strace prints what goes in."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.external.compiler import build
from tests.tools import require

SOURCE = Path(__file__).with_name("issue.c")
NO_BUFFER = 0xFFFFFFFF


class Tracer:
    """strace and the program it watches.

    Attributes:
        folder: where the program and the traces are left.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.strace = require("strace", "apt-get install strace")
        self.program = build([require("gcc", "apt-get install gcc libc6-dev")], SOURCE, folder / "issue")

    def text(self, calls: Iterable[tuple[int, bytes | None]], *options: str) -> str:
        """What strace prints of these calls: request number and the bytes behind the pointer, None for a null one."""
        records = (
            struct.pack("=QI", code, NO_BUFFER if data is None else len(data)) + (data or b"") for code, data in calls
        )
        trace = self.folder / "trace"
        options = options or ("-v", "-s", "200000")
        subprocess.run(
            [self.strace, *options, "-e", "trace=ioctl", "-o", str(trace), str(self.program)],
            input=b"".join(records),
            check=True,
            timeout=120,
        )
        return trace.read_text("ascii")
