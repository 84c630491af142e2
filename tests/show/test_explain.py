"""Request numbers explained: by number and by name, and to which architecture they mean what."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmproto.errors import DecodeError
from dmproto.show.colour import PLAIN
from dmproto.show.explain import Explanation, explain, header_fields, payloads, to_document
from dmproto.show.explain_text import explanation
from dmproto.show.number import name_of, parse
from dmproto.wire.command import COMMANDS, Command
from dmproto.wire.dialects import DIALECTS
from dmproto.wire.ioctl import ARCHES


def of(asked: str, arch: str | None = None) -> Explanation:
    found = explain(asked, arch)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "asked", ["0xc138fd09", "3241737481", "-1053229815", "0xffffffffc138fd09", "TABLE_LOAD", "dm_table_load"]
)
def test_a_number_however_it_is_written(asked: str) -> None:
    (meaning,) = of(asked).meanings
    assert (meaning.code, meaning.command, meaning.exact) == (0xC138FD09, Command.TABLE_LOAD, True)
    assert meaning.arches == tuple(ARCHES)


def test_numbers_and_names_that_are_none() -> None:
    for text in ("", "x", "0x", "09z", "1" * 33, "--1", "DM_", "TABLE"):
        assert parse(text) is None
        assert name_of(text) is None
        assert explain(text) is None
    for text in ("0x1c138fd09", "-2147483649", "9" * 32):
        with pytest.raises(DecodeError) as caught:
            explain(text)
        assert caught.value.rule == "code/range"


def test_an_architecture_that_is_none() -> None:
    with pytest.raises(ValueError, match="pdp11"):
        explain("0xc138fd09", "pdp11")


def test_who_reads_a_number_otherwise() -> None:
    reads, writes = of("0x800cfd20").meanings
    assert {"x86", "arm64", "generic"} <= set(reads.arches)
    assert writes.arches == ("alpha", "mips", "parisc", "powerpc", "sparc")
    assert set(reads.arches) | set(writes.arches) == set(ARCHES)
    text = "\n".join(explanation(of("0x800cfd20"), PLAIN))
    assert "_IOR(0xfd, 32, 12)" in text
    assert "_IOW(0xfd, 32, 12)" in text
    assert "command 32, which is unknown there (ENOTTY)" in text


def test_one_architecture() -> None:
    (meaning,) = of("0x2000fd12", "powerpc").meanings
    assert meaning.probe
    (meaning,) = of("0x2000fd12", "x86").meanings
    assert not meaning.probe


def test_direction_bits_that_mean_nothing() -> None:
    generic, other = of("0xfd12").meanings
    assert generic.probe
    assert isinstance(other.number, DecodeError)
    assert to_document(of("0xfd12"))["meanings"][1]["error"]["rule"] == "code/direction"


def test_the_direct_message_in_every_dialect_and_at_the_other_door() -> None:
    twelve, eight = of("DM_DEVMESSAGE").meanings
    assert (twelve.code, twelve.dialects) == (0xC00CFD0E, ("rfc", "csnap-2.6.7", "csnap-2.4.26"))
    assert (eight.code, eight.dialects) == (0xC008FD0E, ("rfc-untagged",))
    assert twelve.command is Command.TARGET_MSG
    assert not twelve.exact
    text = "\n".join(explanation(of("0xc00cfd0e"), PLAIN))
    assert "on a mapped device: the direct message, in dialect rfc, csnap-2.6.7, csnap-2.4.26" in text
    assert "on the control node: DM_TARGET_MSG, whose own number is 0xc138fd0e" in text
    assert "EMSGSIZE  frame/length" in text


def test_another_driver() -> None:
    text = "\n".join(explanation(of("0x5401", "x86"), PLAIN))
    assert "no device-mapper request: its type is 0x54, device-mapper's 0xfd" in text
    assert "_IOC(_IOC_NONE, 0x54, 1, 1)" in "\n".join(explanation(of("0x15401", "x86"), PLAIN))


@pytest.mark.parametrize("command", Command)
def test_every_command_is_explained_whole(command: Command) -> None:
    facts = COMMANDS[command]
    text = "\n".join(explanation(of(command.name), PLAIN))
    assert all(words in text for words in (command.c_name, facts.does, facts.takes, facts.returns))
    rows = {row[0]: row for row in header_fields(command)}
    if facts.door == "control":
        assert {name for name, row in rows.items() if row[3] == "read"} == facts.reads
        assert {name for name, row in rows.items() if row[4] == "written"} == facts.writes
        assert rows["uuid"][1] + rows["uuid"][2] == 305
    for kind, layouts in payloads(command):
        assert layouts, kind
        for layout in layouts:
            assert all(row.doc for row in layout.rows), layout
    json.dumps(to_document(of(command.name)))


def test_the_forms_of_a_list() -> None:
    ((_, forms),) = payloads(Command.LIST_DEVICES)
    assert [form.when for form in forms] == ["", "from interface 4.37", "from interface 4.45"]
    assert [row.field for row in forms[-1].rows] == ["dev", "next", "name", "event_nr", "flags", "uuid"]
    ((_, forms),) = payloads(Command.DEV_RENAME)
    assert [form.when for form in forms] == ["", "with DM_UUID_FLAG"]


@given(st.integers(-(2**31), 2**32 - 1) | st.sampled_from([d.code() for d in DIALECTS.values()]))
def test_any_number_is_explained(code: int) -> None:
    found = of(str(code))
    assert sorted(arch for meaning in found.meanings for arch in meaning.arches) == sorted(ARCHES)
    assert list(explanation(found, PLAIN))
    json.dumps(to_document(found))


def test_construct_and_the_dispatcher_are_not_loaded() -> None:
    script = "import sys, dmproto.cli as c; c.main(['explain', '0xc138fd09']); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "dmproto.show.explain" in loaded
    unwanted = ("construct", "hypothesis", "dmproto.dispatcher", "dmproto.wire.layout", "dmproto.wire.codec")
    assert not set(unwanted) & set(loaded)
