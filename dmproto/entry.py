"""The entry path of the control node: what is checked before a command sees its message, in the kernel's order.

Source: ctl_ioctl, copy_params and validate_params, drivers/md/dm-ioctl.c of Linux 6.1, whose order was seen running.
Each step gets the caller's memory and may change it; a refusal ends the call.
"""

from __future__ import annotations

import struct
from typing import Final

from dmproto.commands import HANDLERS, Handler
from dmproto.errors import Refused
from dmproto.model.profile import Profile
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.command import Command
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import HeaderView
from dmproto.wire.ioctl import TYPE_SHIFT
from dmproto.wire.limits import (
    DATA_SIZE_MAX,
    DM_IOCTL,
    DM_NAME_LEN,
    DM_UUID_LEN,
    DM_VERSION_MAJOR,
    HEADER_SIZE,
)

VERSION: Final = struct.Struct("=3I")
NAME: Final = HeaderView.OFFSETS["name"]
UUID: Final = HeaderView.OFFSETS["uuid"]

NUMBER: Final = 0xFFFFFFFF
"""What the system call takes of a request number: it is an `unsigned int`."""

NAMELESS: Final = frozenset({Command.REMOVE_ALL, Command.LIST_DEVICES, Command.LIST_VERSIONS})
"""Commands whose name and uuid are neither checked nor terminated."""

CLEARED: Final = DmFlag.BUFFER_FULL | DmFlag.UEVENT_GENERATED | DmFlag.SECURE_DATA | DmFlag.DATA_OUT
"""Flags that only an answer may have."""


def check_caller(code: int, *, capable: bool) -> int:
    """CAP_SYS_ADMIN comes first, then the type byte; neither refusal writes anything. The answer is the number.

    Raises:
        Refused: `header/capability` or `code/type`.
    """
    if not capable:
        raise Refused("header/capability")
    number = code & NUMBER
    if number >> TYPE_SHIFT & 0xFF != DM_IOCTL:
        raise Refused("code/type", code=number, type=number >> TYPE_SHIFT & 0xFF)
    return number & 0xFF


def check_version(memory: bytearray, profile: Profile) -> None:
    """The kernel's version is written even where the caller's is refused; the patch level is not compared.

    Raises:
        Refused: `buffer/short`, `header/version` or `header/minor`.
    """
    if len(memory) < VERSION.size:
        raise Refused("buffer/short", end=VERSION.size, limit=len(memory))
    major, minor, patch = VERSION.unpack_from(memory)
    VERSION.pack_into(memory, 0, *profile.version)
    if major != DM_VERSION_MAJOR:
        raise Refused("header/version", value=(major, minor, patch), low=DM_VERSION_MAJOR)
    if minor > profile.version[1]:
        raise Refused("header/minor", version=(major, minor, patch), kernel=profile.version)


def find_handler(nr: int) -> tuple[Command, Handler]:
    """The command of a number.

    Raises:
        Refused: `code/command`.
    """
    for command, handler in HANDLERS.items():
        if command == nr:
            return command, handler
    raise Refused("code/command", nr=nr)


def copy_in(memory: bytearray, command: Command, profile: Profile) -> tuple[WorkingCopy, bool]:
    """Copy the message in, as far as the command reads it; with SECURE_DATA wipe the caller's. The answer says which.

    Raises:
        Refused: `buffer/short` or `header/data-size`.
    """
    if len(memory) < HEADER_SIZE:
        raise Refused("buffer/short", end=HEADER_SIZE, limit=len(memory))
    copy = WorkingCopy(memory[:HEADER_SIZE], profile)
    size = copy.header.data_size
    if not HEADER_SIZE <= size <= DATA_SIZE_MAX:
        raise Refused("header/data-size", value=size, low=HEADER_SIZE, high=DATA_SIZE_MAX)
    secure = copy.has(DmFlag.SECURE_DATA)
    if command.facts.params:
        if len(memory) < size:
            raise Refused("buffer/short", end=size, limit=len(memory))
        copy = WorkingCopy(memory[:size], profile)
    if secure:
        memory[: copy.size] = bytes(copy.size)
    return copy, secure


def validate(copy: WorkingCopy, command: Command) -> None:
    """Clear what only an answer may say, hold name and uuid against each other, and end both strings.

    Raises:
        Refused: `create/name-missing` or `header/name-and-uuid`.
    """
    header = copy.header
    header.flags &= ~CLEARED & 0xFFFFFFFF
    if command not in NAMELESS:
        if command is Command.DEV_CREATE:
            if not header.name:
                raise Refused("create/name-missing")
        elif header.name and header.uuid:
            raise Refused("header/name-and-uuid", name=header.name, uuid=header.uuid)
        copy.buffer[NAME + DM_NAME_LEN - 1] = 0
        copy.buffer[UUID + DM_UUID_LEN - 1] = 0
    header.data_size = HEADER_SIZE
