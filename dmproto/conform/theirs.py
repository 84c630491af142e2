"""A vector played on a program that speaks the agent's line protocol."""

from __future__ import annotations

import time
from typing import Any

from dmproto.conform.agent import FINISH, POLLIN, SETTLE, Agent, Answer, answered
from dmproto.scenario import ScenarioError, read

Document = dict[str, Any]


class AgentPeer:
    """The program's side of a vector.

    Args:
        document: the vector.
        agent: the program, with no devices and nothing open.
    """

    def __init__(self, document: Document, agent: Agent) -> None:
        self._scenario = read(document)
        self._agent = agent
        self.foreign = f"linux-{agent.release.partition('-')[0]}" != document["profile"]
        self._jobs: dict[str, tuple[int, int]] = {}  # blocked, with the size of `in` and of the memory
        self._opened = agent.number("open control control")
        self._files = set() if self._opened else {"control"}

    def why_not(self, index: int) -> str:
        """Why this cannot be played there: another byte order or device number, or an event no one can raise."""
        if self._opened:
            return f"the control node cannot be opened: {self._opened}"
        if self._agent.byteorder != "little":
            return f"the vector is little-endian, the program {self._agent.byteorder}-endian"
        if self._agent.dm_major not in {0, self._scenario.dm_major}:
            return f"device-mapper's major is {self._agent.dm_major} there, {self._scenario.dm_major} in the vector"
        if self._scenario.step(index).kind == "event":
            return "a program cannot be told to raise a target's event"
        return ""

    def step(self, index: int) -> Document:
        """Play a step; a call that blocks without being started for it is interrupted.

        Raises:
            ScenarioError: the file is not open, or the job not blocked, because of what was answered before.
        """
        step, agent = self._scenario.step(index), self._agent
        file = step.close or step.poll or (step.file if step.ioctl else None)
        if file is not None and file not in self._files:
            raise ScenarioError(f"no file {file!r} is open")
        match step.kind:
            case "open":
                opened = step.as_ or step.open or ""
                if not (ret := agent.number(f"open {opened} {step.open}")):
                    self._files.add(opened)
                return {"ret": ret}
            case "close":
                agent.ask(f"close {step.close}")
                self._files.discard(step.close or "")
                time.sleep(SETTLE)
                return {}
            case "poll":
                return {"revents": agent.number(f"poll {step.poll}") & POLLIN}
            case "finish":
                job = step.finish or ""
                if job not in self._jobs:
                    raise ScenarioError(f"no job {job!r} is blocked")
                size, mapped = self._jobs[job]
                answer = answered(agent.ask(f"finish {job} {FINISH}"), mapped)
                if answer is not None:
                    del self._jobs[job]
                return came(answer, size)
        job = step.start or "step"
        size, memory = len(step.in_) // 2, bytes(step.memory)
        code = int(step.ioctl or "", 16)
        answer = agent.call(f"start {job}", step.file, code, memory, len(memory), step.capable)
        if answer is None and step.start is None:
            agent.ask(f"interrupt {job}")
            answer = answered(agent.ask(f"finish {job} {FINISH}"), len(memory))
        if answer is None:
            self._jobs[job] = size, len(memory)
        return came(answer, size)

    def end(self) -> None:
        """Interrupt the calls that are still blocked, and close all files."""
        for job in self._jobs:
            self._agent.ask(f"interrupt {job}")
            self._agent.ask(f"finish {job} {FINISH}")
        for file in self._files:
            self._agent.ask(f"close {file}")
        time.sleep(SETTLE)


def came(answer: Answer, size: int) -> Document:
    """An answer in a transcript's keys; memory as far as was sent, and further where more was written."""
    if answer is None:
        return {"blocked": True}
    ret, memory = answer
    return {"ret": ret, "out": (memory[:size] + memory[size:].rstrip(b"\0")).hex()}
