"""The error of a file that holds nothing of what is asked for."""

from __future__ import annotations

from dmproto.errors import DmprotoError


class BadInput(DmprotoError):
    """A file that holds nothing of what is asked for; the message says why.

    Attributes:
        offset: where, in bytes or characters from its start; None where that says nothing.
    """

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset
