"""Scenarios that show the rules of the entry path: the request number, the memory, the header."""

from __future__ import annotations

from typing import Final

from dmproto.wire.command import Command
from tests.oracle.scenario_steps import Scenario, ask

NAME: Final = 48
UUID: Final = 176

CODE: Final = Scenario(
    "code",
    "The request number: its type and its command; direction and size are not looked at",
    [
        ask(Command.VERSION, code=0xC138FE00, rule="code/type"),
        ask(Command.VERSION, code=0xC138FD12, rule="code/command", comment="one behind the last command"),
        ask(Command.VERSION, code=0xC138FDFF, rule="code/command"),
        ask(Command.VERSION, code=0x0000FD00, comment="no direction and no size: the same command"),
        ask(Command.LIST_DEVICES, code=0x4FFFFD02, comment="another direction and size: the same command"),
    ],
)

BUFFER: Final = Scenario(
    "buffer",
    "Memory that ends too early: within the version, the header, the message; and an answer that does not fit",
    [
        ask(Command.VERSION, mapped=11, rule="buffer/short"),
        ask(Command.VERSION, mapped=12),
        ask(Command.LIST_DEVICES, mapped=304, rule="buffer/short"),
        ask(Command.LIST_DEVICES, buffer=400, mapped=399, rule="buffer/short"),
        ask(Command.LIST_DEVICES, buffer=400, mapped=400),
        ask(Command.DEV_CREATE, name="a", data_size=305, buffer=312, mapped=305, comment="the least there may be"),
        ask(Command.REMOVE_ALL, data_size=4096, mapped=305, comment="a command that reads the header alone"),
    ],
)

HEADER: Final = Scenario(
    "header",
    "The header's checks, in their order: the caller, the version, data_size, name and uuid",
    [
        ask(Command.LIST_DEVICES, capable=False, rule="header/capability"),
        ask(Command.VERSION, capable=False, rule="header/capability"),
        ask(Command.VERSION, version=(4, 0, 0)),
        ask(Command.VERSION, version=(4, 47, 99), comment="the patch level is not compared"),
        ask(Command.VERSION, version=(3, 0, 0), rule="header/version", comment="the kernel's version comes back"),
        ask(Command.VERSION, version=(5, 0, 0), rule="header/version"),
        ask(Command.LIST_DEVICES, version=(4, 48, 0), rule="header/minor"),
        ask(Command.VERSION, code=0xC138FD40, version=(5, 0, 0), rule="header/version", comment="before the command"),
        ask(Command.LIST_DEVICES, data_size=304, rule="header/data-size"),
        ask(Command.LIST_DEVICES, data_size=(1 << 30) + 1, rule="header/data-size"),
        ask(Command.DEV_STATUS, name="a", uuid="U", rule="header/name-and-uuid"),
        ask(Command.LIST_DEVICES, name="a", uuid="U", comment="of no concern to a command without device"),
        ask(
            Command.DEV_STATUS,
            poke={NAME: b"n" * 128, UUID: b"u"},
            rule="header/name-and-uuid",
            comment="a name without NUL",
        ),
    ],
)

SCENARIOS: Final = (CODE, BUFFER, HEADER)
"""Every scenario of this kind."""
