"""A third-party target, as anyone may write one: a client of a cluster server, given its socket by message.

It is what the proposal of 2004 was made for: "userspace needs to pass a socket fd to my virtual device, so that it may
connect (or reconnect) to a cluster". Register it with `Dispatcher(targets=[ClusterClient])`.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from typing import ClassVar, Final

from dmproto.model.call import Call
from dmproto.model.handler import TargetContext
from dmproto.targets.target import Target

CONNECT: Final = 0
"""Tag: the payload is an `int`, the descriptor of a connected socket."""

LOCK: Final = 1
"""Tag: the payload is an `unsigned int`, the lock to ask the server for; the result is how many are held."""

INT: Final = struct.Struct("=i")
UNSIGNED: Final = struct.Struct("=I")
TIMEOUT: Final = 5.0
"""Seconds to wait for the server: a kernel would wait interruptibly."""


def refused(number: int) -> OSError:
    """The exception a handler answers an errno with."""
    return OSError(number, os.strerror(number))


class ClusterClient(Target):
    """`cluster NAME`: one word, how the client calls itself.

    Attributes:
        greeting: what the server said last when a socket was handed over.
    """

    name: ClassVar[str] = "cluster"
    version: ClassVar[tuple[int, int, int]] = (1, 0, 0)

    def __init__(self, context: TargetContext, *words: str) -> None:
        super().__init__(context, *words)
        if len(words) != 1:
            raise refused(errno.EINVAL)
        self.socket: socket.socket | None = None
        self.greeting = ""

    def device_message(self, tag: int | None, payload: bytes, call: Call) -> int:
        """`CONNECT` and `LOCK`, in the bytes a C program has at hand."""
        if tag == CONNECT:
            if len(payload) != INT.size:
                raise refused(errno.EBADF)
            return self.connect(call, INT.unpack(payload)[0])
        if tag == LOCK and len(payload) == UNSIGNED.size:
            return self.lock(UNSIGNED.unpack(payload)[0])
        raise refused(errno.EINVAL)

    def message(self, words: list[str], call: Call) -> str | None:
        """The same as text: `connect FD`, and `lock NUMBER`, which answers in text; `whoami` answers NAME."""
        if words == ["whoami"]:
            return self.words[0]
        if len(words) == 2 and words[1].isdecimal() and len(words[1]) < 10:
            if words[0] == "connect":
                self.connect(call, int(words[1]))
                return None
            if words[0] == "lock":
                return str(self.lock(int(words[1])))
        raise refused(errno.EINVAL)

    def connect(self, call: Call, fd: int) -> int:
        """Take the caller's socket over, and greet; a socket held before is let go."""
        self.close()
        self.socket = socket.socket(fileno=call.get_file(fd))
        self.socket.settimeout(TIMEOUT)
        self.greeting = self.ask(f"hello {self.words[0]}")
        return 0

    def lock(self, number: int) -> int:
        """Ask for a lock; the answer is how many this client holds."""
        return int(self.ask(f"lock {number}").removeprefix("held "))

    def ask(self, question: str) -> str:
        """A line to the server and its line back; ENOTCONN where the connection is gone."""
        if self.socket is None:
            raise refused(errno.ENOTCONN)
        answer = b""
        try:
            self.socket.sendall(question.encode() + b"\n")
            while not answer.endswith(b"\n"):
                more = self.socket.recv(256)
                if not more:
                    raise ConnectionError
                answer += more
        except ConnectionError:
            self.close()
            raise refused(errno.ENOTCONN) from None
        return answer.decode().rstrip("\n")

    def close(self) -> None:
        """Let the socket go."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None
