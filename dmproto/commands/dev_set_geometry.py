"""DM_DEV_SET_GEOMETRY: sets what HDIO_GETGEO answers on the device."""

from __future__ import annotations

from dmproto.commands.lookup import find_device
from dmproto.errors import Refused
from dmproto.model.call import Call
from dmproto.model.kernel import Kernel
from dmproto.model.words import decimal
from dmproto.model.working_copy import WorkingCopy

SPACE = " \t\n\v\f\r\xa0"
LIMITS = (("cylinders", 65535), ("heads", 255), ("sectors", 255))


def dev_set_geometry(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """Four decimal numbers and nothing behind them; no table is needed."""
    # lookups
    device = find_device(copy, kernel)
    # shape
    raw = copy.text_at(copy.header.data_start)
    if raw is None:
        raise Refused("geometry/text", data_start=copy.header.data_start, size=copy.size)
    text = raw.decode("latin-1")
    numbers = [decimal(word) for word in text.translate(str.maketrans(SPACE, " " * len(SPACE))).split(" ") if word]
    if len(numbers) != 4 or None in numbers or text[-1] in SPACE:
        raise Refused("geometry/numbers", text=text)
    cylinders, heads, sectors, start = (number or 0 for number in numbers)
    for (name, limit), value in zip(LIMITS, (cylinders, heads, sectors), strict=True):
        if value > limit:
            raise Refused("geometry/limit", name=name, value=value, limit=limit)
    if start > cylinders * heads * sectors:
        raise Refused("geometry/start", start=start, size=cylinders * heads * sectors)
    # effect
    device.geometry = (cylinders, heads, sectors, start)
    # reply: nothing but the version
    copy.header.data_size = 0
    return 0
