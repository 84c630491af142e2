"""The walls between the rooms of the package: who may import whom, read off the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

PACKAGE: Final = Path(__file__).parents[2] / "dmproto"

GROUND: Final = {"errors", "rules"}

ROOMS: Final[dict[str, set[str]]] = {
    "errors": {"rules"},
    "rules": set(),
    "wire": GROUND,
    "model": {*GROUND, "wire"},
    "commands": {*GROUND, "wire", "model"},
    "targets": {*GROUND, "wire", "model"},
    "entry": {*GROUND, "wire", "model", "commands"},
    "dispatcher": {*GROUND, "wire", "model", "commands", "targets", "entry"},
    "show": {*GROUND, "wire", "model"},
    "scenario": {*GROUND, "wire", "model", "dispatcher"},
    "conform": {*GROUND, "wire", "targets", "show", "scenario"},
    "client": {*GROUND, "wire", "dispatcher"},
    "emulate": {*GROUND, "wire", "dispatcher"},
    "strategies": {*GROUND, "wire", "model"},
}
"""A room, a module or folder under dmproto, and the rooms it may import; itself always. A room may be still to come.

`commands` and `targets` never meet but in the dispatcher; `client` and `emulate` know the dispatcher by its doors only.
The way in (`__init__`, `__main__`, `cli`, `demo`) may use everything.
"""

TYPES: Final[dict[str, set[str]]] = {}
"""What a room may name in its types beyond that, and does not load."""

WAYS_IN: Final = {"__init__", "__main__", "cli", "demo"}

SCHEMA_SIDE: Final = {"primitives", "records", "chains", "layout", "interpreted", "compile", "emit"}
"""The modules of the wire that know construct; all others must run without it."""


def modules(room: str) -> Iterator[Path]:
    """The source files of a room."""
    folder = PACKAGE / room
    yield from sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def for_types(tree: ast.AST) -> set[ast.AST]:
    """All that stands under `if TYPE_CHECKING`."""
    tests = [node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    return {inner for test in tests for statement in test.body for inner in ast.walk(statement)}


def imports(path: Path, *, types: bool = True) -> Iterator[str]:
    """Every module a file imports, in functions as well and, with `types`, under TYPE_CHECKING, by its whole name."""
    home = ["dmproto", *path.relative_to(PACKAGE).with_suffix("").parts]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out = set() if types else for_types(tree)
    for node in ast.walk(tree):
        if node in left_out:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*home[: len(home) - node.level]] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def rooms_of(path: Path, *, types: bool) -> set[str]:
    """The rooms of dmproto that a file imports."""
    parts = [name.split(".") for name in imports(path, types=types)]
    return {name[1] for name in parts if name[0] == "dmproto" and len(name) > 1}


def test_every_room_has_a_row() -> None:
    found = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert found - WAYS_IN <= set(ROOMS)


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_only_what_it_may(room: str) -> None:
    known = set(ROOMS) | {"cli", "demo"}
    for path in modules(room):
        if path.exists():
            may = {room, *ROOMS[room]}
            assert rooms_of(path, types=False) & known <= may, path
            assert rooms_of(path, types=True) & known <= may | TYPES.get(room, set()), path


def test_commands_and_targets_never_import_each_other() -> None:
    assert "targets" not in ROOMS["commands"]
    assert "commands" not in ROOMS["targets"]


@pytest.mark.parametrize("path", sorted((PACKAGE / "wire").glob("*.py")), ids=lambda path: path.stem)
def test_only_the_schema_side_knows_construct(path: Path) -> None:
    foreign = {name.split(".")[0] for name in imports(path)}
    wire = {name.split(".")[2] for name in imports(path) if name.startswith("dmproto.wire.")}
    if path.stem in SCHEMA_SIDE:
        return
    assert "construct" not in foreign
    assert not wire & SCHEMA_SIDE


@pytest.mark.parametrize("room", ["client", "emulate"])
def test_the_doors_are_all_that_is_known_of_the_dispatcher(room: str) -> None:
    for path in modules(room):
        if path.exists():
            inside = {name for name in imports(path) if name.startswith("dmproto.dispatcher.")}
            assert inside <= {"dmproto.dispatcher.Dispatcher", "dmproto.dispatcher.File", "dmproto.dispatcher.Call"}
