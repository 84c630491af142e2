"""What a C compiler makes of constant expressions: nothing is linked or run, so any headers and word size will do."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_VALUE = '__asm__ volatile("\\n->{name} %0" : : "i" ((long)({expression})));'


def evaluate(
    compiler: Sequence[str], expressions: Mapping[str, str], *, folder: Path, prelude: Sequence[str] = ()
) -> dict[str, int]:
    """The values of constant expressions, as unsigned 32-bit numbers, by the names they were given.

    Args:
        compiler: the command and its options.
        expressions: C, by any name without a blank.
        folder: where the source may be left.
        prelude: lines before them, `#include` among them.
    """
    lines = [_VALUE.format(name=name, expression=text) for name, text in expressions.items()]
    source = folder / "constants.c"
    source.write_text("\n".join([*prelude, "void constants(void);", "void constants(void)", "{", *lines, "}", ""]))
    assembly = _run([*compiler, "-O2", "-Wall", "-Werror", "-S", "-o", "-", str(source)])
    found = {}
    for line in assembly.splitlines():
        if line.startswith("->"):
            name, value = line[2:].split()
            found[name] = int(value.lstrip("$#")) & 0xFFFFFFFF
    assert found.keys() == expressions.keys()
    return found


def macros(compiler: Sequence[str], *, folder: Path, prelude: Sequence[str]) -> set[str]:
    """The names of all macros that are defined once these lines are read."""
    source = folder / "macros.c"
    source.write_text("\n".join([*prelude, ""]))
    defined = _run([*compiler, "-E", "-dM", str(source)])
    return {line.split()[1].partition("(")[0] for line in defined.splitlines()}


def build(compiler: Sequence[str], source: Path, program: Path) -> Path:
    """Compile and link a program."""
    _run([*compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(program), str(source)])
    return program


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return done.stdout
