"""Request numbers as people write them: hex or decimal, negative, sign-extended, or by name."""

from __future__ import annotations

import re
from typing import Final

from dmproto.wire.command import Command
from dmproto.wire.dialects import dialect_of

DEVMESSAGE: Final = "DEVMESSAGE"

_NUMBER: Final = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]{1,32}|[0-9]{1,32})")


def parse(text: str) -> int | None:
    """A number in hex (with `0x`) or in decimal; None where it is none, or has more than 32 digits."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    return int(text, 16 if "x" in text.lower() else 10)


def name_of(text: str) -> str | None:
    """The name of a command, or `DEVMESSAGE`, however it is written; None where there is no such command."""
    name = text.strip().upper().removeprefix("DM_").removesuffix("_CMD")
    return name if name in Command.__members__ or name == DEVMESSAGE else None


def code_of(name: str, arch: str = "generic", dialect: str = "rfc") -> int:
    """The request number of a command or of the direct message, by the name that `name_of` gives.

    Raises:
        ValueError: no architecture or dialect of this name is known.
    """
    return dialect_of(dialect).code(arch) if name == DEVMESSAGE else Command[name].code(arch)
