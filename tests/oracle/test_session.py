"""The agent and its line: what a caller of ioctl(2) could do, done through it, and nothing left behind."""

from __future__ import annotations

import errno
import os
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dmproto.wire.command import Command
from dmproto.wire.flags import DmFlag
from tests import tools
from tests.oracle import channel
from tests.oracle.guest import require
from tests.oracle.session import Session
from tests.oracle.steps import FIRST, begun, pack

VERSION, LIST, CREATE, REMOVE, SUSPEND, STATUS, WAIT = (FIRST + nr for nr in (0, 2, 3, 4, 6, 7, 8))
POLLIN = 1


@pytest.fixture(scope="module")
def kernel() -> Iterator[Session]:
    require()
    with Session(disks=(65536,)) as session:
        yield session


@pytest.fixture
def session(kernel: Session) -> Session:
    """A kernel with nothing in it and one open control file, c."""
    kernel.reset()
    assert kernel.open("c", "control") == 0
    return kernel


def make(session: Session, name: bytes, kind: bytes = b"zero", words: bytes = b"") -> None:
    """A device with a live table."""
    for step in begun(name, kind, words, resumed=True):
        assert session.ioctl(*step[:4])[0] == 0


def test_the_greeting_says_what_answers(session: Session) -> None:
    assert session.release.startswith("6.")
    assert session.greeting[1:] == ("x86_64", "little", 64, 254)


def test_version_reads_and_writes_twelve_bytes(session: Session) -> None:
    assert session.ioctl("c", VERSION, struct.pack("=3I", 4, 0, 0)) == (0, struct.pack("=3I", 4, 47, 0))


def test_memory_ends_where_it_is_said_to(session: Session) -> None:
    message = pack(size=400)
    assert session.ioctl("c", LIST, message)[0] == 0
    assert session.ioctl("c", LIST, message[:399])[0] == -errno.EFAULT
    assert session.ioctl("c", VERSION, message[:11])[0] == -errno.EFAULT
    assert session.ioctl("c", VERSION, b"", 0)[0] == -errno.EFAULT
    assert session.ioctl("c", LIST, message[:60], 400)[0] == 0, "zeros follow"


@pytest.mark.parametrize("size", [3000, 70_000, 300_000])
def test_long_memory_goes_there_and_back(session: Session, size: int) -> None:
    noise = os.urandom(size - 312)
    message = pack(size=size)[:312] + noise
    ret, memory = session.ioctl("c", LIST, message)
    assert (ret, memory[312:]) == (0, noise)


def test_who_lacks_the_capability_is_refused_and_only_that_once(session: Session) -> None:
    message = pack(size=312)
    assert session.ioctl("c", LIST, message, capable=False) == (-errno.EACCES, message)
    assert session.start("j", "c", LIST, message, capable=False) == (-errno.EACCES, message)
    assert session.ioctl("c", LIST, message)[0] == 0


def test_a_wait_blocks_until_something_happens(session: Session) -> None:
    make(session, b"a")
    assert session.start("j", "c", WAIT, pack(name=b"a", event_nr=1)) is not None, "it is not the present number"
    assert session.start("j", "c", WAIT, pack(name=b"a")) is None
    assert session.finish("j", 0) is None
    assert session.ioctl("c", FIRST + Command.DEV_RENAME, pack(b"b\0", name=b"a"))[0] == 0
    answered = session.finish("j")
    assert answered is not None
    assert answered[0] == 0
    assert struct.unpack_from("=I", answered[1], 32) == (1,)


def test_a_signal_ends_a_wait(session: Session) -> None:
    make(session, b"a")
    assert session.start("j", "c", WAIT, pack(name=b"a")) is None
    session.interrupt("j")
    answered = session.finish("j")
    assert answered is not None
    assert answered[0] == -errno.EINTR


def test_events_are_told_once(session: Session) -> None:
    session.uevents()
    make(session, b"a")
    told = [
        (event["ACTION"], event["MAJOR"], event["MINOR"])
        for event in session.uevents()
        if event["SUBSYSTEM"] == "block"
    ]
    assert told == [("add", "254", "0"), ("change", "254", "0")]
    assert session.uevents() == []


def test_the_kernels_log_has_its_reasons(session: Session) -> None:
    session.log()
    assert session.ioctl("c", CREATE, pack(name=b"a/b"))[0] == -errno.EINVAL
    assert any("slash" in line or "invalid device name" in line for line in session.log())
    assert session.log() == []


def test_polls_and_opens(session: Session) -> None:
    assert session.open("d", "254:0") == -errno.ENXIO
    make(session, b"a")
    assert session.poll("c") & POLLIN
    assert session.open("c1", "control") == 0
    assert session.poll("c1") == 0
    assert session.open("d", "254:0") == 0
    assert session.ioctl("c", REMOVE, pack(name=b"a"))[0] == -errno.EBUSY
    session.close("d")
    assert session.ioctl("c", REMOVE, pack(name=b"a"))[0] == 0
    assert session.poll("c1") == POLLIN


def test_a_reset_leaves_nothing(session: Session) -> None:
    boots = session.boots
    make(session, b"low", b"linear", b"98:0 0")
    make(session, b"top", b"linear", b"254:0 0")
    make(session, b"self")
    for step in begun(b"self", b"linear", b"254:2 0", resumed=True)[1:]:
        assert session.ioctl(*step[:4])[0] == 0
    assert session.ioctl("c", SUSPEND, pack(name=b"low", flags=DmFlag.SUSPEND | DmFlag.NOFLUSH))[0] == 0
    assert session.open("d", "254:1") == 0
    assert session.start("j", "c", WAIT, pack(name=b"top")) is None
    session.reset()
    assert session.devices() == []
    assert session.boots == boots
    session.open("c", "control")
    ret, memory = session.ioctl("c", CREATE, pack(name=b"a"))
    assert (ret, struct.unpack_from("=Q", memory, 40)) == (0, (0xFE00,))


def test_a_kernel_that_dies_is_followed_by_another(session: Session) -> None:
    boots = session.boots
    with pytest.raises(channel.Gone):
        session.ask("halt")
    assert session.devices() == []
    assert session.boots == boots + 1


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The agent as a program of this machine."""
    tools.require("gcc", "apt-get install gcc libc6-dev")
    path = tmp_path_factory.mktemp("agent") / "agent"
    channel.build(path)
    return path


def test_lines_that_make_no_sense(agent: Path) -> None:
    lines = [
        "", " ", "nonesuch", "ioctl", "ioctl c 1 2 3 -", "close c", "open  control", "open c 7", "open c 7:x",
        f"open {'n' * 32} control", "more 0", "more gg", "more [00*]", "more [00*999999999999]", "more [00*8", "poll x",
        "finish j 0", "interrupt j", "start j c 0 0 0 -", "hello x", "more 00 00", "x" * 60_000,
    ]  # fmt: skip
    done = subprocess.run(
        [agent, "--exec"], input="\n".join([*lines, "more [a5*9]", "halt"]), capture_output=True, text=True, check=True
    )
    greeting, *answers, last = done.stdout.splitlines()
    assert greeting.startswith("hello 1 ")
    assert last == "ok"
    assert len(answers) == len(lines)
    assert all(answer.startswith("error ") for answer in answers), answers


def test_memory_as_text() -> None:
    for memory in (b"", b"\1", bytes(9), b"a" * 7, b"a" * 8 + b"b", bytes(8) + b"\xff", os.urandom(5000), b"ab" * 3000):
        texts = list(channel.pieces(memory, 100))
        assert b"".join(map(channel.from_text, texts)) == memory.rstrip(b"\0")
        assert max(map(len, texts)) <= 100
