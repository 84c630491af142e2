"""Oracle: a C program that reads messages with the structs of <linux/dm-ioctl.h> and prints what it finds.

Compared: every field of the header and of every record, for requests and replies of every command (the two walks over
`next`, the tail behind a name in each interface version, device lists, answers) and for direct messages in each
dialect: that is all that strace does not print. Values are encoded by us; recorded ones also decoded by us.
"""

from __future__ import annotations

import json
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmproto import DeviceMessage, Reply, Request, decode_reply, decode_request, encode
from dmproto.wire.command import Command
from dmproto.wire.dialects import DIALECTS
from tests.external.compiler import build
from tests.external.messages import device_messages, replies, requests
from tests.tools import require

SOURCE = Path(__file__).with_name("read.c")
CLIENTS = sorted((Path(__file__).parents[2] / "spec" / "vectors" / "clients").glob("*.json"))
KINDS = {
    None: 0,
    "table_load": 1,
    "table_status": 2,
    "name_list": 3,
    "target_versions": 4,
    "target_deps": 5,
    "target_msg": 6,
    "message_answer": 7,
    "rename": 7,
    "geometry": 7,
}
FRAMES = {"devmessage": 8, "devmessage_signed": 9, "devmessage_untagged": 10}
MODELS = {"rename": "new_name", "geometry": "text", "message_answer": "message"}


class CReader:
    """The program."""

    def __init__(self, folder: Path) -> None:
        self.program = build([require("gcc", "apt-get install gcc libc6-dev")], SOURCE, folder / "read")

    def read(self, messages: Sequence[tuple[int, bytes]]) -> list[Any]:
        """What it prints of each message, given with the kind of its payload."""
        records = (struct.pack("=II", kind, len(data)) + data for kind, data in messages)
        done = subprocess.run([str(self.program)], input=b"".join(records), capture_output=True, check=True, timeout=60)
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> CReader:
    """The compiled program."""
    return CReader(tmp_path_factory.mktemp("read"))


def kind_of(message: Request | Reply) -> str | None:
    """The payload's name, None where there is none."""
    facts = Command(message.command).facts
    name = facts.request if isinstance(message, Request) else facts.reply
    return None if message.payload in (None, ()) else name


def plain(value: Any) -> Any:
    """One of our values as the program prints it."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").hex()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if hasattr(value, "__struct_fields__"):
        fields = {name: plain(getattr(value, name)) for name in value.__struct_fields__ if name != "anomalies"}
        return {name: item for name, item in fields.items() if item is not None or name == "tag"}
    return value


def compare(message: Request | Reply, found: Any) -> int:
    """Compare a message with what the program found; how many fields that were."""
    assert found["header"] == plain(message.header)
    name = kind_of(message)
    records = plain(message.payload) if isinstance(message.payload, tuple) else [plain(message.payload)]
    if name in MODELS:
        records = [{"text": record[MODELS[name]]} for record in records]
    assert found["payload"] == (records if name else [])
    return len(found["header"]) + sum(len(record) for record in found["payload"])


def check(reader: CReader, messages: Sequence[Request | Reply]) -> int:
    """Compare them all, in one run."""
    encoded = [(KINDS[kind_of(message)], encode(message)[1]) for message in messages]
    return sum(compare(m, found) for m, found in zip(messages, reader.read(encoded), strict=True))


@pytest.mark.parametrize("messages", [requests(), replies()], ids=["requests", "replies"])
def test_c_finds_in_our_bytes_what_we_meant(reader: CReader, messages: st.SearchStrategy[Any]) -> None:
    @settings(max_examples=max(10, settings().max_examples))
    @given(st.lists(messages, min_size=5, max_size=30))
    def run(meant: list[Any]) -> None:
        assert check(reader, meant) >= 11 * len(meant)

    run()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_c_finds_in_our_frames_what_we_meant(reader: CReader, dialect: str) -> None:
    frame = DIALECTS[dialect].frame
    signed, tagged = frame.endswith("signed"), frame != "devmessage_untagged"

    @given(st.lists(device_messages(tagged=tagged, signed=signed), min_size=5, max_size=30))
    def run(meant: list[DeviceMessage]) -> None:
        encoded = [(FRAMES[frame], encode(message, dialect=dialect)[1]) for message in meant]
        assert reader.read(encoded) == [plain(message) for message in meant]

    run()


@pytest.mark.parametrize("path", CLIENTS, ids=lambda path: path.stem)
def test_c_finds_in_recorded_bytes_what_we_decode(reader: CReader, path: Path) -> None:
    found: list[tuple[Any, bytes]] = []
    jobs: dict[str, int] = {}
    for step in json.loads(path.read_text())["steps"]:
        if "finish" not in step and "ioctl" not in step:
            continue
        code = jobs[step["finish"]] if "finish" in step else int(step["ioctl"], 16)
        if "start" in step:
            jobs[step["start"]] = code
        if "in" in step:
            data = bytes.fromhex(step["in"]).ljust(step["mapped"], b"\0")
            found.append((decode_request(code, data), data))
        if "out" in step and step["ret"] >= 0:
            data = bytes.fromhex(step["out"])
            found.append((decode_reply(code, data), data))
    told = reader.read([(KINDS[kind_of(message)], data) for message, data in found])
    assert sum(compare(m, answer) for (m, _), answer in zip(found, told, strict=True)) >= 11 * len(found) > 0
