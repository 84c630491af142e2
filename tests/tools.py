"""Programs that some tests need beside Python.

Without them a laptop sees a skip that says what to install; with CI set a test that cannot run has failed.
"""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def in_ci() -> bool:
    """Whether this run must leave nothing out."""
    return bool(os.environ.get("CI"))


def missing(what: str, install: str) -> NoReturn:
    """Say that something a test needs is not here: a skip, or with CI set a failure.

    Args:
        what: what is missing, as the reader would look for it.
        install: the command that brings it.
    """
    reason = f"{what} is missing: {install}"
    if in_ci():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def require(program: str, install: str) -> str:
    """The path of a program, or the end of the test.

    Args:
        program: its name, looked up on PATH.
        install: the command that brings it, `apt-get install gcc`.
    """
    path = shutil.which(program)
    if path is None:
        missing(program, install)
    return path
