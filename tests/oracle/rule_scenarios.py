"""Scenarios that show the rules: entry, devices, tables, messages. Each refused step names its rule."""

from __future__ import annotations

from typing import Any, Final

from dmproto.wire.command import Command
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import Geometry, Rename
from tests.oracle import entry_scenarios, message_scenarios, table_scenarios
from tests.oracle.scenario_steps import (
    AT_ONCE,
    ZERO,
    Scenario,
    Step,
    active,
    ask,
    create,
    load,
    message,
    remove,
    resume,
    status,
    suspend,
)

NAME: Final = 48
PAYLOAD: Final = 312
PERSISTENT: Final = DmFlag.PERSISTENT_DEV


def rename(name: str, new: str, flags: int = 0, **more: Any) -> Step:
    """Another name, or with DM_UUID_FLAG a uuid."""
    given = {PAYLOAD: new.encode() + b"\0", **more.pop("poke", {})}
    return ask(Command.DEV_RENAME, Rename("new"), name=name, flags=flags, poke=given, **more)


def geometry(name: str, text: str, **more: Any) -> Step:
    """A geometry, in words."""
    given = {PAYLOAD: text.encode("latin-1") + b"\0"}
    return ask(Command.DEV_SET_GEOMETRY, Geometry("1 1 1 0"), name=name, poke=given, **more)


LOOKUP: Final = Scenario(
    "lookup",
    "How a device is found: by name, by uuid, by number; a number beside them is not looked at",
    [
        status("a", rule="lookup/device"),
        ask(Command.DEV_STATUS, uuid="U", rule="lookup/device"),
        ask(Command.DEV_STATUS, dev=0xFE00, rule="lookup/device"),
        ask(Command.DEV_STATUS, rule="lookup/device", comment="nothing is given"),
        create("a", uuid="U"),
        status("a"),
        ask(Command.DEV_STATUS, uuid="U"),
        ask(Command.DEV_STATUS, dev=0xFE00),
        status("A", rule="lookup/device"),
        status("a", dev=0xFE05, rule="lookup/device", comment="a name and a number"),
        ask(Command.TABLE_DEPS, name="b", rule="lookup/device"),
        ask(Command.TABLE_CLEAR, name="b", rule="lookup/device"),
        suspend("b", rule="lookup/device"),
        remove("b", rule="lookup/device"),
        remove("a"),
    ],
)

CREATE: Final = Scenario(
    "create",
    "Making a device: a name there must be, and name, uuid and minor number that no other has",
    [
        ask(Command.DEV_CREATE, rule="create/name-missing"),
        ask(Command.DEV_CREATE, uuid="U", rule="create/name-missing"),
        create("a/b", rule="name/slash"),
        create("a", uuid="U"),
        create("a", rule="create/name"),
        create("b", uuid="U", rule="create/uuid"),
        create("b", flags=PERSISTENT, dev=0xFE00, rule="create/minor"),
        create("a", flags=PERSISTENT, dev=0xFE00, rule="create/minor", comment="the number comes before the name"),
        create("b", flags=PERSISTENT, dev=0xFE07),
        create("control", comment="a name like any other on this kernel"),
        ask(Command.LIST_DEVICES),
        ask(Command.DEV_STATUS, poke={NAME: b"control\0stale"}, comment="what follows the NUL is echoed"),
        ask(Command.REMOVE_ALL),
        ask(Command.LIST_DEVICES),
    ],
)

REMOVE: Final = Scenario(
    "remove",
    "Removing: not what is open, unless it is to go later; and taking that back",
    [
        *active("a", ZERO),
        {"open": "254:0", "as": "d"},
        remove("a", rule="remove/open"),
        ask(Command.REMOVE_ALL, comment="leaves what is open"),
        remove("a", flags=DmFlag.DEFERRED_REMOVE),
        status("a"),
        message("a", "@cancel_deferred_remove"),
        status("a"),
        remove("a", flags=DmFlag.DEFERRED_REMOVE),
        {"close": "d"},
        status("a", rule="lookup/device"),
        *active("b", ZERO),
        *active("c", (0, 8, "linear", "254:0 0")),
        remove("b", rule="remove/open", comment="held by another device's table"),
        remove("c"),
        remove("b"),
    ],
)

RENAME: Final = Scenario(
    "rename",
    "Renaming: the text, its length, who has it; a uuid is given once",
    [
        create("a"),
        create("b", uuid="V"),
        rename("a", "", rule="rename/length"),
        rename("a", "n" * 128, rule="rename/length"),
        rename("a", "u" * 129, DmFlag.UUID, rule="rename/length"),
        rename("a", "x/y", rule="name/slash"),
        rename("a", "b", rule="rename/taken"),
        rename("a", "V", DmFlag.UUID, rule="rename/taken"),
        rename("c", "d", rule="lookup/device"),
        rename("a", "b", data_start=0xFFFF, rule="rename/text"),
        rename(
            "a",
            "b",
            buffer=PAYLOAD + 16,
            poke={PAYLOAD: b"n" * 16},
            rule="rename/text",
            comment="the memory ends before the text does",
        ),
        rename("a", "U/1", DmFlag.UUID),
        rename("a", "U2", DmFlag.UUID, rule="rename/has-uuid"),
        rename("a", "n" * 127),
        ask(Command.DEV_STATUS, uuid="U/1"),
        ask(Command.REMOVE_ALL),
    ],
)

GEOMETRY: Final = Scenario(
    "geometry",
    "Geometry: four decimal numbers, their limits, a start inside",
    [
        create("a"),
        ask(Command.DEV_SET_GEOMETRY, Geometry("1 2 3 4"), name="a"),
        geometry("a", "65535 255 255 0"),
        geometry("a", "1 2 3", rule="geometry/numbers"),
        geometry("a", "1 2 3 4 5", rule="geometry/numbers"),
        geometry("a", "1 2 3 4 ", rule="geometry/numbers"),
        geometry("a", "1 2 3 x", rule="geometry/numbers"),
        geometry("a", "65536 1 1 0", rule="geometry/limit"),
        geometry("a", "1 256 1 0", rule="geometry/limit"),
        geometry("a", "1 1 256 0", rule="geometry/limit"),
        geometry("a", "1 1 1 2", rule="geometry/start"),
        geometry("b", "1 1 1 0", rule="lookup/device"),
        geometry("a", "1 1 1 0", data_start=0xFFFF, rule="geometry/text"),
        remove("a"),
    ],
)

VERSIONS: Final = Scenario(
    "versions",
    "The target types there are",
    [
        ask(Command.LIST_VERSIONS, buffer=2048),
        ask(Command.LIST_VERSIONS, buffer=400, comment="the answer does not fit: DM_BUFFER_FULL_FLAG"),
        ask(Command.GET_TARGET_VERSION, name="linear"),
        ask(Command.GET_TARGET_VERSION, name="nonesuch", rule="version/type"),
        ask(Command.GET_TARGET_VERSION, rule="version/type", comment="nothing is given"),
    ],
    ("Modules",),
    "acceptable",
)

RESUME: Final = Scenario(
    "resume",
    "Resuming what is suspended and has no table, or one that does not fit",
    [
        create("a"),
        resume("a", comment="it is not suspended: nothing to be done"),
        suspend("a"),
        resume("a", rule="resume/table"),
        status("a"),
        load("a", (0, 0x40, "zero", "")),
        resume("a"),
        suspend("a"),
        resume("a"),
        remove("a"),
    ],
)

WAIT: Final = Scenario(
    "wait",
    "Waiting for an event, and being interrupted; poll() on the control node",
    [
        {"open": "control", "as": "poller"},
        {"poll": "poller"},
        *active("a", ZERO),
        {"poll": "poller"},
        ask(Command.DEV_ARM_POLL) | {"file": "poller"},
        {"poll": "poller"},
        ask(Command.DEV_WAIT, name="a", event_nr=AT_ONCE, comment="not the present number: answered at once"),
        ask(Command.DEV_WAIT, name="a", rule="call/interrupted"),
        ask(Command.DEV_WAIT, name="a", start="waiter"),
        rename("a", "b"),
        {"finish": "waiter"},
        {"poll": "poller"},
        ask(Command.DEV_WAIT, name="a", event_nr=0, rule="lookup/device"),
        {"close": "poller"},
        remove("b"),
    ],
    ("Interrupted",),
)

SCENARIOS: Final = (
    *entry_scenarios.SCENARIOS,
    LOOKUP,
    CREATE,
    REMOVE,
    RENAME,
    GEOMETRY,
    VERSIONS,
    RESUME,
    WAIT,
    *table_scenarios.SCENARIOS,
    *message_scenarios.SCENARIOS,
)
"""Every scenario of an area of rules."""
