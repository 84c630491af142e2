"""Captures from the text that `strace -v -s 200000 -e trace=ioctl` prints.

strace decodes the ioctls of the control node, and prints fields, not bytes: `read` gives back the messages it saw and,
for each field it did not print, a note. It takes what -f, -o, -t, -tt, -ttt, -r, -T, -y and -X add, calls printed in
two parts, and both arrangements of the payload (beside the header, as strace 6.1 has it, or inside).
"""

from __future__ import annotations

from typing import Any

import msgspec

from dmproto.errors import DecodeError, EncodeError
from dmproto.show.strace_fields import Fields, Note
from dmproto.show.strace_lines import Call, calls, outcome
from dmproto.show.strace_messages import message
from dmproto.show.strace_tokens import Reader
from dmproto.show.strace_tree import Made, Names
from dmproto.wire.command import COMMANDS, Command
from dmproto.wire.ioctl import Direction, IoctlNumber, request_code
from dmproto.wire.limits import DM_IOCTL
from dmproto.wire.values import Reply, Request

_COMMANDS = {command.c_name: command for command in Command}
_DIRECTIONS = {"_IOC_NONE": Direction.NONE, "_IOC_READ": Direction.READ, "_IOC_WRITE": Direction.WRITE}


class Capture(msgspec.Struct, frozen=True):
    """One device-mapper ioctl that strace saw.

    Attributes:
        line: the number of its line, from 1; the first of two.
        code: the request number.
        command: the command whose number it is; the number's `nr` where it is none's.
        request: what was handed over; None where strace does not decode it.
        reply: what came back, where strace printed it: it does so when the header has changed. Of a call that failed,
            the header.
        ret: the result of the call; None where it did not return.
        errno: the name of the error.
        pid: the process, where strace says it.
        notes: what strace does not say.
    """

    line: int
    code: int
    command: Command | int
    request: Request | None = None
    reply: Reply | None = None
    ret: int | None = None
    errno: str | None = None
    pid: int | None = None
    notes: tuple[Note, ...] = ()


def read(text: str, *, arch: str = "generic") -> list[Capture]:
    """The device-mapper ioctls in strace's output, in the order in which they began.

    Args:
        text: the output.
        arch: the architecture it was made on (`dmproto.wire.ioctl.ARCHES`), for numbers strace has no name for.

    Raises:
        DecodeError: `strace/text`, this is not strace's output; or, with the path `line N`, one of its ioctl lines is
            not as strace prints it (`strace/syntax`, `strace/name`, `value/type`, `number/range`, `code/field`).
        ValueError: no architecture of this name is known.
    """
    captures = []
    for call in calls(text):
        if call.name == "ioctl":
            capture = _capture(call, arch)
            if capture is not None:
                captures.append(capture)
    return sorted(captures, key=lambda capture: capture.line)


def _capture(call: Call, arch: str) -> Capture | None:
    reader = Reader(call.text, f"line {call.line}", call.offset)
    reader.value()
    if reader.peek() == "<":
        reader.skip_place()
    reader.need(",")
    code = _code(reader, arch)
    if code is None or code >> 8 & 0xFF != DM_IOCTL:
        return None
    nr = code & 0xFF
    command = Command(nr) if nr in COMMANDS and code == Command(nr).code(arch) else nr
    request, reply = reader.value() if reader.take(",") else None, None
    if reader.take("=>"):
        reply = reader.value()
    ret, errno = None, None
    if call.whole:
        reader.need(")")
        reader.peek()
        came = outcome(reader.text[reader.at :])
        if came is None:
            raise reader.refuse("'= result'")
        ret, errno = came
    notes: list[Note] = []
    if not call.whole or ret is None:
        notes.append(Note("ret", "the call did not return"))
    return Capture(
        line=call.line,
        code=code,
        command=command,
        request=_message(reader, "request", command, request, notes),
        reply=_message(reader, "reply", command, reply, notes, failed=ret is None or ret < 0),
        ret=ret,
        errno=errno,
        pid=call.pid,
        notes=tuple(notes),
    )


def _message(
    reader: Reader, side: str, command: Command | int, value: Any, notes: list[Note], *, failed: bool = False
) -> Any:
    if command is Command.MPATH_PROBE_PATHS and side == "request":
        return Request(command, None)
    fields = Fields(reader, side, notes)
    if isinstance(command, Command) and value is not None:
        return message(fields, command, value, failed=failed)
    if value is not None:
        fields.note("", "not decoded")
    return None


def _code(reader: Reader, arch: str) -> int | None:
    """The request number, or None where it is some other driver's."""
    value = reader.value()
    while reader.peek() not in (",", ")", ""):
        reader.value()  # "TCGETS or SNDCTL_TMR_TIMEBASE"
    if isinstance(value, int):
        try:
            return request_code(value)
        except DecodeError as error:
            raise DecodeError(reader.path, reader.offset, error.rule, **error.values) from None
    if isinstance(value, Names):
        command = _COMMANDS.get(str(value.parts[0]))
        return command.code(arch) if command is not None else None
    if not isinstance(value, Made) or value.name != "_IOC" or len(value.arguments) != 4:
        return None
    direction, kind, nr, size = value.arguments
    bits = Direction.NONE
    for part in direction.parts if isinstance(direction, Names) else (None,):
        if not isinstance(part, str) or part not in _DIRECTIONS:
            raise DecodeError(reader.path, reader.offset, "strace/name", name=part)
        bits |= _DIRECTIONS[part]
    if not all(isinstance(part, int) for part in (kind, nr, size)):
        raise reader.refuse("numbers")
    if kind != DM_IOCTL:
        return None
    try:
        return IoctlNumber(bits, kind, nr, size).encode(arch)
    except EncodeError as error:
        raise DecodeError(reader.path, reader.offset, error.rule, **error.values) from None
