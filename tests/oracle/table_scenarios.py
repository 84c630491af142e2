"""Scenarios that show the rules of tables, targets and disks."""

from __future__ import annotations

from typing import Any, Final

from dmproto.wire.command import Command
from dmproto.wire.flags import DmFlag
from tests.oracle.scenario_steps import (
    LINEAR,
    ZERO,
    Scenario,
    Step,
    active,
    ask,
    create,
    load,
    remove,
    resume,
    word,
)

PAYLOAD: Final = 312
NEXT_AT: Final = PAYLOAD + 20


def line(kind: str, words: str, rule: str | None = None, length: int = 8) -> Step:
    """A load of a single target."""
    return load("a", (0, length, kind, words), rule=rule)


def table(name: str, flags: int = 0, **more: Any) -> Step:
    """The lines of a table."""
    return ask(Command.TABLE_STATUS, name=name, flags=flags | DmFlag.STATUS_TABLE, **more)


LOAD: Final = Scenario(
    "load",
    "Records of a load: how many, where each starts and ends, what each covers",
    [
        create("a"),
        load("a", ZERO, target_count=(1 << 20) + 1, rule="load/count"),
        load("a", rule="load/empty"),
        load("a", ZERO, data_start=39, rule="load/advance", comment="data_start inside the first 40 bytes"),
        load("a", ZERO, ZERO, poke={NEXT_AT: word(39)}, rule="load/advance"),
        load("a", ZERO, data_start=1024, rule="load/bounds"),
        load("a", ZERO, data_start=984, rule="load/bounds", comment="no byte left for parameters"),
        load("a", ZERO, target_count=2, poke={NEXT_AT: word(0x7FFFFFF8)}, rule="load/bounds"),
        load(
            "a",
            (0, 8, "linear", "98:0 0."),
            buffer=PAYLOAD + 48,
            poke={PAYLOAD + 40: b"98:0 0.."},
            rule="load/terminated",
        ),
        load("a", (0, 0, "zero", ""), rule="load/length"),
        load("a", (0, 1 << 55, "zero", ""), rule="load/range"),
        load("a", (0, 8, "nonesuch", ""), rule="load/type"),
        load("a", (0, 8, "", ""), rule="load/type"),
        load("a", (8, 8, "zero", ""), rule="load/contiguous"),
        load("a", ZERO, (16, 8, "error", ""), rule="load/contiguous"),
        load("a", ZERO, (4, 8, "error", ""), rule="load/contiguous"),
        load("a", ZERO, (8, 8, "error", "")),
        load("a", (8, 8, "zero", ""), rule="load/contiguous", comment="the inactive table there is stays"),
        table("a", DmFlag.QUERY_INACTIVE_TABLE),
        load("b", ZERO, rule="lookup/device"),
        resume("a"),
        table("a"),
        ask(Command.TABLE_STATUS, name="a"),
        ask(Command.TABLE_STATUS, name="a", buffer=330, comment="the answer does not fit: DM_BUFFER_FULL_FLAG"),
        load("a", ZERO, flags=DmFlag.READONLY, comment="read-only, and smaller"),
        resume("a"),
        table("a"),
        remove("a"),
    ],
)

TARGET: Final = Scenario(
    "target",
    "Parameters of each target type: their number, what is a number, what divides, which device",
    [
        create("a"),
        line("zero", "x", "target/words"),
        line("error", "takes what it is given"),
        line("linear", "98:0", "target/words"),
        line("linear", "98:0 0 0", "target/words"),
        line("linear", "98:0 -1", "target/number"),
        line("linear", "98:0 8"),
        line("striped", "2 4 98:0 0", "target/words"),
        line("striped", "0 8 98:0 0", "target/number"),
        line("striped", "2 3 98:0 0 98:16 0", "target/divisible"),
        line("striped", "2 4 98:0 0 98:16 0"),
        line("delay", "98:0 0", "target/words"),
        line("delay", "98:0 0 x", "target/number"),
        line("delay", "98:0 0 5 98:16 8 7"),
        line("flakey", "98:0 0 1", "target/words"),
        line("flakey", "98:0 0 1 x", "target/number"),
        line("flakey", "98:0 0 1 1 1 drop_writes"),
        line("dust", "98:0 0", "target/words"),
        line("dust", "98:0 0 511", "target/number"),
        line("dust", "98:7 0 512", "target/device"),
        line("dust", "98:0 0 512"),
        line("switch", "1 8 0", "target/words"),
        line("switch", "0 8 0 98:0 0", "target/number"),
        line("switch", "1 1 0 98:0 0", "target/memory", length=1 << 41),
        line("switch", "2 4 0 98:0 0 98:16 0"),
        line("unstriped", "2 4 0 98:0", "target/words"),
        line("unstriped", "2 4 x 98:0 0", "target/number"),
        line("unstriped", "2 3 0 98:0 0", "target/divisible"),
        line("unstriped", "2 4 0 98:7 0", "target/device"),
        line("unstriped", "2 4 0 98:0 0"),
        remove("a"),
    ],
)

LINES: Final = (
    ("error", ""),
    ("linear", "98:0 8"),
    ("striped", "2 4 98:0 0 98:16 0"),
    ("zero", ""),
    ("delay", "98:0 0 0 98:16 8 5"),
    ("flakey", "98:0 0 1 1 1 drop_writes"),
    ("dust", "98:16 8 512"),
    ("switch", "2 4 0 98:0 0 98:16 0"),
)

ANSWERS: Final = Scenario(
    "answers",
    "Status line, table line and disks of each target type; unstriped is left out: its status line is not written",
    [
        step
        for kind, words in LINES
        for step in (
            *active("a", (0, 8, kind, words)),
            ask(Command.TABLE_STATUS, name="a"),
            table("a"),
            ask(Command.TABLE_DEPS, name="a"),
            remove("a"),
        )
    ],
)

DISK: Final = Scenario(
    "disk",
    "Device words: numbers and paths, of what there is and what there is not, and how large it is",
    [
        create("a"),
        line("linear", "4096:0 0", "disk/number"),
        line("linear", "98:1048576 0", "disk/number"),
        line("linear", "98:7 0", "disk/none"),
        line("linear", "254:5 0", "disk/none"),
        line("linear", "0 0", "disk/unknown"),
        line("linear", "/dev/nonesuch 0", "disk/unknown"),
        line("linear", "98:16 8190", "table/disk-size"),
        line("linear", "98:16 8184"),
        line("linear", "/dev/ubda 0"),
        load("a", (0, 8, "linear", "98:16 8190"), comment="a size is looked at on a first load, and at resume"),
        resume("a", rule="table/disk-size"),
        ask(Command.DEV_STATUS, name="a"),
        remove("a"),
    ],
)


TABLE: Final = Scenario(
    "table",
    "Both tables of a device: loaded, replaced, asked for, cleared, made active",
    [
        create("a"),
        ask(Command.TABLE_CLEAR, name="a", comment="there is none"),
        load("a", LINEAR),
        load("a", ZERO, comment="replaces it"),
        table("a"),
        table("a", DmFlag.QUERY_INACTIVE_TABLE),
        resume("a"),
        load("a", LINEAR),
        ask(Command.TABLE_DEPS, name="a"),
        ask(Command.TABLE_DEPS, name="a", flags=DmFlag.QUERY_INACTIVE_TABLE),
        ask(Command.TABLE_CLEAR, name="a"),
        ask(Command.TABLE_DEPS, name="a", flags=DmFlag.QUERY_INACTIVE_TABLE),
        ask(Command.DEV_STATUS, name="a"),
        load("a", LINEAR, flags=DmFlag.SECURE_DATA, comment="the memory is wiped, and the answer written into it"),
        remove("a"),
    ],
)


SCENARIOS: Final = (LOAD, TARGET, ANSWERS, DISK, TABLE)
"""Every scenario of this kind."""
