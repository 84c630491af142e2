"""What importing costs: dmproto against msgspec alone, each in an interpreter of its own, in turn."""

import statistics
import subprocess
import sys

ROUNDS = 15

STATEMENTS = {
    "import msgspec": "import msgspec",
    "import dmproto": "import dmproto",
    "import dmproto, and use its codec": "import dmproto; dmproto.decode_request",
}
BASE = "import msgspec"
BOUND = {"import dmproto": 1.3}
"""At most so many times the base."""

PROGRAM = "import time; started = time.perf_counter(); {statement}; print(time.perf_counter() - started)"


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    """Return the median of each statement's time over the base's, round by round; modules are compiled beforehand."""
    times: dict[str, list[float]] = {label: [] for label in STATEMENTS}
    for warm in range(rounds + 1):
        for label, statement in STATEMENTS.items():
            command = [sys.executable, "-c", PROGRAM.format(statement=statement)]
            taken = float(subprocess.run(command, check=True, capture_output=True, env={}).stdout)
            if warm:
                times[label].append(taken)
    return {
        label: statistics.median(ours / base for ours, base in zip(taken, times[BASE], strict=True))
        for label, taken in times.items()
        if label != BASE
    }


def judge() -> list[dict[str, object]]:
    """Print each ratio with its bound, if it has one, and return the same."""
    print("\nStart-up: time / time of import msgspec\n")
    verdicts: list[dict[str, object]] = []
    for label, ratio in measure().items():
        bound = BOUND.get(label)
        verdict = "" if bound is None else "met" if ratio <= bound else "MISSED"
        print(f"{label:36} {ratio:.2f}" + (f" <= {bound:g} {verdict}" if bound else ""))
        verdicts.append({"label": label, "measured": ratio, "bound": bound, "verdict": verdict})
    return verdicts
