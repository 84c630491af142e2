"""The compilers and what they say of the installed header, once for each word size."""

from __future__ import annotations

import pytest

from tests.external.c_header import COMPILERS, PRELUDE, expressions
from tests.external.compiler import evaluate
from tests.tools import require


@pytest.fixture(scope="session", params=COMPILERS)
def compiler(request: pytest.FixtureRequest) -> list[str]:
    """The command of a compiler, for 64-bit programs and for 32-bit ones."""
    program, package = COMPILERS[request.param]
    return [require(program, f"apt-get install {package}")]


@pytest.fixture(scope="session")
def compiled(compiler: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """What <linux/dm-ioctl.h> says, by the names of `expressions`."""
    return evaluate(compiler, expressions(), folder=tmp_path_factory.mktemp("header"), prelude=PRELUDE)
