"""The dispatcher as what answers: vectors are played on it as far as its targets go."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from dmproto.errors import DmprotoError
from dmproto.scenario import Player, read
from dmproto.targets.target import Target
from dmproto.wire.codec import decode_reply, decode_request
from dmproto.wire.command import Command

Document = dict[str, Any]

ROOM = 4096
"""Zeros put behind a request, whose memory may be longer than the bytes that are given of it."""


class OwnDispatcher:
    """A new dispatcher for a vector.

    A target type of the recording kernel's that it has not is there by name and version, so that lists are complete;
    a table that uses it is not played.

    Args:
        document: the vector.
        profile: the kernel the dispatcher is to be, rather than the vector's.
    """

    def __init__(self, document: Document, profile: str | None = None) -> None:
        scenario = read(document | {"profile": profile or document["profile"]})
        self._steps: list[Document] = document["steps"]
        self._player = Player(scenario)
        kernel = self._player.dispatcher.kernel
        self.foreign = kernel.profile.name != document["profile"]
        self._own = dict(kernel.targets)
        listed = {name: version for step in self._steps for name, version in listed_types(step)}
        if listed:
            stubs = {name: type(name, (Target,), {"name": name, "version": each}) for name, each in listed.items()}
            kernel.targets = {name: self._own.get(name, stub) for name, stub in stubs.items()} | {
                name: target for name, target in self._own.items() if name not in stubs
            }

    def why_not(self, index: int) -> str:
        """Name the target type of a load that the kernel has and the dispatcher has not."""
        step = self._steps[index]
        code = int(step.get("ioctl", "0"), 16)
        if code & 0xFF != Command.TABLE_LOAD:
            return ""
        try:
            request = decode_request(code, bytes.fromhex(step["in"]) + bytes(ROOM), strict=False)
        except DmprotoError:
            return ""
        for spec in request.payload or ():
            lacks = spec.target_type not in self._own
            if lacks and (step.get("ret") == 0 or spec.target_type in self._player.dispatcher.kernel.targets):
                return f"the dispatcher has no target type {spec.target_type}"
        return ""

    def step(self, index: int) -> Document:
        """Play a step."""
        return self._player.step(index)


def listed_types(step: Document) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The target types that a step's answer lists, the first registered first."""
    if step.get("ret") != 0 or int(step.get("ioctl", "0"), 16) & 0xFF != Command.LIST_VERSIONS:
        return
    reply = decode_reply(int(step["ioctl"], 16), bytes.fromhex(step["out"]), byteorder=sys.byteorder, strict=False)
    for record in reversed(reply.payload or ()):
        yield record.name, record.version
