"""Oracle: strace, which decodes the ioctls of the control node without us.

Each request is encoded by us, issued on /dev/null under `strace -v -s 200000`, and strace's text read back. Compared:
every field strace prints with the one we meant. Which fields those are stands in a table taken from strace's source
(printed.py), and the reader's notes must name exactly the others: so neither side can leave one out. strace prints
replies only of calls that succeed: see test_strace_kernel.py.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmproto import DmFlag, Geometry, Header, Rename, Request, TargetMsg, TargetSpec, encode
from dmproto.show.strace import read
from dmproto.wire.command import Command
from tests.external.messages import replaced, requests
from tests.external.printed import UNDECODED, compare
from tests.external.traced import Tracer

DECODED = [command for command in Command if command not in UNDECODED]
HEADER = Header(version=(4, 1, 2), data_size=4096, dev=0x1234, name="nnn", uuid="uuu")
ODD = "".join(chr(code) for code in range(1, 128))
ODD_BYTES = bytes(range(128, 256)).decode("utf-8", "surrogateescape")
EVERY_BIT = [DmFlag(1 << bit) for bit in range(32)]


def check(tracer: Tracer, meant: list[Request]) -> int:
    """Issue all requests in one run, and compare each; how many fields that were."""
    captures = read(tracer.text([encode(request) for request in meant]))
    assert len(captures) == len(meant)
    compared = 0
    for capture, request in zip(captures, meant, strict=True):
        assert (capture.code, capture.ret, capture.errno) == (Command(request.command).code(), -1, "ENOTTY")
        assert capture.reply is None
        compared += compare(request, capture.request, capture.notes)
    return compared


def by_hand() -> list[Request]:
    """What a person would try."""
    payloads: dict[str | None, list[Any]] = {
        None: [None],
        "table_load": [
            (),
            (TargetSpec(0, 8, target_type="zero"),),
            (TargetSpec(2**64 - 1, 2**63, -1, 296, "a" * 15, ODD), TargetSpec(1, 2, 0, 0, ODD_BYTES[:15], ODD_BYTES)),
        ],
        "target_msg": [TargetMsg(0, ""), TargetMsg(2**64 - 1, ODD), TargetMsg(1, ODD_BYTES), TargetMsg(5, "m" * 3000)],
        "rename": [Rename("n"), Rename(""), Rename(ODD), Rename(ODD_BYTES[:127])],
        "geometry": [Geometry("1 2 3 4"), Geometry("x" * 500)],
    }
    heads = [
        HEADER,
        msgspec.structs.replace(HEADER, dev=0, name="", uuid=""),
        msgspec.structs.replace(HEADER, name=ODD, uuid=ODD_BYTES, dev=2**64 - 1, event_nr=2**32 - 1),
        msgspec.structs.replace(HEADER, name=ODD_BYTES[:127], uuid=ODD, data_size=2**30, open_count=-1, padding=7),
        msgspec.structs.replace(HEADER, version=(4, 2**32 - 1, 0), event_nr=0x0060BEEF, flags=DmFlag(2**32 - 1)),
        *[msgspec.structs.replace(HEADER, flags=flag, event_nr=3) for flag in EVERY_BIT],
    ]
    made = [
        Request(command, head, payload)
        for command in DECODED
        for head in heads
        for payload in payloads[command.facts.request]
    ]
    return [
        replaced(request, target_count=len(request.payload)) if request.command == Command.TABLE_LOAD else request
        for request in made
    ]


@pytest.fixture(scope="module")
def tracer(tmp_path_factory: pytest.TempPathFactory) -> Tracer:
    """strace, and the program it watches."""
    return Tracer(tmp_path_factory.mktemp("strace"))


@pytest.mark.parametrize("command", DECODED)
def test_requests_by_hand_read_back_as_meant(tracer: Tracer, command: Command) -> None:
    requests_ = [request for request in by_hand() if request.command == command]
    assert check(tracer, requests_) >= 3 * len(requests_) >= 3 * 37


def test_any_requests_read_back_as_meant(tracer: Tracer) -> None:
    @settings(max_examples=max(3, settings().max_examples // 4))
    @given(st.lists(requests(), min_size=10, max_size=40))
    def run(meant: list[Request]) -> None:
        decoded = [request for request in meant if request.command in DECODED]
        check(tracer, decoded)

    run()


def test_what_strace_cannot_decode_is_told_as_such(tracer: Tracer) -> None:
    code, data = encode(Request(Command.GET_TARGET_VERSION, HEADER))
    calls = [(code, data), (Command.MPATH_PROBE_PATHS.code(), None), (0xC00CFD0E, b"\0" * 16), (0xC138FDEE, data)]
    version, probe, frame, unknown = read(tracer.text(calls))
    assert (version.command, version.request) == (Command.GET_TARGET_VERSION, None)
    assert (probe.command, probe.request) == (Command.MPATH_PROBE_PATHS, Request(Command.MPATH_PROBE_PATHS, None))
    assert (frame.command, frame.code, frame.request) == (14, 0xC00CFD0E, None)
    assert (unknown.command, unknown.request) == (0xEE, None)
    assert not probe.notes
    assert all(capture.notes[0].text.startswith("not decoded") for capture in (version, frame, unknown))
