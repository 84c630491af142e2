"""The `error` target: every request to it fails."""

from __future__ import annotations

from typing import ClassVar

from dmproto.targets.target import Target


class Error(Target):
    """Takes any arguments and forgets them."""

    name: ClassVar[str] = "error"
    version: ClassVar[tuple[int, int, int]] = (1, 5, 0)

    def status(self, kind: str) -> str:
        """It has no status method: every line is empty."""
        return ""
