"""DM_LIST_DEVICES: lists the devices in byte order of their names."""

from __future__ import annotations

import struct
import sys

from dmproto.model.call import Call
from dmproto.model.device import Device
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.checks import TEXT_ERRORS
from dmproto.wire.flags import NAME_LIST_DOESNT_HAVE_UUID, NAME_LIST_HAS_UUID, DmFlag
from dmproto.wire.generated import NameListView
from dmproto.wire.limits import ALIGNMENT, STRUCT_SIZE

TAIL = struct.Struct("=II")
"""`event_nr` and `flags`, behind the name."""

DEV_SIZE = 8
"""The least an answer has room for: the `dev` of a record, which alone would mark an empty list."""


def list_devices(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """Name and uuid are prefixes; with DM_UUID_FLAG each record tells the device's uuid."""
    header, with_uuid = copy.header, copy.has(DmFlag.UUID)
    # lookups
    name, uuid = _raw(header.name), _raw(header.uuid)
    listed = [
        device for device in kernel.devices if _raw(device.name).startswith(name) and _raw(device.uuid).startswith(uuid)
    ]
    # reply
    room = copy.result_room()
    needed = sum(_size(device, with_uuid=with_uuid) for device in listed)
    if room < max(needed, DEV_SIZE):
        copy.set(DmFlag.BUFFER_FULL)
        return 0
    at = STRUCT_SIZE
    for index, device in enumerate(listed):
        size = _size(device, with_uuid=with_uuid)
        _write(copy, at, device, size if index + 1 < len(listed) else 0, with_uuid=with_uuid)
        at += size
    header.data_size = STRUCT_SIZE + needed
    return 0


def _raw(text: str) -> bytes:
    return text.encode("utf-8", TEXT_ERRORS)


def _aligned(size: int) -> int:
    return size + -size % ALIGNMENT


def _size(device: Device, *, with_uuid: bool) -> int:
    size = _aligned(NameListView.SIZE + len(_raw(device.name)) + 1) + TAIL.size
    return size + (_aligned(len(_raw(device.uuid)) + 1) if with_uuid and device.uuid else 0)


def _write(copy: WorkingCopy, at: int, device: Device, next: int, *, with_uuid: bool) -> None:
    view = NameListView(copy.buffer, at, sys.byteorder)
    view.dev, view.next = device.number.word, next
    end = copy.write_text(at + NameListView.SIZE, device.name)
    tail = _aligned(end)
    flags = (NAME_LIST_HAS_UUID if device.uuid else NAME_LIST_DOESNT_HAVE_UUID) if with_uuid else 0
    TAIL.pack_into(copy.buffer, tail, device.event_nr, flags)
    if flags & NAME_LIST_HAS_UUID:
        copy.write_text(tail + TAIL.size, device.uuid)
