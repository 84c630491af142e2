"""What the demonstration shows of each call: the bytes, the fields, and what came of it."""

from __future__ import annotations

import errno
import sys

from dmproto.dispatcher import ControlFile, DeviceFile
from dmproto.model.call import Call
from dmproto.show.colour import BOLD, WRONG, Paint, wanted
from dmproto.show.hexdump import hexdump
from dmproto.show.meaning import meaning, printed
from dmproto.wire.codec import decode_reply, decode_request, encode, fields
from dmproto.wire.command import Command
from dmproto.wire.dialects import dialect_of
from dmproto.wire.generated import DeviceMessage, MessageAnswer
from dmproto.wire.values import Request


class Stage:
    """Issues ioctls and tells of each one.

    Attributes:
        dialect: the form of direct message.
        calls: ioctls issued since `reset`.
        bytes: bytes of message they carried.
    """

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.paint = Paint(wanted(sys.stdout))
        self.calls = 0
        self.bytes = 0

    def reset(self) -> None:
        """Count from here."""
        self.calls = self.bytes = 0

    def chapter(self, title: str) -> None:
        """A heading."""
        print(f"\n{self.paint(title, BOLD)}")

    def say(self, text: str) -> None:
        """A line of prose."""
        print(f"  {text}")

    def control(self, file: ControlFile, request: Request) -> Call:
        """Issue a control message and show its bytes, its fields that are not zero, and what came of it."""
        assert isinstance(request.command, Command)
        call, data, memory = self._issue(file, request)
        self._show(f"ioctl(control, {request.command.c_name}, ...)", request, data, call)
        if call.ret == 0:
            payload = decode_reply(request.command.code(), memory).payload
            if isinstance(payload, MessageAnswer):
                self.say(f"    answer: {payload.message!r}")
        return call

    def quiet(self, file: ControlFile, request: Request) -> None:
        """Issue a control message, and tell no more than what came of it."""
        assert isinstance(request.command, Command)
        call, data, _ = self._issue(file, request)
        self.say(f"ioctl(control, {request.command.c_name}, ...), {len(data)} bytes  = {self._outcome(call)}")

    def device(self, file: DeviceFile, message: DeviceMessage) -> Call:
        """Issue a direct message and show its bytes, its fields, and what came of it."""
        _, data = encode(message, dialect=self.dialect)
        return self._direct(file, data, message)

    def raw(self, file: DeviceFile, what: str, data: bytes) -> Call:
        """Issue bytes as a direct message; they may be none."""
        self.say(f"{what}:")
        lenient = decode_request(dialect_of(self.dialect).code(), data, dialect=self.dialect, strict=False)
        return self._direct(file, data, lenient)

    def _direct(self, file: DeviceFile, data: bytes, message: DeviceMessage) -> Call:
        self.calls += 1
        self.bytes += len(data)
        call = file.submit(dialect_of(self.dialect).code(), bytearray(data))
        self._show("ioctl(device, DM_DEVMESSAGE, ...)", message, data, call)
        return call

    def _issue(self, file: ControlFile, request: Request) -> tuple[Call, bytes, bytearray]:
        assert request.header is not None
        code, data = encode(request)
        memory = bytearray(data.ljust(request.header.data_size, b"\0"))
        self.calls += 1
        self.bytes += len(data)
        return file.submit(code, memory), data, memory

    def _show(self, what: str, value: Request | DeviceMessage, data: bytes, call: Call) -> None:
        spans = fields(value, dialect=self.dialect)
        self.say(f"{what}, {len(data)} bytes  = {self._outcome(call)}")
        for line in hexdump(data, spans, self.paint):
            self.say(f"    {line}")
        for index, span in enumerate(spans):
            if span.value or not span.path.startswith(("header.", "payload[")):
                words = meaning(value, span)
                shown = printed(span) + (f"  {words}" if words else "")
                self.say(f"    {span.offset:>5}  {self.paint.field(f'{span.path:<24}', index)} {shown}")

    def _outcome(self, call: Call) -> str:
        assert call.ret is not None
        if call.ret >= 0:
            return str(call.ret)
        why = f"-1 {errno.errorcode[-call.ret]}" + (f"  {call.rule}: {call.sentence}" if call.rule else "")
        return self.paint(why, WRONG)
