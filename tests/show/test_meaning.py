"""Values in words, and a message as lines."""

from __future__ import annotations

import pytest

from dmproto.rules import sentence
from dmproto.show.colour import PLAIN, Paint
from dmproto.show.listing import failure, message
from dmproto.show.meaning import meaning, printed
from dmproto.show.message import Failure, Reading, Shown, of_value, read
from dmproto.show.text import printable, quoted, size_of
from dmproto.wire.build import request
from dmproto.wire.codec import encode, fields
from dmproto.wire.command import Command
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import DeviceMessage, Header, NameList, TargetDeps, TargetMsg, TargetSpec
from dmproto.wire.values import Reply, Request

SPECS = [
    TargetSpec(length=2048, target_type="linear", parameters="8:0 0"),
    TargetSpec(sector_start=2048, length=1, target_type="zero"),
]
LOAD = request(Command.TABLE_LOAD, SPECS, name="vol", event_nr=7, flags=DmFlag(1 << 2 | 1 << 3 | 1 << 20))
NAMES = Reply(
    Command.LIST_DEVICES,
    Header(version=(4, 47, 0), data_size=400, data_start=312),
    (NameList(65024, 32, "a", 3, 1, "U"), NameList(65025, 0, "b", 0, 2, None)),
)


def words(value: Request | Reply | DeviceMessage, path: str) -> str:
    return next(meaning(value, span) for span in fields(value) if span.path == path)


@pytest.mark.parametrize(
    ("value", "path", "said"),
    [
        (LOAD, "header.flags", "DM_EXISTS_FLAG | DM_PERSISTENT_DEV_FLAG | 0x100000 (no flag)"),
        (LOAD, "header.event_nr", "not looked at"),
        (LOAD, "header.data_start", ""),
        (LOAD, "header.data_size", "size of the buffer"),
        (LOAD, "header.dev", ""),
        (LOAD, "payload[0].length", "1 MiB"),
        (LOAD, "payload[1].sector_start", "1 MiB"),
        (LOAD, "payload[0].next", ""),
        (LOAD, "payload[1].next", "not looked at in the last"),
        (request(Command.DEV_REMOVE, dev=0x1234567), "header.dev", "837:4711"),
        (
            request(Command.DEV_REMOVE, event_nr=0x0060ABCD),
            "header.event_nr",
            "udev cookie 0xabcd, DM_UDEV_DISABLE_LIBRARY_FALLBACK | DM_UDEV_PRIMARY_SOURCE_FLAG",
        ),
        (request(Command.DEV_SUSPEND, event_nr=0xABCD), "header.event_nr", "udev cookie 0xabcd"),
        (request(Command.DEV_SUSPEND, event_nr=0xABCD, flags=DmFlag.SUSPEND), "header.event_nr", ""),
        (request(Command.DEV_WAIT, event_nr=3), "header.event_nr", ""),
        (request(Command.GET_TARGET_VERSION, name="zero"), "header.name", "of the target type"),
        (request(Command.LIST_DEVICES, name="ab"), "header.name", "prefix of those wanted"),
        (Reply(Command.DEV_STATUS, Header(data_size=305, dev=65024)), "header.data_size", "the header alone came back"),
        (Reply(Command.DEV_STATUS, Header(data_size=305, dev=65024)), "header.dev", "254:0"),
        (Reply(Command.VERSION, Header(target_count=9)), "header.target_count", "as it was sent"),
        (NAMES, "payload[0].flags", "a uuid follows"),
        (NAMES, "payload[1].flags", "there is no uuid"),
        (NAMES, "payload[0].next", ""),
        (NAMES, "payload[1].next", "the last"),
        (
            Reply(Command.TABLE_STATUS, Header(data_size=500, target_count=1), (TargetSpec(next=48),)),
            "payload[0].next",
            "from the first record to where one more would start",
        ),
        (Reply(Command.TABLE_DEPS, Header(data_size=400), TargetDeps(0, (2064, 65025))), "payload.dev", "8:16 254:1"),
        (DeviceMessage(1, 2, b"abc"), "payload", ""),
    ],
)
def test_what_a_value_means(value: Request | Reply | DeviceMessage, path: str, said: str) -> None:
    assert words(value, path) == said


def test_what_a_value_is_printed_as() -> None:
    def of(value: Request | Reply | DeviceMessage) -> dict[str, str]:
        return {span.path: printed(span) for span in fields(value)}

    load = of(LOAD)
    assert load["header.version"] == "4.0.0"
    assert load["header.flags"] == "0x10000c"
    assert load["header.name"] == '"vol"'
    assert of(DeviceMessage(1, 2, b"\1\2")) == {"target_index": "1", "tag": "2", "length": "2", "payload": "01 02"}
    assert of(DeviceMessage(1))["payload"] == "(empty)"
    assert of(Reply(Command.TABLE_DEPS, Header(data_size=400), TargetDeps(0, (1, 2))))["payload.dev"] == "1 2"


def test_text_cannot_reach_the_terminal() -> None:
    assert quoted('a"b\\\x1b[31m\n\udcffü\u202e') == '"a\\"b\\\\\\x1b[31m\\x0a\\xffü\\u202e"'
    assert printable('a"b\\') == 'a"b\\'


def test_sentences_and_sizes() -> None:
    assert sentence("text/limit", {"size": 3, "limit": 2}) == "3 bytes, at most 2 fit"
    assert sentence("code/type") == "request number ... has type ...; device-mapper's is 0xfd"
    assert sentence("lookup/device", {"name": "x"}).startswith("no device has name 'x', uuid ...")
    assert sentence("no/such") == "unknown rule no/such"
    assert [size_of(n) for n in (0, 1, 3, 2048, 2**31, 2**64 - 1)] == [
        "0 bytes",
        "512 bytes",
        "1.5 KiB",
        "1 MiB",
        "1 TiB",
        "8192 EiB",
    ]


def test_a_message_as_lines() -> None:
    value = request(Command.TARGET_MSG, TargetMsg(0, "hi"), name="vol")
    code, data = encode(value, byteorder="little")
    shown = read(data + b"stale", Reading(code=code))
    assert isinstance(shown, Shown)
    lines = list(message(shown, PLAIN))
    assert lines[0] == "request DM_TARGET_MSG 0xc138fd0e, little-endian, 328 bytes"
    assert '      48     4  header.name          "vol"' in lines
    assert '     320     3  payload.message      "hi"' in lines
    assert "     323     5  (no field)  73 74 61 6c 65" in lines
    assert lines[-1] == "320 |68 69 00|73 74 61 6c 65                          hi.stale"
    assert any("\x1b[1m" in line for line in message(shown, Paint(on=True)))


def test_anomalies_are_told() -> None:
    code, data = encode(request(Command.TARGET_MSG, TargetMsg(0, "hi"), name="vol"), byteorder="little")
    shown = read(data[:-1], Reading(code=code, strict=False))
    assert isinstance(shown, Shown)
    told = [line for line in message(shown, PLAIN) if line.startswith("anomaly")]
    assert told == [
        "anomaly: payload.message at offset 320: buffer/short: the field ends at byte ..., the buffer at ..."
    ]


def test_a_failure_is_told_with_its_place() -> None:
    code, data = encode(LOAD, byteorder="little")
    broken = data.replace(b"linear\0", b"linear\1").replace(bytes(9), b"\1" * 9)
    found = read(broken, Reading(code=code))
    assert isinstance(found, Failure)
    lines = list(failure(found, PLAIN))
    assert lines[0] == f"{found.error}"
    assert any("^" in line for line in lines)
    beyond = read(data, Reading(code=0x1C138FD09))
    assert isinstance(beyond, Failure)
    assert list(failure(beyond, PLAIN)) == [str(beyond.error)]


def test_a_value_without_bytes_gets_them_where_it_can() -> None:
    code, data = encode(LOAD, byteorder="little")
    assert of_value(LOAD, Reading(code=code, byteorder="little")).data == data
    lacking = Request(Command.TARGET_MSG, Header(name="vol"), None)
    shown = of_value(lacking, Reading(code=code))
    assert (shown.data, shown.spans[-1].path) == (None, "header.uuid")
    assert "no bytes" in next(message(shown, PLAIN))
    secret = Request(Command.TARGET_MSG, Header(name="vol", data_size=9), TargetMsg(0, "key set 12"))
    assert of_value(secret, Reading(code=code)).value.payload.message == "key set 00"
    assert of_value(secret, Reading(code=code, secrets=True)).value is secret
    bare = of_value(Request(Command.MPATH_PROBE_PATHS, None), Reading(code=0xFD12))
    assert list(message(bare, PLAIN)) == [
        f"request DM_MPATH_PROBE_PATHS 0x0000fd12, {bare.reading.byteorder}-endian, 0 bytes"
    ]


def test_the_byte_order_is_that_of_the_version() -> None:
    for order in ("little", "big"):
        code, data = encode(LOAD, byteorder=order)
        assert read(data, Reading(code=code)).reading.byteorder == order
