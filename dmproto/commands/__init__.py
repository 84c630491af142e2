"""One file per ioctl of the control node, each the same: shape, header checks, lookups, effect, reply.

`HANDLERS` says which there are; `lookup.py` holds what most of them do alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dmproto.commands.dev_create import dev_create
from dmproto.commands.dev_remove import dev_remove
from dmproto.commands.dev_suspend import dev_suspend
from dmproto.commands.table_load import table_load
from dmproto.commands.target_msg import target_msg
from dmproto.commands.version import version
from dmproto.model.call import Call
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.command import Command

Handler = Callable[[WorkingCopy, Kernel, Call], int]

HANDLERS: Final[dict[Command, Handler]] = {
    Command.VERSION: version,
    Command.DEV_CREATE: dev_create,
    Command.DEV_REMOVE: dev_remove,
    Command.DEV_SUSPEND: dev_suspend,
    Command.TABLE_LOAD: table_load,
    Command.TARGET_MSG: target_msg,
}
"""Command to handler; what is not here is answered with ENOTTY."""
