"""`dmproto conform`: plays vectors, and says what is answered otherwise and which rules hold.

`behaviour` plays transcripts on `ours`, the dispatcher, or on `theirs`, a program; `codec` decodes. Exit status 0: all
is as the vectors say; 1: something differs, or a program failed; 2: no vectors, or not asked for as it must be.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

from dmproto.conform import behaviour, codec
from dmproto.conform.agent import Agent, AgentError
from dmproto.conform.ours import OwnDispatcher
from dmproto.conform.outcome import BROKEN, FAIL, NOT_PLAYED, Difference, Outcome, rules_of
from dmproto.conform.sources import NotVectors, Vector, vectors
from dmproto.conform.theirs import AgentPeer
from dmproto.errors import DmprotoError
from dmproto.scenario import ScenarioError

__all__ = ["Difference", "Outcome", "main", "rules_of"]

USAGE: Final = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Play what is asked for."""
    parser = argparse.ArgumentParser(
        prog="dmproto conform",
        description="Play vectors and say which rules hold.",
        epilog="Exit status 0: as the vectors say; 1: not so; 2: no vectors, or a mistake in the command.",
    )
    parser.add_argument("--profile", help="the kernel the dispatcher is to be, rather than each vector's own")
    parser.add_argument(
        "--exec",
        dest="command",
        metavar="CMD",
        help="play behaviour vectors on a program that speaks the agent's line protocol on its stdin and stdout",
    )
    parser.add_argument(
        "--destructive", action="store_true", help="with --exec: play though there are devices, and remove them all"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("vectors", nargs="*", metavar="VECTORS", help="files or folders; none: those of the checkout")
    asked = parser.parse_args(argv)
    if asked.command is not None and asked.profile is not None:
        parser.error("--profile is for the dispatcher: a program is what it is")
    if asked.destructive and asked.command is None:
        parser.error("--destructive is for --exec")
    try:
        given = list(vectors(asked.vectors))
    except (NotVectors, OSError) as error:
        return _complain(asked, error, USAGE)
    try:
        outcomes = _outcomes(given, asked)
    except (AgentError, ScenarioError, OSError) as error:
        return _complain(asked, error, 1)
    if asked.json:
        print(json.dumps(_document(outcomes), indent=1))
    else:
        print("\n".join(_lines(outcomes)))
    return int(any(outcome.verdict == FAIL for outcome in outcomes))


def _complain(asked: argparse.Namespace, error: Exception, status: int) -> int:
    sentence = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else str(error)
    if asked.json:
        print(json.dumps({"error": {"sentence": sentence}}))
    else:
        print(f"dmproto: {sentence}", file=sys.stderr)
    return status


def _outcomes(given: list[Vector], asked: argparse.Namespace) -> list[Outcome]:
    """Every vector's, under the vector's name."""
    if asked.command is None:
        return [_play(vector, asked.profile)._replace(name=vector.name) for vector in given]
    with Agent(asked.command) as agent:
        agent.clear(destructive=asked.destructive)
        return [_play_there(vector, agent)._replace(name=vector.name) for vector in given if vector.kind == "behaviour"]


def _play(vector: Vector, profile: str | None) -> Outcome:
    if vector.kind == "behaviour":
        return behaviour.play(vector.document, OwnDispatcher(vector.document, profile))
    try:
        return codec.play(vector.document)
    except (KeyError, TypeError, ValueError, DmprotoError) as error:
        raise ScenarioError(f"{vector.name}: this is no codec vector: {error!r}") from None


def _play_there(vector: Vector, agent: Agent) -> Outcome:
    peer = AgentPeer(vector.document, agent)
    outcome = behaviour.play(vector.document, peer)
    peer.end()
    agent.clear(destructive=True)  # what is there now the vector has made
    return outcome


def _document(outcomes: list[Outcome]) -> dict[str, Any]:
    return {"vectors": [outcome.document for outcome in outcomes], "rules": rules_of(outcomes)}


def _lines(outcomes: list[Outcome]) -> Iterator[str]:
    """For people: a line for each vector, the first difference under it, then the rules, then the count."""
    for outcome in outcomes:
        count = f"{outcome.played} of {outcome.steps}" if outcome.played < outcome.steps else str(outcome.steps)
        unit = "tests" if outcome.kind == "codec" else "steps"
        yield f"{outcome.verdict:<10}  {outcome.name} ({count} {unit})"
        if outcome.not_played:
            yield f"            not played: {outcome.not_played}"
        if outcome.differences:
            yield f"            {outcome.differences[0].line}"
            if len(outcome.differences) > 1:
                yield f"            and {len(outcome.differences) - 1} more"
    yield ""
    rules = rules_of(outcomes)
    for rule, row in rules.items():
        yield f"{row['state']:<10}  {rule}: shown by {row['vectors']} vector{'s' * (row['vectors'] != 1)}"
    broken = sum(row["state"] == BROKEN for row in rules.values())
    failed = sum(outcome.verdict == FAIL for outcome in outcomes)
    partly = sum(bool(outcome.not_played) for outcome in outcomes)
    left = sum(outcome.verdict == NOT_PLAYED for outcome in outcomes)
    yield ""
    yield (
        f"{len(outcomes)} vectors: {failed} failed, {left} not played, {partly - left} played in part; "
        f"{len(rules)} rules: {broken} broken"
    )
