"""What the vectors hold, as the tests of this folder want it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from dmproto.errors import DecodeError
from dmproto.show.message import Reading, Shown, read
from dmproto.show.reading import tell_apart
from dmproto.show.recordings import Capture

VECTORS: Final = Path(__file__).parents[2] / "spec" / "vectors"
CLIENTS: Final = sorted((VECTORS / "clients").glob("*.json"))
HAND: Final = sorted((VECTORS / "hand").glob("*.json"))


def name_of(path: Path) -> str:
    """How a test is named after a file."""
    return path.stem


def captures(path: Path) -> list[Capture]:
    """The calls in a vector file."""
    found = tell_apart(path.read_bytes())
    assert isinstance(found, list)
    return found


def steps(path: Path) -> list[dict[str, Any]]:
    """The raw steps of a transcript."""
    found: list[dict[str, Any]] = json.loads(path.read_text())["steps"]
    return found


def shown(path: Path) -> Iterator[Shown]:
    """Every message in a vector file that can be read."""
    for call in captures(path):
        for kind, side in (("request", call.request), ("reply", call.reply)):
            if side is None:
                continue
            given = {name: item for name, item in call.given.items() if item is not None}
            try:
                result = read(side.memory, Reading(kind, call.code, secrets=True, **given))
            except DecodeError:
                continue
            if isinstance(result, Shown):
                yield result
