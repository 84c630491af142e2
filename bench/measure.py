"""The timer: every candidate in one process, in randomly interleaved rounds, compared round by round.

Absolute times wander by a factor between minutes; two candidates timed a few milliseconds apart wander together.  So a
figure is the median, over the rounds, of the ratio of two times taken in the same round.
"""

import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.candidate import Candidate
from bench.workloads import WORKLOADS

# A loop of its own for each candidate and column: see Candidate.
LOOP = """\
def loop(count):
    started = clock()
    for _ in repeat(None, count):
{body}
    return clock() - started
"""


class IncorrectError(Exception):
    """A candidate does not read or write the workload as it should."""


@dataclass
class Cell:
    """One candidate in one column: its loop, how often that runs in a round, and the time per run in each round."""

    workload: str
    column: str
    candidate: str
    loop: Callable[[int], int]
    count: int = 1
    nanoseconds: list[float] | None = None

    def time_once(self) -> float:
        """Return the nanoseconds that one run takes now."""
        return self.loop(self.count) / self.count

    def settle(self, burst: int) -> None:
        """Warm up, and choose ``count`` so that one round takes about ``burst`` nanoseconds."""
        self.loop(1)
        while (taken := self.loop(self.count)) < burst // 2:
            # Grow by the shortfall, within bounds: the first runs are cold.
            self.count = min(self.count * 10, max(self.count + 1, self.count * burst // max(taken, 1)))
        self.count = max(1, self.count * burst // taken)
        self.loop(self.count)


def check(candidate: Candidate) -> list[str]:
    """Raise IncorrectError unless the candidate decodes the workload to its value and encodes that to its bytes.

    Return what it accepts although dmproto refuses it; nothing, for a strict candidate.
    """
    workload = WORKLOADS[candidate.workload]
    if candidate.is_floor:
        return []
    names = {**candidate.names, "data": workload.data}
    try:
        if candidate.decode is not None and candidate.plain is not None:
            names["value"] = eval(candidate.decode, names)
            if (plain := candidate.plain(names["value"])) != workload.value:
                raise IncorrectError(f"decodes to {plain}, not to {workload.value}")
        for expression in (candidate.encode, candidate.build):
            # An object that kept the bytes it was read from may write its stale ones again.
            if expression is not None and bytes(eval(expression, names)) not in (workload.encoded, workload.data):
                raise IncorrectError(f"{expression} does not give the bytes of {workload.name}")
    except IncorrectError:
        raise
    except Exception as error:
        raise IncorrectError(f"{type(error).__name__}: {error}") from error
    accepted = [label for label, data in workload.malformed.items() if runs(candidate.decode, names | {"data": data})]
    changed: dict[str, Any]
    for field, unwritable in workload.unwritable:
        changed = {field: unwritable}
        if isinstance(unwritable, str):
            changed[f"{field}_bytes"] = unwritable.encode()
        if field in names and runs(candidate.build, names | changed):
            accepted.append(f"{field} = {unwritable!r:.40}")
    if candidate.is_strict and accepted:
        raise IncorrectError(f"accepts: {', '.join(accepted)}")
    return accepted


def runs(expression: str | None, names: dict[str, Any]) -> bool:
    """Return whether an expression gives a value instead of raising."""
    if expression is None:
        return False
    try:
        eval(expression, names)
    except Exception:  # noqa: BLE001 - every peer has exceptions of its own
        return False
    return True


def body_of(candidate: Candidate, column: str) -> list[str]:
    """Return the statements that are timed in a column; none when the candidate has nothing there."""
    if column == "decode":
        return [candidate.decode] if candidate.decode else []
    if column == "decode+read":
        if candidate.fully_read:
            return [candidate.fully_read]
        # A floor without fields has nothing to read, and is the floor of this column as well.
        return [f"o = {candidate.decode}", *candidate.read] if candidate.decode else []
    expression = candidate.encode if column == "encode" else candidate.build
    return [expression] if expression else []


def make_cells(candidate: Candidate) -> list[Cell]:
    """Return the cells of one candidate, each with a compiled loop of its own."""
    workload = WORKLOADS[candidate.workload]
    cells = []
    for column in workload.columns:
        if body := body_of(candidate, column):
            names = {**candidate.names, "data": workload.data}
            names |= {"clock": time.perf_counter_ns, "repeat": itertools.repeat}
            if column == "encode" and candidate.decode:
                names["value"] = eval(candidate.decode, names)
            source = LOOP.format(body="\n".join(f"        {line}" for line in body))
            exec(compile(source, f"<{candidate.name}, {candidate.workload} {column}>", "exec"), names)
            cells.append(Cell(workload.name, column, candidate.name, names["loop"]))
    return cells


class Figures:
    """The times of all cells, and the ratios between them."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self.cells = {(cell.workload, cell.column, cell.candidate): cell for cell in cells}

    def times(self, workload: str, column: str, candidate: str) -> list[float] | None:
        """Return the nanoseconds of each round, or None for a cell that does not exist."""
        cell = self.cells.get((workload, column, candidate))
        return cell.nanoseconds if cell else None

    def ratio(self, workload: str, column: str, candidate: str, base: str) -> float | None:
        """Return the median over the rounds of ``candidate``'s time divided by ``base``'s."""
        above, below = self.times(workload, column, candidate), self.times(workload, column, base)
        if not above or not below:
            return None
        return statistics.median(a / b for a, b in zip(above, below, strict=True))


def run(candidates: Sequence[Candidate], *, rounds: int, burst: int, seed: int) -> Figures:
    """Time all candidates: ``rounds`` rounds in which each cell runs for about ``burst`` nanoseconds.

    Within a round the cells of one column of one workload run together, in random order, so that the times which are
    divided by each other lie close together; the order of the columns is random too.
    """
    # The order only; nothing here is a secret.
    order = random.Random(seed)
    cells = [cell for candidate in candidates for cell in make_cells(candidate)]
    for cell in cells:
        cell.settle(burst)
        cell.nanoseconds = []
    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        groups.setdefault((cell.workload, cell.column), []).append(cell)
    columns = list(groups.values())
    for _ in range(rounds):
        order.shuffle(columns)
        for column in columns:
            order.shuffle(column)
            for cell in column:
                assert cell.nanoseconds is not None
                cell.nanoseconds.append(cell.time_once())
    return Figures(cells)
