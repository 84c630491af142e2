"""``python -m bench``: time every candidate, print the tables and say which targets are met."""

import argparse
import gc
import json
import platform
import random
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from bench import ours, peers, startup
from bench.candidate import Candidate
from bench.measure import Figures, IncorrectError, check, run
from bench.targets import HAND, OURS, TARGETS
from bench.workloads import WORKLOADS

MODES = {"quick": (81, 1_000_000), "full": (151, 4_000_000)}


def load() -> peers.Peers:
    """Return our candidates and those of the peers, without the ones that are not correct."""
    found = peers.load()
    try:
        found.candidates[:0] = ours.candidates()
    except (ImportError, AttributeError) as error:
        found.missing["dmproto"] = f"cannot be used: {type(error).__name__}: {error}"
    return found


def keep_correct(candidates: list[Candidate], missing: dict[str, str]) -> tuple[list[Candidate], dict[str, list[str]]]:
    """Return the candidates that read and write their workload rightly, and what each accepts that we refuse."""
    correct, lenient = [], {}
    for candidate in candidates:
        label = f"{candidate.name}, {candidate.workload}"
        try:
            accepted = check(candidate)
        except IncorrectError as error:
            missing[label] = f"incorrect: {error}"
        else:
            correct.append(candidate)
            if accepted:
                lenient[label] = accepted
    return correct, lenient


def rows_of(figures: Figures, workload: str, base: str) -> dict[str, dict[str, dict[str, float]]]:
    """Return, by candidate and column, the ratio to ``base`` and the median nanoseconds."""
    rows: dict[str, dict[str, dict[str, float]]] = {}
    for (of_workload, column, candidate), cell in figures.cells.items():
        if of_workload == workload and cell.nanoseconds:
            ratio = figures.ratio(workload, column, candidate, base)
            row = rows.setdefault(candidate, {})
            if ratio is not None:
                row[column] = {"ratio": ratio, "nanoseconds": statistics.median(cell.nanoseconds)}
    return rows


def format_ratio(ratio: float) -> str:
    """Return a ratio with as many digits as mean anything."""
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def print_table(workload: str, base: str, rows: dict[str, dict[str, dict[str, float]]]) -> None:
    """Print the table of one workload, fastest decode+read first, then the rows that only encode."""
    columns = WORKLOADS[workload].columns
    print(f"\n{workload}: {WORKLOADS[workload].title}; time / time of {base}\n")
    width = max(map(len, rows))
    print(f"| {'':{width}} | " + " | ".join(f"{column:>12}" for column in columns) + " |")
    print(f"| {'-' * width} | " + " | ".join("-" * 11 + ":" for _ in columns) + " |")

    def order(name: str) -> tuple[bool, float]:
        cell = rows[name].get("decode+read")
        return cell is None, cell["ratio"] if cell else 0.0

    for name in sorted(rows, key=order):
        cells = (format_ratio(rows[name][column]["ratio"]) if column in rows[name] else "" for column in columns)
        print(f"| {name:{width}} | " + " | ".join(f"{cell:>12}" for cell in cells) + " |")


def judge(figures: Figures) -> list[dict[str, Any]]:
    """Print every target with what was measured, and return the same."""
    print("\nTargets: at most, our time / theirs; at least, theirs / ours\n")
    verdicts = []
    for target in TARGETS:
        measured = target.measure(figures)
        verdict = "not measured" if measured is None else "met" if target.is_met(measured) else "MISSED"
        sign = "<=" if target.is_at_most else ">="
        shown = "-" if measured is None else f"{measured:.2f}"
        print(
            f"{target.origin:5}  {target.workload}  {target.column:12}  {target.label:42}"
            f"  {shown:>7} {sign} {target.bound:<5g} {verdict}"
        )
        verdicts.append(
            {
                "origin": target.origin,
                "workload": target.workload,
                "column": target.column,
                "label": target.label,
                "measured": measured,
                "bound": f"{sign} {target.bound:g}",
                "verdict": verdict,
            }
        )
    return verdicts


def main() -> int:
    """Run the benchmark as asked on the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Codec speed: dmproto against its peers.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: about half a minute")
    parser.add_argument(
        "--gate", action="store_true", help="exit with status 1 when a target is missed or dmproto is not correct"
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures to FILE")
    parser.add_argument("--only", metavar="WORD", help="only candidates whose name contains WORD, ours and the base")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32), help="of the random order")
    arguments = parser.parse_args()

    started = time.perf_counter()
    found = load()
    candidates, lenient = keep_correct(found.candidates, found.missing)
    if arguments.only:
        always = (OURS, HAND)
        candidates = [c for c in candidates if arguments.only in c.name or c.name in always]
    # The collector stays on, as in any program that uses the codec; what was imported is none of its business.
    gc.collect()
    gc.freeze()
    rounds, burst = MODES["quick" if arguments.quick else "full"]
    figures = run(candidates, rounds=rounds, burst=burst, seed=arguments.seed)

    print(f"{platform.python_implementation()} {platform.python_version()}, {rounds} rounds, seed {arguments.seed}")
    print("Peers: " + ", ".join(f"{name} {version}" for name, version in found.versions.items()))
    tables = {}
    for workload in WORKLOADS:
        has_ours = any(c.name == OURS and c.workload == workload for c in candidates)
        base = OURS if has_ours else HAND
        tables[workload] = {"base": base, "rows": rows_of(figures, workload, base)}
        if rows := rows_of(figures, workload, base):
            print_table(workload, base, rows)
    verdicts = [*judge(figures), *startup.judge()]
    print("\nWhat a peer accepts though dmproto refuses it:")
    for label, accepted in lenient.items():
        print(f"  {label}: {', '.join(accepted)}")
    for label, reason in found.missing.items():
        print(f"MISSING {label}: {reason}")
    print(f"{time.perf_counter() - started:.0f} s")
    if arguments.json:
        report = {
            "python": platform.python_version(),
            "rounds": rounds,
            "seed": arguments.seed,
            "peers": found.versions,
            "missing": found.missing,
            "accepts": lenient,
            "workloads": tables,
            "targets": verdicts,
        }
        arguments.json.write_text(json.dumps(report, indent=2) + "\n")
    # A codec that is not there or not correct meets nothing; a peer that is not installed leaves its targets open.
    is_broken = any(label.startswith("dmproto") for label in found.missing)
    return int(arguments.gate and (is_broken or any(verdict["verdict"] == "MISSED" for verdict in verdicts)))


if __name__ == "__main__":
    sys.exit(main())
