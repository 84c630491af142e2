"""DM_TABLE_STATUS: answers the status, table or IMA line of each target."""

from __future__ import annotations

import sys

from dmproto.commands.lookup import find_device, queried_table, write_status
from dmproto.model.call import Call
from dmproto.model.device import Entry, Table
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.checks import TEXT_ERRORS
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import TargetSpecView
from dmproto.wire.limits import ALIGNMENT, DM_MAX_TYPE_NAME, STRUCT_SIZE

TYPE_OFFSET = TargetSpecView.OFFSETS["target_type"]
TYPE_WRITTEN = DM_MAX_TYPE_NAME - 1
"""Linux 6.1 writes fifteen bytes of a target type and leaves the last as the caller had it."""


def table_status(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """Without a table there is no payload, and that is no error."""
    # lookups
    device = find_device(copy, kernel)
    # reply
    write_status(copy, device, kernel)
    table = queried_table(copy, device)
    if table is not None:
        write_lines(copy, table)
    return 0


def line_of(entry: Entry, kind: str, room: bytes) -> bytes:
    """A target's line with its NUL; what a target does not write is what lies there, up to the first NUL.

    Where there is none, Linux reads on behind its buffer; here the line ends with the buffer, and does not fit.
    """
    line = entry.target.status(kind)
    if line is None:
        return room.partition(b"\0")[0] + b"\0"
    return line.encode("utf-8", TEXT_ERRORS) + b"\0"


def write_lines(copy: WorkingCopy, table: Table) -> None:
    """Write a record per target, as many as fit, and say with BUFFER_FULL when not all did.

    A text that fills the room to its last byte counts as one that does not fit, and so does one behind which the
    next record's place would be past the end.
    """
    kind = "table" if copy.has(DmFlag.STATUS_TABLE) else "ima" if copy.has(DmFlag.IMA_MEASUREMENT) else "info"
    end = STRUCT_SIZE + copy.result_room()
    at = STRUCT_SIZE
    for entry in table.entries:
        text = at + TargetSpecView.SIZE
        raw = line_of(entry, kind, bytes(copy.buffer[text:end]))
        if text >= end or text + len(raw) >= end:
            copy.set(DmFlag.BUFFER_FULL)
            break
        spec = TargetSpecView(copy.buffer, at, sys.byteorder)
        spec.sector_start, spec.length, spec.status = entry.start, entry.length, 0
        name = entry.target.name.encode()[:TYPE_WRITTEN].ljust(TYPE_WRITTEN, b"\0")
        copy.buffer[at + TYPE_OFFSET : at + TYPE_OFFSET + TYPE_WRITTEN] = name
        copy.buffer[text : text + len(raw)] = raw
        copy.header.data_size = text + len(raw)
        at = text + len(raw)
        at += -at % ALIGNMENT
        if at > end:
            copy.set(DmFlag.BUFFER_FULL)
            break
        spec.next = at - STRUCT_SIZE
    copy.header.target_count = len(table.entries)
