"""Oracle: strace's own test cases for device-mapper, and strace itself on the same buffers.

Compared: our lenient decoding with what strace's tests say each buffer holds (fields, records, where it breaks off),
and the rule of each anomaly with the one the kernel's behaviour calls for; strict decoding refuses by the first of
them. Then each buffer is issued under strace, and all it prints must be in our value, too.
"""

from __future__ import annotations

from typing import Any

import pytest

from dmproto import Command, DecodeError, Request, decode_request
from dmproto.rules import RULES
from dmproto.show.strace import read
from dmproto.wire.command import COMMANDS
from dmproto.wire.ioctl import IoctlNumber
from tests.external import strace_header_cases, strace_payload_cases
from tests.external.strace_buffers import Case
from tests.external.traced import Tracer

CASES = [*strace_header_cases.CASES, *strace_payload_cases.CASES]


@pytest.fixture(scope="module")
def tracer(tmp_path_factory: pytest.TempPathFactory) -> Tracer:
    """strace, and the program it watches."""
    return Tracer(tmp_path_factory.mktemp("cases"))


def test_all_rows_are_here() -> None:
    rows = {int("".join(c for c in case.number.partition("-")[0] if c.isdigit())) for case in CASES}
    assert rows == set(range(1, 34))
    assert len({case.number for case in CASES}) == len(CASES)
    assert {rule for case in CASES for _, rule in case.anomalies} <= RULES.keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
def test_lenient_decoding_says_what_strace_says(case: Case) -> None:
    request: Request = decode_request(case.code, case.data, strict=False)
    assert request.command == case.command
    assert request.header is not None
    assert {name: getattr(request.header, name) for name in case.header} == case.header
    assert request.payload == case.payload


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
def test_every_anomaly_has_its_rule(case: Case) -> None:
    request: Request = decode_request(case.code, case.data, strict=False)
    # what is not there is read as zeros: that those break a rule says nothing more
    there = [anomaly for anomaly in request.anomalies if case.data or anomaly.rule == "buffer/short"]
    assert {(anomaly.field, anomaly.rule) for anomaly in there} == set(case.anomalies)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
def test_strict_decoding_refuses_by_the_first(case: Case) -> None:
    if not case.anomalies:
        assert decode_request(case.code, case.data) == decode_request(case.code, case.data, strict=False)
        return
    with pytest.raises(DecodeError) as caught:
        decode_request(case.code, case.data)
    assert (caught.value.path, caught.value.rule) == case.anomalies[0]


def test_a_number_strace_does_not_decode_is_taken_apart() -> None:
    unknown, wrong_size, empty = (IoctlNumber.decode(case.code) for case in CASES[:3])
    assert [(n.direction.name, n.type, n.nr, n.size) for n in (unknown, wrong_size)] == [
        ("WRITE", 0xFD, 0xDE, 4),
        ("READ", 0xFD, 0, 0x1FFF),
    ]
    assert (int(empty.direction), empty.nr, empty.size) == (3, 0xED, 0)


def test_strace_says_nothing_that_we_do_not(tracer: Tracer) -> None:
    # as strace's own tests run it: strings cut at 9 characters, at most 9 items
    text = tracer.text([(case.code, case.data) for case in CASES], "-v", "-s", "9")
    captures = read(text)
    assert len(captures) == len(CASES)
    decoded = 0
    for case, capture in zip(CASES, captures, strict=True):
        assert capture.code == case.code
        if capture.request is None or not isinstance(case.command, Command):
            continue
        decoded += 1
        ours: Request = decode_request(case.code, case.data, strict=False)
        silent = {note.path.removeprefix("request.") for note in capture.notes}
        if "header" in silent:  # strace stopped inside of it
            assert case.anomalies[0][1] in ("header/version", "header/data-size")
        assert holds(ours.header, capture.request.header, "header", silent), case.number
        assert holds(ours.payload, capture.request.payload, "payload", silent), case.number
    assert decoded == len(CASES) - len([case for case in CASES if case.number in ("1", "2", "3", "4", "5")])
    assert {case.command for case in CASES if isinstance(case.command, Command)} >= set(COMMANDS) - {
        Command.GET_TARGET_VERSION,
        Command.MPATH_PROBE_PATHS,
    }


def holds(ours: Any, theirs: Any, path: str, silent: set[str]) -> bool:
    """Whether our value holds all that strace printed; where it printed the beginning, the beginning."""
    if path in silent:
        return not isinstance(theirs, str) or str(ours).startswith(theirs)
    if isinstance(theirs, tuple):
        return len(ours) >= len(theirs) and all(
            holds(mine, item, f"{path}[{index}]", silent)
            for index, (mine, item) in enumerate(zip(ours, theirs, strict=False))
        )
    if hasattr(theirs, "__struct_fields__"):
        return all(
            holds(getattr(ours, name), getattr(theirs, name), f"{path}.{name}", silent)
            for name in theirs.__struct_fields__
            if name not in ("next", "status", "anomalies")
        )
    return bool(ours == theirs)
