"""DM_TARGET_MSG: passes a text to the target at a sector; with a leading @ it is for the core, and needs no table."""

from __future__ import annotations

from dmproto.commands.core_message import core_message
from dmproto.commands.lookup import find_device, write_status
from dmproto.errors import Refused
from dmproto.model.call import Call
from dmproto.model.kernel import Kernel
from dmproto.model.words import split_in_place
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.checks import TEXT_ERRORS
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import TargetMsgView
from dmproto.wire.limits import HEADER_SIZE, STRUCT_SIZE


def target_msg(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """Without an active table Linux 6.1 returns 2, which is no error, and copies nothing back."""
    start = copy.header.data_start
    room = copy.result_room()
    # lookups
    device = find_device(copy, kernel)
    # shape
    text = copy.text_at(start + TargetMsgView.SIZE) if start >= HEADER_SIZE else None
    if text is None:
        raise Refused("message/text", data_start=start, size=copy.size)
    words = split_in_place(copy.buffer, start + TargetMsgView.SIZE)
    if not words:
        raise Refused("message/empty")
    # effect
    if words[0].startswith("@"):
        answer = core_message(copy, kernel, device, words)
    elif device.active is None:
        if kernel.profile.message_without_table < 0:
            raise Refused("message/table", name=device.name)
        return kernel.profile.message_without_table
    else:
        sector = TargetMsgView(copy.buffer, start).sector
        entry = device.active.at_sector(sector)
        if entry is None:
            raise Refused("message/sector", sector=sector, sectors=device.active.size)
        answer = entry.target.message(words, call)
    # reply
    write_status(copy, device, kernel)
    if answer is not None:
        _answer(copy, answer, room)
    return 0


def _answer(copy: WorkingCopy, answer: str, room: int) -> None:
    """Write an answer: the buffer must have one byte more than it and its NUL."""
    raw = answer.encode("utf-8", TEXT_ERRORS) + b"\0"
    copy.set(DmFlag.DATA_OUT)
    if len(raw) >= room:
        copy.set(DmFlag.BUFFER_FULL)
        return
    copy.buffer[STRUCT_SIZE : STRUCT_SIZE + len(raw)] = raw
    copy.header.data_size = STRUCT_SIZE + len(raw)
