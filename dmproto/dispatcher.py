"""The reference dispatcher: the kernel's side of the protocol, behind its two doors.

A control file takes control messages, a device file direct messages. Each `ioctl` changes the caller's buffer as the
kernel would and returns what the system call would: a value, or `-errno`.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Final

from dmproto import entry
from dmproto.errors import Refusal, Refused
from dmproto.model.call import Call, OpenFile
from dmproto.model.device import Device
from dmproto.model.devices import Devices
from dmproto.model.disk import Disk
from dmproto.model.disks import device_number, remove_deferred
from dmproto.model.handler import Handler
from dmproto.model.kernel import Kernel
from dmproto.model.profile import profile_of
from dmproto.model.working_copy import WorkingCopy
from dmproto.rules import RULES, sentence
from dmproto.targets import TARGETS
from dmproto.wire.codec import decode_request
from dmproto.wire.command import Command
from dmproto.wire.dialects import Dialect, dialect_of
from dmproto.wire.generated import DeviceMessage

LOG: Final = logging.getLogger(__name__)

HANDLER_FAILED: Final = "target/exception"
"""The rule that answers a handler's own exception."""


class Dispatcher:
    """A device-mapper in user space.

    Args:
        profile: the kernel it is to be.
        dialect: the form of direct message its device files take; None for a kernel without the proposal.
        dm_major: the block major of its devices.
        disks: the underlying disks tables may use, by `major:minor`.
        targets: target handlers beside the package's own.
        raise_handler_errors: pass on a handler's own exception after answering EIO; None for: under pytest.
    """

    def __init__(
        self,
        profile: str = "linux-6.1.176",
        dialect: str | None = "rfc",
        *,
        dm_major: int = 254,
        disks: dict[str, Disk] | None = None,
        targets: Iterable[type[Handler]] = (),
        raise_handler_errors: bool | None = None,
    ) -> None:
        own = {target.name: target for target in targets}
        self.kernel = Kernel(profile_of(profile), Devices(dm_major, disks), {**TARGETS, **own}, self.settle)
        self.lock = threading.RLock()
        self._blocked: list[tuple[Call, Callable[[], int | None]]] = []
        self.dialect = dialect_of(dialect) if dialect is not None else None
        self._raise = "PYTEST_CURRENT_TEST" in os.environ if raise_handler_errors is None else raise_handler_errors

    def register(self, target: type[Handler]) -> None:
        """Add a target type, or replace one."""
        self.kernel.targets[target.name] = target

    def open_control(self) -> ControlFile:
        """Open `/dev/mapper/control`; that takes no capability."""
        return ControlFile(self)

    def open_device(self, number: str) -> DeviceFile:
        """Open the block device of a number, `254:0`.

        Raises:
            OSError: ENXIO, there is no such disk: no such device, or none that has had a table loaded.
        """
        named = device_number(number)
        device = self.kernel.devices.by_path(named) if named else None
        if device and device.registered:
            return DeviceFile(self, device)
        raise OSError(errno.ENXIO, os.strerror(errno.ENXIO), number)

    def run(self, call: Call, effect: Callable[[], int | None], errnos: dict[str, int] | None = None) -> Call:
        """Carry a call out: the one place where a refusal becomes an errno and a sentence.

        Args:
            call: the call, which is told how it ended; a blocked one is tried again by `settle`.
            effect: what it does; its result, or None while it is blocked.
            errnos: the errno of rules for which this door has its own.
        """
        with self.lock:
            try:
                ret = effect()
                if ret is not None:
                    call.finish(ret)
            except Refusal as refusal:
                call.finish(-errno_of(refusal.rule, errnos or {}), refusal.rule, refusal.sentence)
            except OSError as error:
                number = error.errno or errno.EIO
                call.finish(-number, "target/errno", sentence("target/errno", {"error": os.strerror(number)}))
            except Exception as error:
                call.finish(-errno.EIO, HANDLER_FAILED, sentence(HANDLER_FAILED, {"error": repr(error)}))
                LOG.exception("%s: a target handler failed", HANDLER_FAILED)
                if self._raise:
                    raise
            self.settle()
        return call

    def block(self, call: Call, again: Callable[[], int | None]) -> None:
        """Keep a call that waits, to try again whenever something has happened."""
        self._blocked.append((call, again))

    def settle(self) -> None:
        """Answer who waits for what has happened, then clear away what is gone; that may be more than one device."""
        with self.lock:
            while True:
                blocked, self._blocked = self._blocked, []
                for call, again in blocked:
                    if not call.done:
                        self._retry(call, again)
                    if not call.done:
                        self._blocked.append((call, again))
                self.kernel.devices.bury()
                if not remove_deferred(self.kernel.devices):
                    return

    def _retry(self, call: Call, again: Callable[[], int | None]) -> None:
        try:
            ret = again()
        except Refusal as refusal:
            call.finish(-errno_of(refusal.rule, {}), refusal.rule, refusal.sentence)
        else:
            if ret is not None:
                call.finish(ret)


def errno_of(rule: str, errnos: dict[str, int]) -> int:
    """What answers a refusal: the door's own errno for the rule, the rule's, or EINVAL for a rule of a third party."""
    row = RULES.get(rule)
    return errnos.get(rule) or (row.errno if row else 0) or errno.EINVAL


class ControlFile(OpenFile):
    """An open `/dev/mapper/control`."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        super().__init__(armed=dispatcher.kernel.devices.global_event)
        self.dispatcher = dispatcher

    def ioctl(self, code: int, buffer: bytearray, *, capable: bool = True) -> int:
        """Issue an ioctl on the memory `buffer`; beyond its end every access is a fault. It may block."""
        ret = self.submit(code, buffer, capable=capable).wait()
        assert ret is not None
        return ret

    def submit(self, code: int, buffer: bytearray, *, capable: bool = True) -> Call:
        """The same as a `Call`, which knows the rule and may finish later."""
        call = Call(self, capable=capable)
        return self.dispatcher.run(call, lambda: self._dispatch(code, buffer, call))

    def _dispatch(self, code: int, memory: bytearray, call: Call) -> int | None:
        kernel = self.dispatcher.kernel
        nr = entry.check_caller(code, capable=call.capable)
        entry.check_version(memory, kernel.profile)
        if nr == Command.VERSION:
            return 0
        command, handler = entry.find_handler(nr)
        copy, secure = entry.copy_in(memory, command, kernel.profile)
        try:
            entry.validate(copy, command)
            ret = handler(copy, kernel, call)
            if call.waiting is not None:
                waiting = call.waiting
                self.dispatcher.block(call, lambda: self._copy_out(copy, memory, command, waiting()))
                return None
            return self._copy_out(copy, memory, command, ret)
        finally:
            if secure and call.waiting is None:
                copy.buffer[:] = bytes(len(copy.buffer))

    def _copy_out(self, copy: WorkingCopy, memory: bytearray, command: Command, ret: int | None) -> int | None:
        """Give the caller the answer: only where the command returned exactly 0."""
        if ret == 0:
            if command.facts.global_event:
                self.dispatcher.kernel.devices.global_event += 1
            size = copy.header.data_size
            memory[:size] = copy.buffer[:size]
        return ret

    def poll(self) -> bool:
        """Whether there is something to read, POLLIN: something has happened since this file was opened or armed."""
        return self.dispatcher.kernel.devices.global_event > self.armed

    def close(self) -> None:
        """Close it."""
        self.closed = True


class DeviceFile(OpenFile):
    """An open block device of the dispatcher's; while it is, the device cannot be removed.

    Attributes:
        device: the device.
    """

    def __init__(self, dispatcher: Dispatcher, device: Device) -> None:
        super().__init__()
        self.dispatcher = dispatcher
        self.device = device
        device.opens += 1

    def ioctl(self, code: int, buffer: bytearray, *, capable: bool = True) -> int:
        """Issue an ioctl on the memory `buffer`; beyond its end every access is a fault."""
        ret = self.submit(code, buffer, capable=capable).ret
        assert ret is not None
        return ret

    def submit(self, code: int, buffer: bytearray, *, capable: bool = True) -> Call:
        """The same as a `Call`, which knows the rule. A direct message needs no capability but the open device."""
        call = Call(self, capable=capable)
        dialect = self.dialect
        if dialect is None:
            return self.dispatcher.run(call, lambda: self._unknown(code))
        return self.dispatcher.run(call, lambda: self._deliver(code, buffer, call, dialect), dialect.errnos)

    @property
    def dialect(self) -> Dialect | None:
        """The form of direct message this kernel takes."""
        return self.dispatcher.dialect

    def _unknown(self, code: int) -> int:
        raise Refused("code/device", code=code & entry.NUMBER, dialect=None, arch="this machine")

    def _deliver(self, code: int, memory: bytearray, call: Call, dialect: Dialect) -> int:
        """A frame's checks: its fixed part, its length, its payload; then table, index and method."""
        code &= entry.NUMBER
        if code != dialect.code():
            raise Refused("code/device", code=code, dialect=dialect.name, arch="this machine")
        message: DeviceMessage = decode_request(
            code, memory, byteorder=sys.byteorder, dialect=dialect.name, door="device"
        )
        table = self.device.active
        if table is None:
            raise Refused("frame/table", name=self.device.name)
        if not 0 <= message.target_index < len(table.entries):
            raise Refused("frame/index", target_index=message.target_index, target_count=len(table.entries))
        target = table.entries[message.target_index].target
        return target.device_message(message.tag, message.payload, call)

    def close(self) -> None:
        """Close it; a device marked for removal goes with its last user."""
        if self.closed:
            return
        self.closed = True
        self.device.opens -= 1
        self.dispatcher.settle()
