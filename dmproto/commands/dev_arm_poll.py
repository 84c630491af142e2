"""DM_DEV_ARM_POLL: makes poll() on this open file wait for the next event of any device."""

from __future__ import annotations

from dmproto.model.call import Call
from dmproto.model.kernel import Kernel
from dmproto.model.working_copy import WorkingCopy


def dev_arm_poll(copy: WorkingCopy, kernel: Kernel, call: Call) -> int:
    """No device is looked up; the header comes back as it was sent."""
    # effect
    call.file.armed = kernel.devices.global_event
    return 0
