"""Switch a rule off: the statements that refuse with it are taken out of the running dispatcher, and put back.

A refusal is `raise Refused("the/rule", ...)`, or `raise x.y(...)` where `y` is a function that returns that. The code
of a function is replaced in place, so that who has imported it runs the other code as well.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import dmproto

PACKAGE: Final = Path(dmproto.__file__).parent
ROOMS: Final = ("commands", "targets", "model", "entry.py", "dispatcher.py")


def sources() -> list[Path]:
    """The modules in which there are checks."""
    return [path for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py")) or [PACKAGE / room]]


def returned(tree: ast.AST) -> dict[str, str]:
    """Functions that return a refusal, to be raised, with its rule."""
    return {
        function.name: rule
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for statement in ast.walk(function)
        if isinstance(statement, ast.Return) and (rule := rule_of(statement.value, {}))
    }


def rule_of(value: ast.AST | None, makers: dict[str, str]) -> str:
    """The rule of the refusal that an expression makes, if it does."""
    if not isinstance(value, ast.Call):
        return ""
    name = ast.unparse(value.func).rpartition(".")[2]
    if name == "Refused" and value.args and isinstance(value.args[0], ast.Constant):
        return str(value.args[0].value)
    return makers.get(name, "")


class Without(ast.NodeTransformer):
    """Takes out the statements that raise a rule."""

    def __init__(self, rule: str, makers: dict[str, str]) -> None:
        self._rule, self._makers = rule, makers
        self.found = 0

    def visit_Raise(self, node: ast.Raise) -> ast.stmt:
        """Leave nothing of such a statement."""
        if rule_of(node.exc, self._makers) != self._rule:
            return node
        self.found += 1
        return ast.copy_location(ast.Pass(), node)


def functions(module: types.ModuleType) -> dict[str, types.FunctionType]:
    """The functions and methods of a module by their qualified names."""
    members = [each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__]
    members += [method for each in members if inspect.isclass(each) for method in vars(each).values()]
    members = [getattr(each, "fget", None) or getattr(each, "__func__", None) or each for each in members]
    return {each.__qualname__: each for each in members if isinstance(each, types.FunctionType)}


def codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """The code of everything in a module."""
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield each
            yield from codes(each)


@contextlib.contextmanager
def off(rule: str) -> Iterator[None]:
    """Let nothing in the dispatcher be refused by a rule.

    Raises:
        LookupError: no statement refuses with it.
    """
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources()}
    makers = {name: made for tree in trees.values() for name, made in returned(tree).items()}
    kept: list[tuple[types.FunctionType, types.CodeType]] = []
    try:
        for path, tree in trees.items():
            without = Without(rule, makers)
            changed = ast.fix_missing_locations(without.visit(tree))
            if without.found:
                kept += _replace(path, changed)
        if not kept:
            raise LookupError(f"no statement refuses with {rule}")
        yield
    finally:
        for function, code in kept:
            function.__code__ = code


def _replace(path: Path, tree: ast.Module) -> Iterator[tuple[types.FunctionType, types.CodeType]]:
    """Give the functions of a module the code of a changed source; each with the code it had."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    module = importlib.import_module(".".join(["dmproto", *parts]).removesuffix(".__init__"))
    there = functions(module)
    for code in codes(compile(tree, str(path), "exec")):
        function = there.get(code.co_qualname)
        if function is not None and function.__code__.co_freevars == code.co_freevars:
            yield function, function.__code__
            function.__code__ = code
