"""A scenario for each state a device can be in: every command there is, asked of a device in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dmproto.wire.command import Command
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import Geometry, Rename
from tests.oracle.scenario_steps import (
    AT_ONCE,
    LINEAR,
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

OPEN: Final[list[Step]] = [{"open": "254:0", "as": "d"}]

STATES: Final[dict[str, tuple[str, list[Step]]]] = {
    "absent": ("There is no such device", []),
    "bare": ("A device without tables", [create("a")]),
    "inactive": ("A device with an inactive table only", [create("a"), load("a", LINEAR)]),
    "active": ("A device with an active table", active("a", LINEAR)),
    "both": ("A device with an active and an inactive table", [*active("a", LINEAR), load("a", ZERO)]),
    "suspended": ("A device that is suspended", [*active("a", LINEAR), suspend("a")]),
    "open": ("A device that is open", [*active("a", LINEAR), *OPEN]),
    "deferred": (
        "A device that is open and will be removed when it is closed",
        [*active("a", LINEAR), *OPEN, remove("a", flags=DmFlag.DEFERRED_REMOVE)],
    ),
}
"""What each state is, and how a device gets there."""

REFUSED: Final[dict[str, dict[Command, str]]] = {
    "absent": {
        command: "lookup/device" for command in Command if command not in {Command.DEV_CREATE, Command.REMOVE_ALL}
    },
    **{state: {Command.DEV_CREATE: "create/name"} for state in STATES if state != "absent"},
    "open": {Command.DEV_CREATE: "create/name", Command.DEV_REMOVE: "remove/open"},
    "deferred": {Command.DEV_CREATE: "create/name", Command.DEV_REMOVE: "remove/open"},
}
"""The rules that refuse a command in a state."""


def asked(state: str) -> Iterator[Step]:
    """Commands that leave a device as it is."""
    rule = "lookup/device" if state == "absent" else None
    inactive = DmFlag.QUERY_INACTIVE_TABLE
    yield ask(Command.VERSION)
    yield ask(Command.LIST_DEVICES)
    yield ask(Command.GET_TARGET_VERSION, name="linear")
    yield ask(Command.DEV_ARM_POLL)
    for flags in (0, inactive):
        yield status("a", flags=flags, rule=rule)
        yield ask(Command.TABLE_STATUS, name="a", flags=flags, rule=rule)
        yield ask(Command.TABLE_STATUS, name="a", flags=flags | DmFlag.STATUS_TABLE, rule=rule)
        yield ask(Command.TABLE_DEPS, name="a", flags=flags, rule=rule)
    yield ask(Command.TABLE_STATUS, name="a", flags=DmFlag.NOFLUSH, rule=rule)
    yield ask(Command.DEV_WAIT, name="a", event_nr=AT_ONCE, rule=rule)
    yield message("a", "@cancel_deferred_remove x", rule=rule or "message/core")
    if state in {"bare", "inactive"}:
        yield message("a", "hello")
    else:
        yield message("a", "hello", rule=rule or "message/method")


def changes(state: str) -> Iterator[Step]:
    """Commands that change a device, or make or remove one."""
    refused = REFUSED[state]
    rule = {command: refused.get(command) for command in Command}
    yield create("a", rule=rule[Command.DEV_CREATE])
    yield ask(Command.DEV_RENAME, Rename("b"), name="a", rule=rule[Command.DEV_RENAME])
    yield ask(Command.DEV_RENAME, Rename("U"), name="a", flags=DmFlag.UUID, rule=rule[Command.DEV_RENAME])
    yield load("a", ZERO, rule=rule[Command.TABLE_LOAD])
    yield ask(Command.TABLE_CLEAR, name="a", rule=rule[Command.TABLE_CLEAR])
    yield suspend("a", rule=rule[Command.DEV_SUSPEND])
    yield resume("a", rule=rule[Command.DEV_SUSPEND])
    geometry = Geometry("1 1 8 0")
    yield ask(Command.DEV_SET_GEOMETRY, geometry, name="a", rule=rule[Command.DEV_SET_GEOMETRY])
    yield message("a", "@cancel_deferred_remove", rule=rule[Command.TARGET_MSG])
    yield remove("a", rule=rule[Command.DEV_REMOVE])
    yield remove("a", flags=DmFlag.DEFERRED_REMOVE, rule="lookup/device" if state == "absent" else None)
    yield ask(Command.REMOVE_ALL)
    yield ask(Command.REMOVE_ALL, flags=DmFlag.DEFERRED_REMOVE)


def steps(state: str) -> Iterator[Step]:
    """All of them, each change on a device made anew and looked at afterwards."""
    _, begin = STATES[state]
    yield from begin
    yield from asked(state)
    for change in changes(state):
        yield from end(state)
        yield from begin
        yield change
        yield ask(Command.LIST_DEVICES)
        yield ask(Command.DEV_STATUS, dev=0xFE00, rule=expected(state, change))
    yield from end(state)


def expected(state: str, change: Step) -> str | None:
    """The rule, if the device is no longer there."""
    command = Command(int(change["ioctl"], 16) & 0xFF)
    gone = command in {Command.DEV_REMOVE, Command.REMOVE_ALL} and state not in {"open", "deferred"}
    absent = state == "absent" and command is not Command.DEV_CREATE
    return "lookup/device" if gone or absent else None


def end(state: str) -> Iterator[Step]:
    """Leave nothing behind."""
    if state in {"open", "deferred"}:
        yield {"close": "d"}
    yield ask(Command.REMOVE_ALL)


SCENARIOS: Final = tuple(
    Scenario(f"state-{state}", f"{what}: every command", list(steps(state))) for state, (what, _) in STATES.items()
)
"""A scenario for each state."""
