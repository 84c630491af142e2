"""One or more messages of every kind, small and fixed: the start of tests that disturb each field in turn."""

from __future__ import annotations

from typing import Any, Final

from dmproto.wire.command import Command
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import (
    DeviceMessage,
    Geometry,
    Header,
    MessageAnswer,
    NameList,
    Rename,
    TargetDeps,
    TargetMsg,
    TargetSpec,
    TargetVersions,
)
from dmproto.wire.values import Reply, Request
from tests.wire.messages import Case

RAW: Final = "\udcff\udc80"
"""Bytes that are no UTF-8."""


def _request(command: Command, payload: Any, **header: Any) -> Request:
    given: dict[str, Any] = {"data_size": 1024, "name": "old"}
    return Request(command, Header(**(given | header)), payload)


def _reply(command: Command, payload: Any, minor: int = 47, **header: Any) -> Reply:
    given: dict[str, Any] = {"data_size": 1024, "version": (4, minor, 0)}
    return Reply(command, Header(**(given | header)), payload)


def _linear(next: int, **fields: Any) -> TargetSpec:
    given: dict[str, Any] = {"length": 8, "next": next, "target_type": "linear", "parameters": "98:0 0"}
    return TargetSpec(**(given | fields))


def _names(minor: int, first: dict[str, Any], second: dict[str, Any], step: int) -> Reply:
    devices = (
        NameList(0xFE00, step, "a", **first),
        NameList(0xFE01, step, RAW, **second),
        NameList(0xFE02, 0, "b", **first),
    )
    return _reply(Command.LIST_DEVICES, devices, minor)


VALUES: Final[dict[str, Any]] = {
    "header": _request(Command.DEV_STATUS, None),
    "header of raw bytes": _request(Command.DEV_STATUS, None, name=RAW, uuid=RAW),
    "load of none": _request(Command.TABLE_LOAD, (), target_count=0),
    "load of three": _request(
        Command.TABLE_LOAD,
        (_linear(48), _linear(56, target_type=RAW, parameters=RAW), _linear(7, target_type="error", parameters="")),
        target_count=3,
    ),
    "status of none": _reply(Command.TABLE_STATUS, (), data_size=305),
    "status of no target": _reply(Command.TABLE_STATUS, (), target_count=0),
    "status of three": _reply(
        Command.TABLE_STATUS,
        (_linear(48), _linear(104, target_type=RAW, parameters=RAW), _linear(7, target_type="error", parameters="")),
        target_count=3,
    ),
    "status cut short": _reply(
        Command.TABLE_STATUS,
        (_linear(48), _linear(96)),
        target_count=9,
        flags=DmFlag.BUFFER_FULL,
        data_size=312 + 48 + 47,
    ),
    "no names": _reply(Command.LIST_DEVICES, None, data_size=305),
    "names of nobody": _reply(Command.LIST_DEVICES, (), data_size=312),
    "names of 4.36": _names(36, {}, {}, 24),
    "names of 4.37": _names(37, {"event_nr": 1}, {"event_nr": 2}, 32),
    "names of 4.45": _names(45, {"event_nr": 1, "flags": 1, "uuid": RAW}, {"event_nr": 2, "flags": 2}, 40),
    "uuids of 4.45": _names(
        45, {"event_nr": 1, "flags": 1, "uuid": "u"}, {"event_nr": 1, "flags": 3, "uuid": "u" * 8}, 40
    ),
    "versions": _reply(
        Command.LIST_VERSIONS,
        (TargetVersions(24, (1, 2, 3), "linear"), TargetVersions(24, (1, 2, 3), RAW), TargetVersions(0, (9, 0, 0), "")),
    ),
    "no versions": _reply(Command.LIST_VERSIONS, None, data_size=305),
    "versions of nobody": _reply(Command.GET_TARGET_VERSION, (), data_size=312),
    "deps": _reply(Command.TABLE_DEPS, TargetDeps(7, (1, 2, 3))),
    "no deps": _reply(Command.TABLE_DEPS, None, data_size=305),
    "message": _request(Command.TARGET_MSG, TargetMsg(7, "@stats_list")),
    "message of raw bytes": _request(Command.TARGET_MSG, TargetMsg(7, RAW)),
    "answer": _reply(Command.TARGET_MSG, MessageAnswer("hello")),
    "answer of raw bytes": _reply(Command.TARGET_MSG, MessageAnswer(RAW)),
    "no answer": _reply(Command.TARGET_MSG, None, data_size=305),
    "rename": _request(Command.DEV_RENAME, Rename("new")),
    "rename of raw bytes": _request(Command.DEV_RENAME, Rename(RAW)),
    "uuid": _request(Command.DEV_RENAME, Rename("uuid"), flags=DmFlag.UUID),
    "uuid of raw bytes": _request(Command.DEV_RENAME, Rename(RAW), flags=DmFlag.UUID),
    "geometry": _request(Command.DEV_SET_GEOMETRY, Geometry("1 2 3 4")),
    "geometry of raw bytes": _request(Command.DEV_SET_GEOMETRY, Geometry(RAW)),
    "frame": DeviceMessage(1, 2, b"\x05\0\0\0"),
    "frame without tag": DeviceMessage(1, None, b"\x05\0\0\0"),
    "frame of 2004": DeviceMessage(-1, -2, b"\x05\0\0\0"),
}
"""Messages by what they are."""

DIALECTS: Final = {"frame without tag": "rfc-untagged", "frame of 2004": "csnap-2.6.7"}

CASES: Final[dict[str, Case]] = {
    f"{name}, {order}": Case(value, order, DIALECTS.get(name, "rfc"))
    for name, value in VALUES.items()
    for order in ("little", "big")
}
"""The same in both byte orders, with how to read them back."""
