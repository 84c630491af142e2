"""Whole messages: a header and its payload, as a program sends it or as the kernel answers it."""

from __future__ import annotations

from typing import Any

import msgspec

from dmproto.wire.checks import Anomaly
from dmproto.wire.command import Command
from dmproto.wire.generated import Header


class Request(msgspec.Struct, frozen=True, gc=False):
    """A control message as it enters the kernel, or a device ioctl without an argument.

    Attributes:
        command: what is asked; a plain number where no such command is known.
        header: the header; None for an ioctl that takes no argument.
        payload: the command's payload: a tuple of records for a chain, one record otherwise, the raw bytes after
            the header for an unknown command, None where the command takes none.
        anomalies: what lenient decoding found.
    """

    command: Command | int
    header: Header | None
    payload: Any = None
    anomalies: tuple[Anomaly, ...] = ()


class Reply(msgspec.Struct, frozen=True, gc=False):
    """A control message as it comes back from the kernel on success.

    Attributes:
        command: what was asked.
        header: the header.
        payload: the answer; None (for target records, empty) where there is none.
        anomalies: what lenient decoding found.
    """

    command: Command | int
    header: Header | None
    payload: Any = None
    anomalies: tuple[Anomaly, ...] = ()
