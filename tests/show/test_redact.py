"""Secrets are overwritten at equal length, in everything that is printed; and nothing else is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmproto.errors import DecodeError
from dmproto.show import calls, listing
from dmproto.show.colour import PLAIN
from dmproto.show.message import Failure, Reading, Shown, read
from dmproto.show.recordings import Capture, Side
from dmproto.show.redact import line_mask, message_mask, overwritten, redact, redact_text, words
from dmproto.wire.build import request
from dmproto.wire.codec import decode_request, encode
from dmproto.wire.command import Command
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import DeviceMessage, Header, Rename, TargetMsg, TargetSpec
from dmproto.wire.values import Reply, Request
from tests.oracle import redact as oracle
from tests.show import recorded
from tests.wire import messages
from tests.wire.messages import Case

KEY: Final = "00112233445566778899aabbccddeeff"
ZEROS: Final = "0" * 32
SECURE: Final = DmFlag.SECURE_DATA


@pytest.mark.parametrize(
    ("target_type", "line", "covered"),
    [
        ("crypt", f"aes-xts {KEY} 0 8:0 0", f"aes-xts {ZEROS} 0 8:0 0"),
        ("crypt", f"  aes-xts\t {KEY.upper()}", f"  aes-xts\t {ZEROS}"),
        ("crypt", "aes-xts \\0\\011 0 8:0 0", "aes-xts \\0\\000 0 8:0 0"),
        ("crypt", "a\\ b 1234 0 8:0 0", "a\\ b 0000 0 8:0 0"),
        ("crypt", "aes no-hex! 0 8:0 0", "aes xxxxxxx 0 8:0 0"),
        ("crypt", "aes :32:logon:a:b 0 8:0 0", "aes :32:logon:a:b 0 8:0 0"),
        ("crypt", "cipher_null-ecb - 0 8:0 0", "cipher_null-ecb - 0 8:0 0"),
        ("crypt", "aes", "aes"),
        ("crypt", "", ""),
        (
            "integrity",
            f"8:0 0 32 J 1 internal_hash:hmac(sha256):{KEY}",
            f"8:0 0 32 J 1 internal_hash:hmac(sha256):{ZEROS}",
        ),
        (
            "integrity",
            f"J 2 journal_crypt:ctr(aes):{KEY} journal_mac:x:ab",
            f"J 2 journal_crypt:ctr(aes):{ZEROS} journal_mac:x:00",
        ),
        ("integrity", "J 1 meta_mac:sha256:12", "J 1 meta_mac:sha256:00"),
        ("integrity", "J 1 internal_hash:crc32c", "J 1 internal_hash:crc32c"),
        ("integrity", "J 1 internal\\_hash:x:12", "J 1 internal\\_hash:x:00"),
        ("verity", "1 8:0 8:1 4096 4096 256 1 sha256 d683 aabb", "1 8:0 8:1 4096 4096 256 1 sha256 d683 aabb"),
        ("cache", "anything 1234", "anything 1234"),
    ],
)
def test_lines(target_type: str, line: str, covered: str) -> None:
    raw = line.encode()
    assert overwritten(raw, line_mask(target_type, raw, secure=False)).decode() == covered


@pytest.mark.parametrize(
    ("message", "secure", "covered"),
    [
        (f"key set {KEY}", False, f"key set {ZEROS}"),
        (f" KEY  Set {KEY}", True, f" KEY  Set {ZEROS}"),
        ("key set :32:logon:name", True, "key set :32:logon:name"),
        ("key set -", True, "key set -"),
        ("key set", True, "key set"),
        ("key wipe", True, "key wipe"),
        ("k\\ey set 12", False, "k\\ey set 00"),
        ("@stats_list", False, "@stats_list"),
        ("unlock 1234", False, "unlock 1234"),
        ("unlock 1234", True, "x" * 11),
    ],
)
def test_messages(message: str, secure: bool, covered: str) -> None:
    raw = message.encode()
    assert overwritten(raw, message_mask(raw, secure)).decode() == covered


def test_words_are_split_as_the_kernel_does() -> None:
    from dmproto.model.words import split

    for text in (b"a b", b" \\ a\\", b"a\xa0b", b"\\", b"\t", b"a\\\\ b", b"x\\ y z"):
        assert [word.raw.decode("utf-8", "surrogateescape") for word in words(text)] == split(text)


def test_lines_of_unknown_types_are_hidden_whole_where_they_were_sent_as_secret() -> None:
    specs = [
        TargetSpec(length=8, target_type="vault", parameters="open 1234"),
        TargetSpec(sector_start=8, length=8, target_type="linear", parameters="8:0 0"),
        TargetSpec(sector_start=16, length=8, target_type="crypt", parameters="aes ff 0 8:0 0"),
    ]
    value, places = redact(request(Command.TABLE_LOAD, specs, name="v", flags=SECURE))
    assert [spec.parameters for spec in value.payload] == ["x" * 9, "8:0 0", "aes 00 0 8:0 0"]
    assert places == [(352, 9), (460, 2)]
    value, places = redact(request(Command.TABLE_LOAD, specs, name="v"))
    assert [spec.parameters for spec in value.payload] == ["open 1234", "8:0 0", "aes 00 0 8:0 0"]
    assert places == [(460, 2)]


def test_the_raw_payload_of_an_unknown_command_is_hidden_where_it_was_sent_as_secret() -> None:
    secret = Request(99, Header(data_size=400, flags=SECURE), b"\0key\0")
    assert redact(secret) == (Request(99, secret.header, b"\0xxx\0"), [(306, 3)])
    plain = Request(99, Header(data_size=400), b"\0key\0")
    assert redact(plain) == (plain, [])


@pytest.mark.parametrize(
    "value",
    [
        DeviceMessage(0, 0, b"key set 1234"),
        Request(Command.MPATH_PROBE_PATHS, None),
        request(Command.DEV_STATUS, name="key set 1234"),
        request(Command.DEV_RENAME, Rename("new"), name="old", flags=SECURE),
        Reply(Command.TABLE_STATUS, Header(data_size=305), ()),
    ],
)
def test_the_rest_is_left_alone(value: Any) -> None:
    assert redact(value) == (value, [])


@given(messages.cases())
def test_any_message_stays_a_message_of_the_same_size(case: Case) -> None:
    value, places = redact(case.value)
    again, same = redact(value)
    assert (again, same) == (value, places)
    code, data = encode(case.value, byteorder=case.byteorder, dialect=case.dialect)
    same_code, covered = encode(value, byteorder=case.byteorder, dialect=case.dialect)
    assert (same_code, len(covered)) == (code, len(data))
    changed = {at for at in range(len(data)) if data[at] != covered[at]}
    assert changed <= {at for start, size in places for at in range(start, start + size)}


# --- everything that is printed

KEYS: Final = st.binary(min_size=8, max_size=32).map(bytes.hex).filter(lambda key: len(set(key)) > 4)
SECRET_WORDS: Final = st.text("ghijklmnopqrstuvw", min_size=12, max_size=20)


@st.composite
def secrets(draw: st.DrawFn) -> tuple[Request, str]:
    """A request with a secret, and the secret."""
    kind = draw(st.sampled_from(("crypt", "integrity", "vault", "key set", "unlock")))
    flags = DmFlag(SECURE if kind in ("vault", "unlock") or draw(st.booleans()) else 0)
    secret = draw(SECRET_WORDS if kind in ("vault", "unlock") else KEYS)
    if kind in ("key set", "unlock"):
        return request(Command.TARGET_MSG, TargetMsg(0, f"{kind} {secret}"), name="v", flags=flags), secret
    line = {
        "crypt": f"aes-xts-plain64 {secret} 0 8:0 0",
        "integrity": f"8:0 0 32 J 1 internal_hash:hmac(sha256):{secret}",
        "vault": f"open {secret}",
    }[kind]
    first = TargetSpec(length=8, target_type="linear", parameters="8:0 0")
    specs = [first, TargetSpec(sector_start=8, length=8, target_type=kind, parameters=line)]
    return request(Command.TABLE_LOAD, specs, name="v", flags=flags), secret


def printed(capture: Capture) -> str:
    """All that is printed of a call, in every form, and the bytes of its dumps."""
    reading = Reading(byteorder="little")
    seen = calls.see(capture, reading, ("request", "reply"))
    text = "\n".join(calls.call_lines(seen, PLAIN)) + json.dumps(calls.capture_document(seen))
    for result in (seen.request, seen.reply):
        if result is not None:
            text += (result.data or b"").decode("latin-1") + bytes(result.data or b"").hex()
            text += "\n".join(
                listing.message(result, PLAIN) if isinstance(result, Shown) else listing.failure(result, PLAIN)
            )
    return text


@given(secrets(), st.integers(0, 64), st.booleans())
def test_no_secret_survives_in_anything_printed(case: tuple[Request, str], slack: int, answered: bool) -> None:
    value, secret = case
    code, data = encode(value, byteorder="little")
    # the caller's memory after the call: a header came back, and the request still stands behind it
    header = Header(version=(4, 47, 0), data_size=305, name="v")
    after = encode(Reply(Command.DEV_STATUS, header), byteorder="little")[1][:312] + data[312:]
    reply = Side(after) if answered else None
    text = printed(Capture("step 0", code, Side(data, mapped=len(data) + slack), reply, ret=0))
    assert secret not in text
    assert secret.encode().hex() not in text


@given(secrets(), st.data())
def test_no_secret_survives_where_the_bytes_are_broken(case: tuple[Request, str], data: st.DataObject) -> None:
    value, secret = case
    code, raw = encode(value, byteorder="little")
    start = raw.index(secret.encode())
    raw = raw[: data.draw(st.integers(start + len(secret), len(raw)))]
    text = printed(Capture("step 0", code, Side(raw)))
    assert secret not in text
    assert secret.encode().hex() not in text


@given(secrets())
def test_redacted_bytes_read_as_the_redacted_value(case: tuple[Request, str]) -> None:
    value, secret = case
    code, data = encode(value, byteorder="little")
    result = read(data, Reading(code=code, byteorder="little"))
    assert isinstance(result, Shown)
    assert result.data is not None
    assert len(result.data) == len(data)
    assert result.value == redact(value)[0] == decode_request(code, result.data, byteorder="little")
    assert result.redacted == redact(value)[1]
    again = read(result.data, Reading(code=code, byteorder="little"))
    assert isinstance(again, Shown)
    assert (again.value, again.data, again.redacted) == (result.value, result.data, result.redacted)
    shown = read(data, Reading(code=code, byteorder="little", secrets=True))
    assert isinstance(shown, Shown)
    assert (shown.value, shown.data, shown.redacted) == (value, data, [])
    assert secret in "\n".join(listing.message(shown, PLAIN))


def test_what_stands_behind_the_nul_of_a_secret_message_is_hidden() -> None:
    code, data = encode(request(Command.TARGET_MSG, TargetMsg(0, "key wipe"), name="v", flags=SECURE))
    result = read(data + b"leftover\0key", Reading(code=code))
    assert isinstance(result, Shown)
    assert result.data == data + b"xxxxxxxx\0xxx"
    assert result.redacted == [(len(data), 8), (len(data) + 9, 3)]


def test_keys_are_hidden_where_nothing_else_can_be_read() -> None:
    spec = TargetSpec(length=8, target_type="crypt", parameters=f"aes {KEY} 0 8:0 0")
    code, data = encode(request(Command.TABLE_LOAD, [spec], name="v"))
    broken = bytearray(data)
    broken[16:20] = b"\xff\xff\xff\x7f"  # data_start leads nowhere
    for strict in (True, False):
        result = read(bytes(broken), Reading(code=code, strict=strict))
        assert isinstance(result, Failure) is strict
        assert result.data is not None
        assert KEY.encode() not in result.data
        assert ZEROS.encode() in result.data


def test_a_command_line_loses_its_keys() -> None:
    assert (
        redact_text(f'create v --table "0 8 crypt aes {KEY} 0 8:0 0"')
        == f'create v --table "0 8 crypt aes {ZEROS} 0 8:0 0"'
    )
    assert redact_text(f"message v 0 key set {KEY}") == f"message v 0 key set {ZEROS}"
    assert redact_text("ls \udcff\ud800") == "ls \udcff\ud800"


# --- against the recorder's own rules


@pytest.mark.parametrize("path", recorded.CLIENTS, ids=recorded.name_of)
def test_the_recorder_masked_the_same(path: Path) -> None:
    for number, (step, call) in enumerate(zip(_ioctls(recorded.steps(path)), recorded.captures(path), strict=True)):
        found: set[tuple[int, int]] = set()
        known: tuple[bytes, ...] = ()
        for kind, side in (("request", call.request), ("reply", call.reply)):
            if side is None:
                continue
            try:
                result = read(side.memory, Reading(kind, call.code, "little", **call.given), known)
            except DecodeError:
                continue
            assert isinstance(result, Shown)
            known = result.secrets
            assert result.data == side.memory, f"{path.stem} call {number}: masked what the recorder left"
            assert result.redacted == oracle.secrets(side.memory)
            found |= set(result.redacted)
        if step.get("ret", 0) >= 0:
            assert sorted(found) == [tuple(span) for span in step.get("redacted", [])]


def _ioctls(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [step for step in steps if "ioctl" in step or "finish" in step]


def test_some_recorded_call_has_secrets() -> None:
    assert sum("redacted" in step for path in recorded.CLIENTS for step in recorded.steps(path)) > 40


def test_no_key_is_left_in_the_vectors() -> None:
    for path in recorded.CLIENTS:
        assert not re.search(rb"crypt \S+ (?!0+ )[0-9a-f]{32,} ", path.read_bytes())
