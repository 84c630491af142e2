"""Reading strace's text: what strace 6.1 printed of dmsetup on Linux 6.1.176, in every form its options give it."""

from __future__ import annotations

import pytest

from dmproto import (
    Command,
    DmFlag,
    Geometry,
    Header,
    MessageAnswer,
    NameList,
    Rename,
    Reply,
    Request,
    TargetDeps,
    TargetMsg,
    TargetSpec,
    TargetVersions,
    decode_reply,
    decode_request,
    encode,
)
from dmproto.show.strace import Capture, read

VERSION = "ioctl(3, DM_VERSION, [{version=[4, 0, 0], data_size=16384, flags=DM_EXISTS_FLAG}]"
ANSWER = "[{version=[4, 47, 0], data_size=16384, flags=DM_EXISTS_FLAG}]"
ENOTTY = " = -1 ENOTTY (Inappropriate ioctl for device)"
SENT = Header(version=(4, 0, 0), data_size=16384, flags=DmFlag(4))
CAME_BACK = Header(version=(4, 47, 0), data_size=16384, flags=DmFlag(4))

LOAD = (
    "ioctl(3, DM_TABLE_LOAD, [{version=[4, 0, 0], data_size=16384, data_start=312, dev=makedev(0xfe, 0x1), "
    "target_count=3, flags=DM_EXISTS_FLAG|DM_PERSISTENT_DEV_FLAG}, "
    '{sector_start=0, length=8, target_type="zero", string=""}, '
    '{sector_start=8, length=16, target_type="linear", string="/dev/ubda 8"}, '
    '{sector_start=24, length=8, target_type="error", string=""}]'
)
LOADED = (
    "[{version=[4, 47, 0], data_size=305, data_start=312, dev=makedev(0xfe, 0x1), "
    'name="multi", target_count=0, open_count=0, event_nr=0, '
    "flags=DM_EXISTS_FLAG|DM_PERSISTENT_DEV_FLAG|DM_INACTIVE_PRESENT_FLAG}]"
)


def one(text: str) -> Capture:
    """The only capture of a text."""
    (capture,) = read(text)
    return capture


def said(capture: Capture, prefix: str = "") -> dict[str, str]:
    """The notes that are no plain omission, by their paths."""
    return {path: text for path, text in capture.notes if path.startswith(prefix) and "not printed" not in text}


@pytest.mark.parametrize(
    ("before", "pid"),
    [
        ("", None),
        ("[pid   700] 15:45:15.443113 ", 700),
        ("702   ", 702),
        ("702 15:45:15 ", 702),
        ("702<dmsetup> 15:45:15 ", 702),
        ("15:45:15.443113 ", None),
        ("1700000000.443113 ", None),
        ("     0.000136 ", None),
        ("15:45:15 (+     0.000136) ", None),
        ("[00007f4815b75050] ", None),
        ("[pid 12<dmsetup>] ", 12),
    ],
)
@pytest.mark.parametrize("after", ["", " <0.000241>"])
def test_what_stands_around_a_call(before: str, after: str, pid: int | None) -> None:
    capture = one(f"{before}{VERSION} => {ANSWER}) = 0{after}\n")
    assert capture.pid == pid
    assert (capture.line, capture.code, capture.command, capture.ret, capture.errno) == (1, 0xC138FD00, 0, 0, None)
    assert capture.request == Request(Command.VERSION, SENT)
    assert capture.reply == Reply(Command.VERSION, CAME_BACK)


def test_columns_are_aligned_on_a_terminal() -> None:
    assert one(f"{VERSION})             = 0").ret == 0


def test_other_lines_and_drivers_are_passed_over() -> None:
    text = "\r\n".join(
        [
            'execve("/sbin/dmsetup", ["dmsetup"], 0x7ffd /* 20 vars */) = 0',
            "ioctl(3, TCGETS or SNDCTL_TMR_TIMEBASE, 0x7ffd192a4360) = -1 ENOTTY (Inappropriate ioctl for device)",
            "ioctl(3, FIOCLEX)                       = 0",
            "ioctl(3, _IOC(_IOC_READ, 0x12, 0x34, 0), 0) = 0",
            "ioctl(3, BLKGETSIZE64, [1024])          = 0",
            "ioctl(3, 0x80001234, 0) = 0",
            "--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=702} ---",
            "strace: Process 705 attached",
            "<... wait4 resumed>) = 0",
            "<... ioctl resumed> => [{version=[4, 47, 0]}]) = 0",
            "No devices found",
            " > /usr/lib/libc.so.6(ioctl+0x5) [0x1234]",
            f"{VERSION} => {ANSWER}) = 0",
            "+++ exited with 0 +++",
        ]
    )
    assert one(text).line == 13
    assert read("+++ exited with 0 +++\n") == []


def test_a_call_in_two_parts() -> None:
    wait = 'version=[4, 0, 0], data_size=16384, data_start=312, name="z", event_nr=0, flags=DM_EXISTS_FLAG'
    text = "\n".join(
        [
            f"[pid   705] 15:45:15.559768 ioctl(3, DM_DEV_WAIT, [{{{wait}}}] <unfinished ...>",
            "[pid   706] 15:45:16.583002 +++ exited with 0 +++",
            f"[pid   707] 15:45:16.639106 {VERSION} => {ANSWER}) = 0 <0.000091>",
            (
                "[pid   705] 15:45:16.643061 <... ioctl resumed> => [{version=[4, 47, 0], data_size=353, "
                'data_start=312, dev=makedev(0xfe, 0), name="z", target_count=1, open_count=0, event_nr=1, '
                "flags=DM_ACTIVE_PRESENT_FLAG}, "
                '{sector_start=0, length=8, status=0, target_type="zero", string=""}]) = 0 <1.082929>'
            ),
        ]
    )
    waited, asked = read(text)
    assert (waited.line, waited.pid, waited.ret, asked.line, asked.pid) == (1, 705, 0, 3, 707)
    assert waited.reply is not None
    assert waited.reply.payload == (TargetSpec(0, 8, 0, 48, "zero", ""),)


@pytest.mark.parametrize(
    "end", ["", "\n[pid 9] <... ioctl resumed> <unfinished ...>) = ?\n[pid 9] +++ killed by SIGKILL +++"]
)
def test_a_call_that_never_returned(end: str) -> None:
    capture = one(f"[pid 9] {VERSION} <unfinished ...>{end}")
    assert (capture.ret, capture.errno, capture.reply) == (None, None, None)
    assert capture.request == Request(Command.VERSION, SENT)
    assert said(capture) == {"ret": "the call did not return"}


def test_a_call_that_is_to_be_restarted() -> None:
    capture = one(f"{VERSION}) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)")
    assert (capture.ret, capture.errno) == (None, "ERESTARTSYS")


def test_a_table() -> None:
    capture = one(f"{LOAD} => {LOADED}) = 0")
    request, reply = capture.request, capture.reply
    assert request is not None
    assert request.payload == (
        TargetSpec(0, 8, 0, 48, "zero", ""),
        TargetSpec(8, 16, 0, 56, "linear", "/dev/ubda 8"),
        TargetSpec(24, 8, 0, 48, "error", ""),
    )
    code, data = encode(request)
    assert decode_request(code, data) == request
    assert reply is not None
    assert reply.header is not None
    assert (reply.header.dev, reply.header.name) == (65025, "multi")
    assert reply.header.flags == DmFlag.PERSISTENT_DEV | DmFlag.INACTIVE_PRESENT | 4


HEAD = "version=[4, 47, 0], data_size={size}, data_start=312, flags=DM_ACTIVE_PRESENT_FLAG"
ASKED = "[{version=[4, 0, 0], data_size=16384, data_start=312, flags=0}]"


@pytest.mark.parametrize(
    ("name", "size", "printed", "payload"),
    [
        (
            "LIST_DEVICES",
            368,
            '{dev=makedev(0xfe, 0), name="lin", event_nr=7}, {dev=makedev(0xfe, 0x1), name="multi"}',
            (NameList(65024, 24, "lin", 7, 0), NameList(65025, 0, "multi", 0, 0)),
        ),
        (
            "LIST_VERSIONS",
            376,
            '{name="zero", version=[1, 1, 0]}, {name="error", version=[1, 5, 0]}',
            (TargetVersions(24, (1, 1, 0), "zero"), TargetVersions(0, (1, 5, 0), "error")),
        ),
        ("TABLE_DEPS", 336, "{count=2, deps=[makedev(0x62, 0), makedev(0x62, 0x10)]}", TargetDeps(0, (25088, 25104))),
        (
            "TABLE_STATUS",
            442,
            (
                '{sector_start=0, length=8, status=0, target_type="zero", string=""}, '
                '{sector_start=8, length=16, status=-1, target_type="linear", string="98:0 8"}'
            ),
            (TargetSpec(0, 8, 0, 48, "zero", ""), TargetSpec(8, 16, -1, 96, "linear", "98:0 8")),
        ),
        ("TARGET_MSG", 326, '{string="0: 0+8 8 - -\\n"}', MessageAnswer("0: 0+8 8 - -\n")),
    ],
)
@pytest.mark.parametrize("beside", [True, False], ids=["strace 6.1", "later"])
def test_answers(name: str, size: int, printed: str, payload: object, *, beside: bool) -> None:
    head = HEAD.format(size=size)
    inside = printed.removeprefix("{").removesuffix("}") if name == "TARGET_MSG" else printed
    told = f"[{{{head}}}, {printed}]" if beside else f"{{{head}, {inside}}}"
    capture = one(f"ioctl(3, DM_{name}, {ASKED} => {told}) = 0")
    assert capture.reply is not None
    assert capture.reply.payload == payload
    assert not said(capture)
    if name not in ("TABLE_STATUS", "LIST_DEVICES"):  # target_count is not in this text; the list has three forms
        code, data = encode(capture.reply)
        assert decode_reply(code, data) == capture.reply


@pytest.mark.parametrize(("minor", "event_nr"), [(36, None), (37, 0), (44, 0)])
def test_lists_of_older_drivers(minor: int, event_nr: int | None) -> None:
    head = HEAD.format(size=360).replace("47", str(minor))
    capture = one(f'ioctl(3, DM_LIST_DEVICES, {ASKED} => [{{{head}}}, {{dev=0xfe00, name="lin"}}]) = 0')
    assert capture.reply is not None
    assert capture.reply.payload == (NameList(65024, 0, "lin", event_nr),)


@pytest.mark.parametrize(
    ("name", "printed", "payload"),
    [
        ("DEV_RENAME", '{string="new"}', Rename("new")),
        ("DEV_SET_GEOMETRY", '{string="1 2 3 0"}', Geometry("1 2 3 0")),
        ("TARGET_MSG", '{sector=5, message="@stats_list"}', TargetMsg(5, "@stats_list")),
    ],
)
def test_requests_with_a_text(name: str, printed: str, payload: object) -> None:
    head = "version=[4, 0, 0], data_size=400, data_start=312, flags=0"
    capture = one(f"ioctl(3, DM_{name}, [{{{head}}}, {printed}]){ENOTTY}")
    assert capture.request is not None
    assert capture.request.payload == payload
    assert (capture.ret, capture.errno, capture.reply) == (-1, "ENOTTY", None)
