"""DM_TABLE_DEPS: lists the devices a table uses."""

from __future__ import annotations

import struct
import sys

from dmproto.commands.lookup import find_device, queried_table, write_status
from dmproto.model.call import Call
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import DeviceNumber, TargetDepsView
from dmproto.wire.limits import STRUCT_SIZE


def table_deps(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """Each device once, the last acquired first; `padding` is left as it was."""
    # lookups
    device = find_device(copy, kernel)
    # reply
    write_status(copy, device, kernel)
    table = queried_table(copy, device)
    if table is None:
        return 0
    room = copy.result_room()
    numbers = list(dict.fromkeys(number for entry in table.entries for number, _, _ in entry.target.disks))
    words = [DeviceNumber(*map(int, number.split(":"))).word for number in reversed(numbers)]
    needed = TargetDepsView.SIZE + 8 * len(words)
    if room < needed:
        copy.set(DmFlag.BUFFER_FULL)
        return 0
    TargetDepsView(copy.buffer, STRUCT_SIZE, sys.byteorder).count = len(words)
    struct.pack_into(f"={len(words)}Q", copy.buffer, STRUCT_SIZE + TargetDepsView.SIZE, *words)
    copy.header.data_size = STRUCT_SIZE + needed
    return 0
