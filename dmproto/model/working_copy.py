"""The kernel's copy of the caller's buffer, in which a command reads its arguments and leaves its answer.

Whatever a command does not write comes back as the caller's own bytes: that alone explains echoed padding, stale tails
and replies of 305 bytes.
"""

from __future__ import annotations

import sys

from dmproto.model.profile import Profile
from dmproto.wire.checks import TEXT_ERRORS
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import HeaderView
from dmproto.wire.limits import HEADER_SIZE, STRUCT_SIZE


class WorkingCopy:
    """A control message while a command runs.

    Attributes:
        buffer: the bytes: the header and, where the command takes more, the rest of the caller's data_size.
        header: the header in them.
        size: how long the caller's buffer is.
        profile: the kernel.
        answers: whether anything but the version is copied back.
    """

    def __init__(self, buffer: bytearray, profile: Profile) -> None:
        self.buffer = buffer
        self.header = HeaderView(buffer, 0, sys.byteorder)
        self.size = len(buffer)
        self.profile = profile
        self.answers = True

    def has(self, flag: DmFlag) -> bool:
        """Whether a flag is set."""
        return bool(self.header.flags & flag)

    def set(self, flag: DmFlag, on: bool = True) -> None:
        """Set a flag, or clear it."""
        self.header.flags = self.header.flags | flag if on else self.header.flags & ~flag & 0xFFFFFFFF

    def result_room(self) -> int:
        """Point data_start at the result area, as the kernel's get_result_buffer does; the answer is its size."""
        limit = self.profile.data_start_limit
        self.header.data_start = min(STRUCT_SIZE, self.size) if limit else STRUCT_SIZE
        return max(self.size - STRUCT_SIZE, 0)

    def write_text(self, at: int, text: str) -> int:
        """Write a text and its NUL; the answer is the offset behind it."""
        raw = text.encode("utf-8", TEXT_ERRORS) + b"\0"
        self.buffer[at : at + len(raw)] = raw
        return at + len(raw)

    def text_at(self, offset: int) -> bytes | None:
        """The string at an offset; None where it starts in the header or no NUL ends it inside the buffer."""
        if offset < HEADER_SIZE:
            return None
        end = self.buffer.find(0, offset)
        return None if end < 0 else bytes(self.buffer[offset:end])
