"""The vectors under spec/, and values in the form they have there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from dmproto.wire.checks import TEXT_ERRORS
from dmproto.wire.command import Command
from dmproto.wire.generated import DeviceMessage
from tests.wire.engines import Reading

SPEC: Final = Path(__file__).parents[2] / "spec"
SCHEMAS: Final = SPEC / "schemas"
HAND: Final = tuple(sorted((SPEC / "vectors" / "hand").glob("*.json")))
TRANSCRIPTS: Final = tuple(sorted((SPEC / "vectors" / "clients").glob("*.json")))
ZEROS_LIMIT: Final = 4096
"""Most zeros read behind the bytes of a recorded request, whatever was mapped there."""

WIDE: Final = frozenset({"sector_start", "length", "sector", "dev"})
"""The 64-bit fields, which are strings in JSON."""


def load(path: Path) -> Any:
    """A JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


class Vector(NamedTuple):
    """One codec test of a vector file."""

    id: str
    test: dict[str, Any]

    @property
    def reading(self) -> Reading:
        """How its bytes are to be read."""
        test = self.test
        return Reading(test["reading"], int(test["code"], 0), test["byteorder"], test["dialect"], test["door"])

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return bytes.fromhex(self.test["bytes"])

    @property
    def error(self) -> tuple[str, int, str] | None:
        """The refusal it expects, if any."""
        error = self.test.get("error")
        return (error["path"], error["offset"], error["rule"]) if error else None

    @property
    def anomalies(self) -> list[tuple[int, str, str]]:
        """What lenient decoding is to find."""
        return [(item["offset"], item["field"], item["rule"]) for item in self.test["anomalies"]]


def hand() -> list[Vector]:
    """Every hand-written codec vector."""
    return [Vector(test["id"], test) for path in HAND for test in load(path)["tests"]]


class Recorded(NamedTuple):
    """A buffer that a real program passed, or got back."""

    id: str
    reading: Reading
    data: bytes


def recorded() -> list[Recorded]:
    """Every request and every successful reply of the recorded transcripts, as memory."""
    found = []
    for path in TRANSCRIPTS:
        waiting: dict[str, dict[str, Any]] = {}
        for number, step in enumerate(load(path)["steps"]):
            name = f"{path.stem}-{number}"
            if "ioctl" in step:
                code, sent = int(step["ioctl"], 0), bytes.fromhex(step["in"])
                memory = sent.ljust(min(step.get("mapped", len(sent)), len(sent) + ZEROS_LIMIT), b"\0")
                found.append(Recorded(f"{name}-request", Reading("request", code), memory))
                waiting[step.get("start", "")] = step
            began = waiting.get(step.get("finish", "")) if "finish" in step else step if "ioctl" in step else None
            if began and step.get("ret") == 0 and "out" in step:
                code = int(began["ioctl"], 0)
                found.append(Recorded(f"{name}-reply", Reading("reply", code), bytes.fromhex(step["out"])))
    return found


def distinct(of: list[Recorded]) -> list[Recorded]:
    """The same without buffers that occur twice."""
    return list({(item.reading, item.data): item for item in reversed(of)}.values())[::-1]


def plain(value: Any, field: str = "") -> Any:
    """A value as JSON has it."""
    if isinstance(value, tuple | list):
        return [plain(item, field) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, msgspec.Struct):
        named = {name: getattr(value, name) for name in value.__struct_fields__ if name != "anomalies"}
        return {name: plain(item, name) for name, item in named.items() if item is not None}
    if isinstance(value, int):
        return str(value) if field in WIDE else int(value)
    if not isinstance(value, str):
        return value
    raw = value.encode("utf-8", TEXT_ERRORS)
    return {"hex": raw.hex()} if value != raw.decode("utf-8", "replace") else value


def message(value: Any) -> Any:
    """A whole message as JSON has it."""
    if isinstance(value, DeviceMessage):
        words = plain(value)
        return {"command": "DEVMESSAGE", "payload": words.pop("payload"), "header": words}
    command = value.command.name if isinstance(value.command, Command) else value.command
    return {"command": command, "header": plain(value.header), "payload": plain(value.payload)}
