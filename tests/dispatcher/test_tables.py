"""The dispatcher's tables are whole: every command has its handler, every target its file, under its own name."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from dmproto import commands, targets
from dmproto.commands import HANDLERS
from dmproto.model.handler import Handler
from dmproto.model.profile import ALIASES, PROFILES, profile_of
from dmproto.targets import TARGETS
from dmproto.wire.command import COMMANDS, Command

HEADINGS = {"# shape", "# header checks", "# lookups", "# effect", "# reply"}
SHARED = {Command.GET_TARGET_VERSION: "list_versions"}
"""Commands that stand in another's file."""


def files(package: object) -> set[str]:
    """The modules of a room."""
    return {path.stem for path in Path(inspect.getfile(package)).parent.glob("*.py")} - {"__init__"}  # type: ignore[arg-type]


def test_every_control_command_has_a_handler() -> None:
    assert set(HANDLERS) == {command for command, facts in COMMANDS.items() if facts.door == "control"}


@pytest.mark.parametrize("command", list(HANDLERS), ids=lambda command: str(command.name))
def test_a_handler_stands_in_the_file_of_its_command(command: Command) -> None:
    handler = HANDLERS[command]
    assert handler.__name__ == command.name.lower()
    assert handler.__module__.rpartition(".")[2] == SHARED.get(command, command.name.lower())
    source = inspect.getsource(handler)
    told = [line.strip().partition(":")[0] for line in source.splitlines() if line.strip().startswith("# ")]
    assert set(told) <= HEADINGS, "the steps have the same names everywhere"
    if "# effect" in told and "# reply" in told:
        assert told.index("# effect") < told.index("# reply")


def test_every_file_of_the_rooms_is_in_a_table() -> None:
    assert files(commands) - {HANDLERS[c].__module__.rpartition(".")[2] for c in HANDLERS} <= {"lookup", "core_message"}
    assert files(targets) - {name.replace("-", "_") for name in TARGETS} == {"target", "arguments"}


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_is_what_its_row_says(name: str) -> None:
    target: type[Handler] = TARGETS[name]
    assert target.name == name
    assert target.__module__.rpartition(".")[2] == name.replace("-", "_")
    assert len(target.version) == 3
    assert target.__doc__


def test_profiles_are_named_for_their_release() -> None:
    for name, profile in PROFILES.items():
        assert profile.name == name == profile_of(name).name
    for alias, name in ALIASES.items():
        assert profile_of(alias).name == name
        assert name.startswith(alias)
    with pytest.raises(ValueError, match=r"unknown profile 'linux-9'"):
        profile_of("linux-9")
