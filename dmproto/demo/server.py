"""The cluster server of the demonstration: lines of text over TCP on the loopback interface."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self


class ClusterServer:
    """Answers `hello NAME` with `welcome NAME, connection N` and `lock K` with `held COUNT`.

    Attributes:
        address: where it listens.
        heard: every line it was sent, in order.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listener.getsockname()
        self.heard: list[str] = []
        self._accepted = 0
        self._connections: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()
        self._thread.join()

    def connect(self) -> socket.socket:
        """A socket connected to it, as a program would make one."""
        return socket.create_connection(self.address)

    def drop(self) -> None:
        """Cut every connection."""
        for connection in self._connections:
            connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._connections.clear()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._accepted += 1
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection, self._accepted), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        locks: set[str] = set()
        try:
            with connection.makefile("rw", encoding="utf-8") as lines:
                for line in lines:
                    self.heard.append(line.strip())
                    verb, _, rest = line.strip().partition(" ")
                    if verb == "lock":
                        locks.add(rest)
                    answer = f"held {len(locks)}" if verb == "lock" else f"welcome {rest}, connection {number}"
                    lines.write(f"{answer}\n")
                    lines.flush()
        except (OSError, ValueError):
            return
