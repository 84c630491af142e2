"""Record what a real kernel answers to the scenarios that show the rules.

    python -m tests.oracle.record_rules [OUT_DIR] [SCENARIO...]

boots user-mode Linux once, plays the scenarios (all, or those named) and writes one behaviour vector for each into
OUT_DIR (``spec/vectors/linux-6.1.176``). Results and bytes are the kernel's; the rule ids are the scenario's, and
`tests/oracle/test_rule_vectors.py` holds the dispatcher to them.

`in` ends before its trailing zeros, `out` is as long, longer as far as more was written.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from tests.oracle import rule_scenarios, state_scenarios, uml
from tests.oracle.guest import DM_MAJOR
from tests.oracle.record import interface_version
from tests.oracle.scenario_steps import DISKS, NOTES, Scenario, Step
from tests.oracle.session import Session

VECTORS: Final = Path(__file__).resolve().parents[2] / "spec" / "vectors" / "linux-6.1.176"
SCENARIOS: Final = (*rule_scenarios.SCENARIOS, *state_scenarios.SCENARIOS)
SETTLE: Final = 0.05
"""Seconds in which a kernel removes what was marked to go and has been closed: it does so in the background."""

ANSWERED: Final = ("ret", "out", "blocked", "revents")
"""What a step gets from the kernel."""

Answer = tuple[int, bytes] | None


class Recorder:
    """Plays steps on a kernel in which there is nothing yet.

    Args:
        session: the kernel.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._sizes: dict[str, int] = {}
        session.reset()
        session.open("control", "control")

    def play(self, steps: Iterable[Step]) -> list[Step]:
        """The steps with what the kernel answered."""
        return [step | self._take(step) for step in steps]

    def _take(self, step: Step) -> Step:
        match step:
            case {"open": what, "as": name}:
                return {"ret": self.session.open(name, what)}
            case {"close": name}:
                self.session.close(name)
                time.sleep(SETTLE)
                return {}
            case {"poll": name}:
                return {"revents": self.session.poll(name) & 1}
            case {"finish": job}:
                return came(self.session.finish(job), self._sizes.pop(job))
        return self._ioctl(step)

    def _ioctl(self, step: Step) -> Step:
        memory = bytes.fromhex(step["in"])
        job = step.get("start", "step")
        answer: Answer = self.session.start(
            job,
            step.get("file", "control"),
            int(step["ioctl"], 16),
            memory,
            step["mapped"],
            capable=step.get("capable", True),
        )
        if answer is None and "start" not in step:
            self.session.interrupt(job)
            answer = self.session.finish(job)
        if answer is None:
            self._sizes[job] = len(memory)
        return came(answer, len(memory))


def came(answer: Answer, size: int) -> Step:
    """An answer as it stands in a vector."""
    if answer is None:
        return {"blocked": True}
    ret, memory = answer
    return {"ret": ret, "out": (memory[:size] + memory[size:].rstrip(b"\0")).hex()}


def vector(scenario: Scenario, session: Session) -> dict[str, Any]:
    """The recording as a behaviour vector."""
    played = Recorder(session).play(scenario.steps)
    flags = ["Recorded", *scenario.flags]
    release = session.release.partition("-")[0]
    version = interface_version([step for step in played if step.get("ret") == 0])
    return {
        "name": scenario.name,
        "profile": f"linux-{release}",
        "dm_major": DM_MAJOR,
        "disks": {
            uml.disk_number(index): {"sectors": str(sectors), "path": uml.disk_path(index)}
            for index, sectors in enumerate(DISKS)
        },
        "origin": f"linux-{release}: recorded in user-mode Linux",
        "kernel": f"{release} {version}",
        "result": scenario.result or ("invalid" if scenario.rules else "valid"),
        "rules": scenario.rules,
        "notes": {flag: NOTES[flag] for flag in flags},
        "flags": flags,
        "comment": scenario.comment,
        "steps": played,
    }


def text_of(document: dict[str, Any]) -> str:
    """A vector as a file: a line for each step."""
    steps = ",\n  ".join(json.dumps(step) for step in document["steps"])
    head = json.dumps(document | {"steps": []}, indent=1).removesuffix("[]\n}")
    return f"{head}[\n  {steps}\n ]\n}}\n"


def main(arguments: Sequence[str]) -> None:
    """The command: an optional folder, then names of scenarios."""
    names = [scenario.name for scenario in SCENARIOS]
    out = VECTORS
    if arguments and arguments[0] not in names:
        out, arguments = Path(arguments[0]), arguments[1:]
    if unknown := sorted(set(arguments) - set(names)):
        raise SystemExit(f"no such scenario: {', '.join(unknown)}; there are: {', '.join(names)}")
    out.mkdir(parents=True, exist_ok=True)
    with Session(disks=DISKS) as session:
        for scenario in SCENARIOS:
            if not arguments or scenario.name in arguments:
                path = out / f"{scenario.name}.json"
                path.write_text(text_of(vector(scenario, session)), encoding="utf-8")
                print(f"{scenario.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
