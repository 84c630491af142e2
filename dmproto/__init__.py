"""The executable specification of the Linux device-mapper ioctl protocol.

Names load when they are first used: importing the codec loads neither construct nor the dispatcher.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dmproto.dispatcher import Dispatcher as Dispatcher
    from dmproto.errors import DecodeError as DecodeError
    from dmproto.errors import DmprotoError as DmprotoError
    from dmproto.errors import EncodeError as EncodeError
    from dmproto.errors import Refused as Refused
    from dmproto.model.disk import Disk as Disk
    from dmproto.rules import RULES as RULES
    from dmproto.targets.target import Target as Target
    from dmproto.wire.build import link as link
    from dmproto.wire.build import request as request
    from dmproto.wire.checks import Anomaly as Anomaly
    from dmproto.wire.codec import decode_reply as decode_reply
    from dmproto.wire.codec import decode_request as decode_request
    from dmproto.wire.codec import encode as encode
    from dmproto.wire.codec import encode_into as encode_into
    from dmproto.wire.codec import fields as fields
    from dmproto.wire.command import Command as Command
    from dmproto.wire.flags import DmFlag as DmFlag
    from dmproto.wire.flags import UdevFlag as UdevFlag
    from dmproto.wire.generated import DeviceMessage as DeviceMessage
    from dmproto.wire.generated import DeviceNumber as DeviceNumber
    from dmproto.wire.generated import Geometry as Geometry
    from dmproto.wire.generated import Header as Header
    from dmproto.wire.generated import HeaderView as HeaderView
    from dmproto.wire.generated import MessageAnswer as MessageAnswer
    from dmproto.wire.generated import NameList as NameList
    from dmproto.wire.generated import Rename as Rename
    from dmproto.wire.generated import TargetDeps as TargetDeps
    from dmproto.wire.generated import TargetMsg as TargetMsg
    from dmproto.wire.generated import TargetSpec as TargetSpec
    from dmproto.wire.generated import TargetVersions as TargetVersions
    from dmproto.wire.generated import UdevEvent as UdevEvent
    from dmproto.wire.ioctl import Direction as Direction
    from dmproto.wire.ioctl import IoctlNumber as IoctlNumber
    from dmproto.wire.values import Reply as Reply
    from dmproto.wire.values import Request as Request

_PLACES: Final = {
    "dmproto.dispatcher": ("Dispatcher",),
    "dmproto.errors": ("DecodeError", "DmprotoError", "EncodeError", "Refused"),
    "dmproto.model.disk": ("Disk",),
    "dmproto.rules": ("RULES",),
    "dmproto.targets.target": ("Target",),
    "dmproto.wire.build": ("link", "request"),
    "dmproto.wire.checks": ("Anomaly",),
    "dmproto.wire.codec": ("decode_reply", "decode_request", "encode", "encode_into", "fields"),
    "dmproto.wire.command": ("Command",),
    "dmproto.wire.flags": ("DmFlag", "UdevFlag"),
    "dmproto.wire.generated": (
        "DeviceMessage",
        "DeviceNumber",
        "Geometry",
        "Header",
        "HeaderView",
        "MessageAnswer",
        "NameList",
        "Rename",
        "TargetDeps",
        "TargetMsg",
        "TargetSpec",
        "TargetVersions",
        "UdevEvent",
    ),
    "dmproto.wire.ioctl": ("Direction", "IoctlNumber"),
    "dmproto.wire.values": ("Reply", "Request"),
}
_MODULE_OF: Final = {name: module for module, names in _PLACES.items() for name in names}

__all__ = sorted(_MODULE_OF)  # noqa: PLE0605  (a list of str, made from the table)
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    try:
        module = _MODULE_OF[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    value = getattr(importlib.import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})
