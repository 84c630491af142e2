"""What the demonstration shows of each call: the bytes, the fields, and what came of it."""

from __future__ import annotations

import errno
from typing import Final

from dmproto.dispatcher import ControlFile, DeviceFile
from dmproto.model.call import Call
from dmproto.show.hexdump import hexdump
from dmproto.wire.codec import decode_reply, encode, fields
from dmproto.wire.command import Command
from dmproto.wire.dialects import dialect_of
from dmproto.wire.generated import DeviceMessage
from dmproto.wire.values import Reply, Request

MESSAGE_WIDTH: Final = 20


class Stage:
    """Issues ioctls and tells of each one.

    Attributes:
        dialect: the form of direct message.
        calls: ioctls issued since `reset`.
        bytes: bytes of message they carried.
    """

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.calls = 0
        self.bytes = 0

    def reset(self) -> None:
        """Count from here."""
        self.calls = self.bytes = 0

    def chapter(self, title: str) -> None:
        """A heading."""
        print(f"\n== {title}")

    def say(self, text: str) -> None:
        """A line of prose."""
        print(f"   {text}")

    def control(self, file: ControlFile, request: Request) -> Call:
        """Issue a control message and show it, its fields that are not empty, and what came of it."""
        assert isinstance(request.command, Command)
        code, data = encode(request)
        call, memory = self._issue(file, code, data, request)
        self.say(f"ioctl(control, {request.command.c_name}, {len(data)} bytes)  = {_outcome(call)}")
        self._dump(data)
        self._fields(request, hide=("version", "data_start", "data_size", "open_count", "padding", "status", "next"))
        if call.ret == 0:
            reply: Reply = decode_reply(code, memory)
            if reply.payload is not None and reply.payload != ():
                self.say(f"    answer: {reply.payload}")
        return call

    def quiet(self, file: ControlFile, request: Request) -> None:
        """Issue a control message that must succeed, in one line."""
        assert isinstance(request.command, Command)
        code, data = encode(request)
        call, _ = self._issue(file, code, data, request)
        self.say(f"ioctl(control, {request.command.c_name}, ...)  = {_outcome(call)}")

    def device(self, file: DeviceFile, message: DeviceMessage) -> Call:
        """Issue a direct message and show it, its fields, and what came of it."""
        _, data = encode(message, dialect=self.dialect)
        return self._direct(file, data, message)

    def raw(self, file: DeviceFile, what: str, data: bytes) -> Call:
        """Issue bytes as a direct message."""
        self.say(f"{what}:")
        return self._direct(file, data, None)

    def _direct(self, file: DeviceFile, data: bytes, message: DeviceMessage | None) -> Call:
        self.calls += 1
        self.bytes += len(data)
        call = file.submit(dialect_of(self.dialect).code(), bytearray(data))
        self.say(f"ioctl(device, DM_DEVMESSAGE, {len(data)} bytes)  = {_outcome(call)}")
        self._dump(data)
        if message is not None:
            self._fields(message)
        return call

    def _issue(self, file: ControlFile, code: int, data: bytes, request: Request) -> tuple[Call, bytearray]:
        assert request.header is not None
        memory = bytearray(data.ljust(request.header.data_size, b"\0"))
        self.calls += 1
        self.bytes += len(data)
        return file.submit(code, memory), memory

    def _dump(self, data: bytes) -> None:
        for line in hexdump(data):
            self.say(f"    {line}")

    def _fields(self, value: Request | DeviceMessage, hide: tuple[str, ...] = ()) -> None:
        for span in fields(value, dialect=self.dialect):
            name = span.path.rpartition(".")[2]
            if name in hide or (span.value in (0, "") and isinstance(value, Request)):
                continue
            self.say(f"    {span.offset:>5}  {span.path:<{MESSAGE_WIDTH}} {span.value!r}")


def _outcome(call: Call) -> str:
    assert call.ret is not None
    if call.ret >= 0:
        return str(call.ret)
    why = f"  {call.rule}: {call.sentence}" if call.rule else ""
    return f"-1 {errno.errorcode[-call.ret]}{why}"
