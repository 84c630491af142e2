"""The tables that everything else reads: commands, flags, rules, limits; and the errors that name a rule."""

from __future__ import annotations

import errno
import pickle
import re
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmproto.errors import DecodeError, DmprotoError, EncodeError, Refusal, Refused
from dmproto.model.profile import PROFILES
from dmproto.rules import RULES, Rule, sentence
from dmproto.wire import flags, limits
from dmproto.wire.command import COMMANDS, Command
from dmproto.wire.dialects import DIALECTS
from dmproto.wire.flags import DM_FLAGS, UDEV_FLAGS, DmFlag, FlagWord, UdevFlag
from dmproto.wire.generated import Header
from dmproto.wire.ioctl import Direction
from dmproto.wire.layout import PAYLOADS

PACKAGE: Final = Path(__file__).parents[2] / "dmproto"
FIELDS: Final = set(Header.__struct_fields__)


@pytest.mark.parametrize("command", Command, ids=lambda command: command.name)
def test_every_command_has_its_facts(command: Command) -> None:
    facts = command.facts
    assert facts is COMMANDS[command]
    assert facts.reads <= FIELDS
    assert facts.writes <= FIELDS
    assert facts.request in (None, *PAYLOADS)
    assert facts.reply in (None, *PAYLOADS)
    assert facts.since >= (4, 0, 0)
    assert facts.event_nr in ("", "event", "cookie")
    assert bool(facts.event_nr) == ("event_nr" in facts.reads)
    assert facts.door in ("control", "device")
    assert facts.does
    assert facts.takes
    assert facts.returns
    assert command.c_name == f"DM_{command.name}"
    assert facts.door == "device" or {"version"} <= facts.reads & facts.writes
    assert facts.params or facts.request is None, "a payload the kernel never reads"
    assert (facts.request is None) == ("data_start" not in facts.reads)


def test_the_commands_are_numbered_without_a_gap() -> None:
    assert list(COMMANDS) == list(Command) == list(range(19))
    since = [COMMANDS[command].since for command in Command if command > Command.TABLE_STATUS]
    assert since == sorted(since)


def test_commands_that_take_nothing_but_the_header_are_the_kernels() -> None:
    bare = {command.name for command in Command if not command.facts.params}
    assert bare == {
        "REMOVE_ALL",
        "DEV_CREATE",
        "DEV_REMOVE",
        "DEV_SUSPEND",
        "DEV_STATUS",
        "TABLE_CLEAR",
        "DEV_ARM_POLL",
    }
    waking = {command.name for command in Command if command.facts.global_event}
    assert waking == {"REMOVE_ALL", "DEV_CREATE", "DEV_REMOVE", "DEV_RENAME"}


def test_only_the_probe_moves_no_bytes() -> None:
    assert [command for command in Command if command.facts.direction is Direction.NONE] == [Command.MPATH_PROBE_PATHS]
    assert Command.MPATH_PROBE_PATHS.number.size == 0


def test_every_payload_belongs_to_a_command() -> None:
    used = {name for facts in COMMANDS.values() for name in (facts.request, facts.reply) if name}
    assert used == set(PAYLOADS)


@pytest.mark.parametrize("word", [DmFlag, UdevFlag])
def test_flag_words_name_their_bits(word: type[FlagWord]) -> None:
    assert len({flag.bit for flag in word.FLAGS}) == len({flag.name for flag in word.FLAGS}) == len(word.FLAGS)
    for flag in word.FLAGS:
        value = getattr(word, flag.name)
        assert value == 1 << flag.bit
        assert value.names == (flag.name,)
        assert word.of(flag.name) == value
        assert flag.doc
        assert flag.direction in ("in", "out", "in/out")
    assert word.of(*(flag.name for flag in word.FLAGS)) == sum(flag.value for flag in word.FLAGS)


@given(st.integers(0, 2**32 - 1))
def test_a_flag_word_keeps_every_bit(number: int) -> None:
    word = DmFlag(number)
    assert word == number
    assert DmFlag.of(*word.names) | word.unknown == number
    assert not word.unknown & sum(flag.value for flag in DM_FLAGS)
    assert pickle.loads(pickle.dumps(word)) == word


def test_flag_words_print_names_and_what_is_left() -> None:
    assert str(DmFlag(0)) == "0"
    assert repr(DmFlag(0x80000003)) == "DmFlag(READONLY|SUSPEND|0x80000000)"
    assert str(UdevFlag.of("LOW_PRIORITY", "SUBSYSTEM_7")) == "LOW_PRIORITY|SUBSYSTEM_7"
    with pytest.raises(ValueError, match="unknown flag 'SUSPENDED'"):
        DmFlag.of("SUSPENDED")


def test_unused_bits_stay_unused() -> None:
    assert set(range(20)) - {flag.bit for flag in DM_FLAGS} == {2, 7}
    assert set(range(16)) - {flag.bit for flag in UDEV_FLAGS} == {7}
    assert (flags.NAME_LIST_HAS_UUID, flags.NAME_LIST_DOESNT_HAVE_UUID) == (1, 2)


def test_limits_are_the_headers() -> None:
    assert limits.DATA_SIZE_MAX == 1 << 30
    assert (limits.DM_NAME_LEN, limits.DM_UUID_LEN, limits.DM_MAX_TYPE_NAME) == (128, 129, 16)
    assert limits.FRAME_PAYLOAD_MAX == 64


def sources() -> dict[Path, str]:
    """The package's source files but the table itself, `generated.py` among them."""
    return {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "rules.py"}


AREAS: Final = sorted({rule.partition("/")[0] for rule in RULES})
RULE_ID: Final = re.compile(rf'"((?:{"|".join(AREAS)})/[a-z0-9-]+)"')


def test_every_rule_that_code_names_exists() -> None:
    for path, text in sources().items():
        assert set(RULE_ID.findall(text)) <= set(RULES), path


def test_every_rule_is_named_by_code() -> None:
    used = {rule for text in sources().values() for rule in RULE_ID.findall(text)}
    assert set(RULES) <= used


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_is_well_made(rule: Rule) -> None:
    assert RULES[rule.id] is rule
    assert re.fullmatch(r"[a-z]+/[a-z-]+", rule.id)
    assert rule.errno in (0, *errno.errorcode)
    assert rule.sentence
    assert not rule.sentence.endswith(".")
    assert set(rule.kernels) <= set(PROFILES)
    names = set(re.findall(r"{(\w+)", rule.sentence))
    filled = sentence(rule.id, dict.fromkeys(names, 7))
    assert "{" not in filled


def test_the_dialects_answer_every_rule_of_the_device_door() -> None:
    door = {rule for rule in RULES if rule.startswith("frame/")} - {"frame/handler"}
    for dialect in DIALECTS.values():
        assert set(dialect.errnos) == door
    assert DIALECTS["rfc"].errnos == {rule: RULES[rule].errno for rule in door}
    assert DIALECTS["csnap-2.6.7"].errnos["frame/short"] == errno.ENOTTY
    assert DIALECTS["csnap-2.4.26"].errnos["frame/length"] == errno.EFAULT


def test_a_sentence_survives_what_it_is_not_given() -> None:
    assert sentence("no/such", {}) == "unknown rule no/such"
    assert sentence("code/range", {"code": "x"}) == "request number ... is no 32-bit number, sign-extended or not"
    assert sentence("text/limit", {"size": 7}) == "7 bytes, at most ... fit"
    assert sentence("value/absent") == "there is no room for ... in this form of the message"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (DecodeError("header.flags", 28, "buffer/short", end=32, limit=30), "header.flags at offset 28: buffer/short:"),
        (EncodeError("header.name", "text/limit", size=130, limit=127), "header.name: text/limit: 130 bytes, at most"),
        (Refused("frame/index", target_index=2, target_count=2), "frame/index: target 2 of a table of 2"),
    ],
)
def test_errors_say_what_they_know_and_pickle(error: Refusal, text: str) -> None:
    assert isinstance(error, DmprotoError)
    assert str(error).startswith(text)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), again.values, vars(again)) == (str(error), error.values, vars(error))
