"""Plays a scenario on the dispatcher and writes down what comes back: the transcript."""

from __future__ import annotations

import errno
from typing import Any, Final

from dmproto.dispatcher import ControlFile, DeviceFile, Dispatcher
from dmproto.errors import DmprotoError
from dmproto.model.call import Call
from dmproto.model.disk import Disk
from dmproto.scenario.steps import Scenario, ScenarioError, Step

POLLIN: Final = 1


class Player:
    """A scenario in progress.

    Attributes:
        scenario: what is played.
        dispatcher: what it is played on.
    """

    def __init__(self, scenario: Scenario, dispatcher: Dispatcher | None = None) -> None:
        self.scenario = scenario
        self.dispatcher = dispatcher or dispatcher_of(scenario)
        self._files: dict[str, ControlFile | DeviceFile] = {"control": self.dispatcher.open_control()}
        self._jobs: dict[str, tuple[Call, bytearray, int]] = {}
        self._uevents = 0

    def play(self) -> dict[str, Any]:
        """The whole transcript.

        Raises:
            ScenarioError: a step cannot be played.
        """
        steps = [self.step(index) for index in range(len(self.scenario.steps))]
        disks = {number: {"sectors": disk.sectors, "path": disk.path} for number, disk in self.scenario.disks.items()}
        return {
            "name": self.scenario.name,
            "profile": self.dispatcher.kernel.profile.name,
            "dm_major": self.scenario.dm_major,
            "disks": disks,
            "steps": steps,
        }

    def step(self, index: int) -> dict[str, Any]:
        """Play one step; the answer is the step with what came back.

        Raises:
            ScenarioError: it cannot be played.
        """
        step = self.scenario.step(index)
        try:
            came: dict[str, Any] = getattr(self, f"_{step.kind}")(step)
        except ScenarioError as error:
            raise ScenarioError(f"{self.scenario.name}: step {index}: {error}") from None
        asked = {key: value for key, value in self.scenario.steps[index].items() if key not in CAME}
        return asked | came | self._new_uevents()

    def _ioctl(self, step: Step) -> dict[str, Any]:
        memory = step.memory
        try:
            call = self._file(step.file).submit(int(step.ioctl or "", 16), memory, capable=step.capable)
        except DmprotoError as error:
            raise ScenarioError(str(error)) from None
        size = len(step.in_) // 2
        if step.start is not None:
            self._jobs[step.start] = call, memory, size
        if not call.done:
            if step.start is None:
                call.cancel()
            else:
                return {"blocked": True}
        return _outcome(call, memory, size)

    def _finish(self, step: Step) -> dict[str, Any]:
        if step.finish not in self._jobs:
            raise ScenarioError(f"no job {step.finish!r} has been started")
        call, memory, size = self._jobs.pop(step.finish)
        return _outcome(call, memory, size) if call.done else {"blocked": True}

    def _open(self, step: Step) -> dict[str, Any]:
        node = step.open or ""
        try:
            file = self.dispatcher.open_control() if node == "control" else self.dispatcher.open_device(node)
        except OSError as error:
            return {"ret": -(error.errno or errno.ENXIO)}
        self._files[step.as_ or node] = file
        return {"ret": 0}

    def _close(self, step: Step) -> dict[str, Any]:
        self._file(step.close or "").close()
        del self._files[step.close or ""]
        return {}

    def _event(self, step: Step) -> dict[str, Any]:
        for device in self.dispatcher.kernel.devices:
            if device.path == step.event:
                self.dispatcher.kernel.raise_event(device)
                return {}
        raise ScenarioError(f"there is no device {step.event}")

    def _poll(self, step: Step) -> dict[str, Any]:
        file = self._file(step.poll or "")
        if not isinstance(file, ControlFile):
            raise ScenarioError(f"{step.poll!r} is not the control node")
        return {"revents": POLLIN if file.poll() else 0}

    def _file(self, name: str) -> ControlFile | DeviceFile:
        try:
            return self._files[name]
        except KeyError:
            raise ScenarioError(f"no file {name!r} is open; open are {', '.join(self._files) or 'none'}") from None

    def _new_uevents(self) -> dict[str, Any]:
        sent = self.dispatcher.kernel.devices.uevents[self._uevents :]
        self._uevents += len(sent)
        return {"uevents": [uevent._asdict() for uevent in sent]} if sent else {}


CAME: Final = frozenset({"ret", "out", "blocked", "revents", "rule", "sentence", "uevents"})
"""The keys that are not asked but answered."""


def dispatcher_of(scenario: Scenario, profile: str | None = None) -> Dispatcher:
    """The dispatcher a scenario is for.

    Raises:
        ScenarioError: there is no such profile.
    """
    disks = {number: Disk(int(disk.sectors), disk.path) for number, disk in scenario.disks.items()}
    try:
        return Dispatcher(profile or scenario.profile, dm_major=scenario.dm_major, disks=disks)
    except ValueError as error:
        raise ScenarioError(str(error)) from None


def _outcome(call: Call, memory: bytearray, size: int) -> dict[str, Any]:
    """What came back: the memory as far as was sent, and further where more was written."""
    out = bytes(memory[:size]) + bytes(memory[size:]).rstrip(b"\0")
    came: dict[str, Any] = {"ret": call.ret, "out": out.hex()}
    if call.rule is not None:
        came |= {"rule": call.rule, "sentence": call.sentence}
    return came
