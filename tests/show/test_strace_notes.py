"""What strace does not say is said: a note for each field left out, cut short, unreadable or misplaced."""

from __future__ import annotations

import pytest

from dmproto import Command, DmFlag, Header, Request, TargetDeps, TargetMsg, TargetSpec
from dmproto.show.strace import read
from dmproto.show.strace_fields import Note
from dmproto.wire.ioctl import IoctlNumber
from tests.show.test_strace import ASKED, ENOTTY, HEAD, LOAD, VERSION, one, said


def test_every_field_left_out_has_its_note() -> None:
    capture = one(f"{VERSION}){ENOTTY}")
    left_out = ("data_start", "target_count", "open_count", "event_nr", "padding")
    assert capture.notes == (
        *(Note(f"request.header.{name}", "not printed") for name in left_out),
        Note("request.bytes", "those that belong to no field are not printed"),
    )


def test_lists_do_not_print_whom_they_ask_for() -> None:
    paths = {note.path for note in one(f"ioctl(3, DM_LIST_DEVICES, {ASKED}){ENOTTY}").notes}
    assert {"request.header.dev", "request.header.name", "request.header.uuid"} <= paths


def test_a_short_answer_is_counted_anew() -> None:
    paths = {note.path: note.text for note in one(f"{LOAD}){ENOTTY}").notes}
    assert paths["request.payload[2].next"] == "not printed; counted anew"
    assert paths["request.payload[0].status"] == "not printed"


def test_the_last_record_of_a_list() -> None:
    printed = '{dev=makedev(0xfe, 0), name="lin", event_nr=7}, {dev=makedev(0xfe, 0x1), name="multi"}'
    capture = one(f"ioctl(3, DM_LIST_DEVICES, {ASKED} => [{{{HEAD.format(size=368)}}}, {printed}]) = 0")
    paths = {note.path for note in capture.notes}
    assert "reply.payload[0].event_nr" not in paths
    assert {"reply.payload[1].event_nr", "reply.payload[0].uuid", "reply.payload[0].flags"} <= paths


@pytest.mark.parametrize(
    ("printed", "payload", "notes"),
    [
        ("...", (), {"request.payload": "more follows"}),
        ("0x7f00", (), {"request.payload": "the memory at 0x7f00 was not read"}),
        (
            "??? /* misplaced struct dm_target_spec */",
            (),
            {"request.payload": "misplaced struct dm_target_spec"},
        ),
        (
            '{sector_start=1, length=2, target_type="a"..., string=0x7f00}, 0x7f80',
            (TargetSpec(1, 2, 0, 48, "a", ""),),
            {
                "request.payload": "the memory at 0x7f80 was not read",
                "request.payload[0].target_type": "cut short",
                "request.payload[0].parameters": "the memory at 0x7f00 was not read",
            },
        ),
        (
            '{sector_start=1, length=2, target_type="a", string="b"...}, ...',
            (TargetSpec(1, 2, 0, 48, "a", "b"),),
            {"request.payload": "more follows", "request.payload[0].parameters": "cut short"},
        ),
    ],
)
def test_what_strace_could_not_show(printed: str, payload: object, notes: dict[str, str]) -> None:
    head = "version=[4, 0, 0], data_size=400, data_start=312, target_count=9, flags=0"
    capture = one(f"ioctl(3, DM_TABLE_LOAD, [{{{head}}}, {printed}]){ENOTTY}")
    assert capture.request is not None
    assert capture.request.payload == payload
    assert said(capture) == notes


@pytest.mark.parametrize(
    ("printed", "payload", "path"),
    [("{sector=5}", TargetMsg(5, ""), "message"), ('{message="ab"}', TargetMsg(0, "ab"), "sector")],
)
def test_a_member_that_is_not_there(printed: str, payload: TargetMsg, path: str) -> None:
    head = "version=[4, 0, 0], data_size=400, data_start=312, flags=0"
    capture = one(f"ioctl(3, DM_TARGET_MSG, [{{{head}}}, {printed}]){ENOTTY}")
    assert capture.request is not None
    assert capture.request.payload == payload
    assert Note(f"request.payload.{path}", "not printed") in capture.notes


@pytest.mark.parametrize("printed", ['{sector=5, message="ab"...}', '{sector=5, message="ab"}, {sector=6}'])
def test_a_cut_message(printed: str) -> None:
    head = "version=[4, 0, 0], data_size=400, data_start=312, flags=0"
    capture = one(f"ioctl(3, DM_TARGET_MSG, [{{{head}}}, {printed}]){ENOTTY}")
    assert capture.request is not None
    assert capture.request.payload == TargetMsg(5, "ab")
    assert said(capture) == ({"request.payload.message": "cut short"} if "..." in printed else {})


@pytest.mark.parametrize(
    ("printed", "dev", "note"),
    [
        ("{count=3, deps=[makedev(0x62, 0), ...]}", (25088,), "more follows"),
        ("{count=1, deps=0x7f00}", (), "the memory at 0x7f00 was not read"),
        ("{count=0, deps=[]}", (), None),
    ],
)
def test_cut_dependencies(printed: str, dev: tuple[int, ...], note: str | None) -> None:
    capture = one(f"ioctl(3, DM_TABLE_DEPS, {ASKED} => [{{{HEAD.format(size=400)}}}, {printed}]) = 0")
    assert capture.reply is not None
    assert capture.reply.payload == TargetDeps(0, dev)
    assert said(capture).get("reply.payload.dev") == note


@pytest.mark.parametrize(
    ("printed", "header", "note"),
    [
        (
            "{version=[5, 0, 0] /* unsupported device mapper ABI version */}",
            Header(version=(5, 0, 0)),
            "unsupported device mapper ABI version",
        ),
        (
            "{version=[4, 1, 2], data_size=14 /* data_size too small */}",
            Header(version=(4, 1, 2), data_size=14),
            "data_size too small",
        ),
        ("{version=[4, 1, 2], data_size=14}", Header(version=(4, 1, 2), data_size=14), "the rest is left out"),
    ],
)
def test_a_header_strace_did_not_finish(printed: str, header: Header, note: str) -> None:
    capture = one(f"ioctl(3, DM_TABLE_LOAD, [{printed}]){ENOTTY}")
    assert capture.request == Request(Command.TABLE_LOAD, header)
    assert said(capture) == {"request.header": note}


def test_pointers_and_unknown_numbers() -> None:
    captures = read(
        f"ioctl(3, DM_GET_TARGET_VERSION, 0x7f45){ENOTTY}\n"
        f"ioctl(3, DM_VERSION, NULL){ENOTTY}\n"
        f"ioctl(3, _IOC(_IOC_READ|_IOC_WRITE, 0xfd, 0xe, 0xc), 0x7f45){ENOTTY}\n"
        f"ioctl(3, _IOC(_IOC_READ, 0xfd, 0, 0x1fff), 0){ENOTTY}\n"
        f"ioctl(3, _IOC(_IOC_NONE, 0xfd, 0x12, 0), 0){ENOTTY}\n"
        f"ioctl(3, _IOC(_IOC_NONE, 0xfd, 0x13, 0)){ENOTTY}\n"
    )
    assert [(c.code, c.command) for c in captures] == [
        (0xC138FD11, Command.GET_TARGET_VERSION),
        (0xC138FD00, Command.VERSION),
        (0xC00CFD0E, 14),
        (0x9FFFFD00, 0),
        (0xFD12, Command.MPATH_PROBE_PATHS),
        (0xFD13, 0x13),
    ]
    assert [c.request for c in captures] == [None] * 4 + [Request(Command.MPATH_PROBE_PATHS, None), None]
    assert [[note.text for note in c.notes] for c in captures] == [
        ["not decoded: the memory at 0x7f45 was not read"],
        ["not decoded: the memory at 0x0 was not read"],
        ["not decoded"],
        ["not decoded"],
        [],
        [],
    ]


@pytest.mark.parametrize("arch", ["generic", "mips", "sparc", "parisc"])
def test_numbers_are_those_of_the_machine_strace_ran_on(arch: str) -> None:
    text = "ioctl(3, _IOC(_IOC_NONE, 0xfd, 0x12, 0), 0) = 0\nioctl(3, _IOC(_IOC_WRITE, 0xfd, 0x20, 0xc), 0x7f) = 0\n"
    probe, write = read(text, arch=arch)
    assert probe.command is Command.MPATH_PROBE_PATHS
    assert IoctlNumber.decode(write.code, arch) == (2, 0xFD, 0x20, 12)


@pytest.mark.parametrize(
    ("number", "flags", "dev"),
    [
        ("0xc138fd03", "0x10006", "0xfe01"),
        (
            "0xc138fd03 /* DM_DEV_CREATE */",
            "0x10006 /* DM_SUSPEND_FLAG|DM_EXISTS_FLAG|DM_DATA_OUT_FLAG */",
            "0xfe01 /* makedev(0xfe, 0x1) */",
        ),
        ("DM_DEV_CREATE", "DM_SUSPEND_FLAG|DM_EXISTS_FLAG|DM_DATA_OUT_FLAG", "makedev(0xfe, 0x1)"),
        ("DM_DEV_CREATE", "DM_SUSPEND_FLAG|0x10004", "65025"),
    ],
    ids=["-X raw", "-X verbose", "-X abbrev", "mixed"],
)
@pytest.mark.parametrize("descriptor", ["3", "3</dev/mapper/control>", "3</dev/mapper/control<char 10:236>>"])
def test_options_that_change_how_values_look(number: str, flags: str, dev: str, descriptor: str) -> None:
    head = f'version=[4, 0, 0], data_size=305, dev={dev}, name="\\x6e\\156", flags={flags}'
    capture = one(f"ioctl({descriptor}, {number}, [{{{head}}}]){ENOTTY}")
    header = Header(version=(4, 0, 0), data_size=305, dev=65025, name="nn", flags=DmFlag(0x10006))
    assert capture.request == Request(Command.DEV_CREATE, header)


def test_a_payload_where_the_command_has_none() -> None:
    capture = one(f'ioctl(3, DM_VERSION, [{{version=[4, 0, 0], data_size=312, flags=0}}, {{string="x"}}]){ENOTTY}')
    assert said(capture) == {"request.payload": "printed, where the command has none"}
    assert capture.request is not None
    assert capture.request.payload is None


def test_open_count_has_a_sign() -> None:
    head = HEAD.format(size=312).replace("flags", "open_count=4294967295, flags")
    capture = one(f"ioctl(3, DM_TABLE_DEPS, {ASKED} => [{{{head}}}]) = 0")
    assert capture.reply is not None
    assert capture.reply.header is not None
    assert capture.reply.header.open_count == -1
    assert capture.reply.payload is None
