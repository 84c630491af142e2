"""DM_LIST_VERSIONS and DM_GET_TARGET_VERSION: the target types there are, and their versions."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from dmproto.errors import Refused
from dmproto.model.call import Call
from dmproto.model.handler import Handler
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy
from dmproto.wire.flags import DmFlag
from dmproto.wire.generated import TargetVersionsView
from dmproto.wire.limits import ALIGNMENT, STRUCT_SIZE


def list_versions(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """The last registered first."""
    # reply
    return _write(copy, list(reversed(kernel.targets.values())))


def get_target_version(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """The target type named in `name`, which comes back as it was."""
    # lookups
    target_type = kernel.targets.get(copy.header.name)
    if target_type is None:
        raise Refused("version/type", target_type=copy.header.name)
    # reply
    return _write(copy, [target_type])


def _write(copy: WorkingCopy, types: Sequence[type[Handler]]) -> int:
    """Every record is granted, and counted with, 7 bytes for its alignment, whether it needs them or not."""
    room = copy.result_room()
    needed = sum(TargetVersionsView.SIZE + len(kind.name) + 1 + ALIGNMENT - 1 for kind in types)
    if room < needed:
        copy.set(DmFlag.BUFFER_FULL)
        return 0
    at = STRUCT_SIZE
    for index, kind in enumerate(types):
        view = TargetVersionsView(copy.buffer, at, sys.byteorder)
        view.version = kind.version
        end = copy.write_text(at + TargetVersionsView.SIZE, kind.name)
        end += -end % ALIGNMENT
        view.next = end - at if index + 1 < len(types) else 0
        at = end
    copy.header.data_size = STRUCT_SIZE + needed
    return 0
