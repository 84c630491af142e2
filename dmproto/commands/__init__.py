"""One file per ioctl of the control node, each the same: shape, header checks, lookups, effect, reply.

`HANDLERS` says which there are; `lookup.py` holds what most of them do alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dmproto.commands.dev_arm_poll import dev_arm_poll
from dmproto.commands.dev_create import dev_create
from dmproto.commands.dev_remove import dev_remove
from dmproto.commands.dev_rename import dev_rename
from dmproto.commands.dev_set_geometry import dev_set_geometry
from dmproto.commands.dev_status import dev_status
from dmproto.commands.dev_suspend import dev_suspend
from dmproto.commands.dev_wait import dev_wait
from dmproto.commands.list_devices import list_devices
from dmproto.commands.list_versions import get_target_version, list_versions
from dmproto.commands.remove_all import remove_all
from dmproto.commands.table_clear import table_clear
from dmproto.commands.table_deps import table_deps
from dmproto.commands.table_load import table_load
from dmproto.commands.table_status import table_status
from dmproto.commands.target_msg import target_msg
from dmproto.commands.version import version
from dmproto.model.call import Call
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.command import Command

Handler = Callable[[WorkingCopy, Kernel, Call], int]

HANDLERS: Final[dict[Command, Handler]] = {
    Command.VERSION: version,
    Command.REMOVE_ALL: remove_all,
    Command.LIST_DEVICES: list_devices,
    Command.DEV_CREATE: dev_create,
    Command.DEV_REMOVE: dev_remove,
    Command.DEV_RENAME: dev_rename,
    Command.DEV_SUSPEND: dev_suspend,
    Command.DEV_STATUS: dev_status,
    Command.DEV_WAIT: dev_wait,
    Command.TABLE_LOAD: table_load,
    Command.TABLE_CLEAR: table_clear,
    Command.TABLE_DEPS: table_deps,
    Command.TABLE_STATUS: table_status,
    Command.LIST_VERSIONS: list_versions,
    Command.TARGET_MSG: target_msg,
    Command.DEV_SET_GEOMETRY: dev_set_geometry,
    Command.DEV_ARM_POLL: dev_arm_poll,
    Command.GET_TARGET_VERSION: get_target_version,
}
"""Command to handler; what is not here is answered with ENOTTY."""
