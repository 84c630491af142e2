"""The recorded vectors of the rules: the kernel still says so, the dispatcher says the same and names the rule.

A rule that is switched off changes what comes of every vector that shows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from dmproto.commands import HANDLERS
from dmproto.conform.behaviour import compare
from dmproto.conform.ours import OwnDispatcher
from dmproto.rules import RULES
from dmproto.wire.command import Command
from tests.oracle import known, record_rules, rule_switch
from tests.oracle.guest import require
from tests.oracle.scenario_steps import DISKS, Scenario
from tests.oracle.session import Session
from tests.oracle.state_scenarios import STATES

SCHEMA: Final = record_rules.VECTORS.parents[1] / "schemas" / "behaviour-vector.json"
LIMIT: Final = 1_000_000
"""Bytes all vectors together may have."""

RELEASE: Final = "linux-6.1.176"

NO_VECTOR: Final = {rule: why for rule, why in known.NEVER_SEEN.items() if RULES[rule].errno}
"""Rules that no vector of this kernel shows, with the reason."""

NO_CHECK: Final = {"call/interrupted": "no check refuses it: the answer to a signal"}
"""Rules that cannot be switched off, with the reason."""

STATELESS: Final = {Command.LIST_VERSIONS}
"""Commands whose answer has nothing to do with a device's state."""


def load(name: str) -> dict[str, Any]:
    """A vector."""
    document: dict[str, Any] = json.loads((record_rules.VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return document


NAMES: Final = [scenario.name for scenario in record_rules.SCENARIOS]
ALL: Final = {path.stem: load(path.stem) for path in sorted(record_rules.VECTORS.glob("*.json"))}
SHOWN: Final = sorted({(rule, name) for name, document in ALL.items() for rule in document["rules"]})


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    require()
    with Session(disks=DISKS) as session:
        yield session


@pytest.mark.parametrize("scenario", record_rules.SCENARIOS, ids=lambda scenario: str(scenario.name))
def test_the_kernel_still_says_so(scenario: Scenario, session: Session) -> None:
    kept, now = load(scenario.name), record_rules.vector(scenario, session)
    for index, (before, after) in enumerate(zip(kept["steps"], now["steps"], strict=True)):
        assert after == before, f"step {index}: recorded on {kept['kernel']}, now on {now['kernel']}"
    assert now == kept
    assert (record_rules.VECTORS / f"{scenario.name}.json").read_text(encoding="utf-8") == record_rules.text_of(now)


def test_every_scenario_has_its_vector_and_every_vector_its_scenario() -> None:
    assert sorted(NAMES) == sorted(ALL)
    assert sum(path.stat().st_size for path in record_rules.VECTORS.iterdir()) < LIMIT


@pytest.mark.parametrize("name", ALL)
def test_a_vector_is_as_its_schema_says(name: str) -> None:
    document = ALL[name]
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)
    assert (document["name"], document["profile"]) == (name, RELEASE)
    assert set(document["flags"]) == set(document["notes"])
    assert document["rules"] == sorted({step["rule"] for step in document["steps"] if "rule" in step})
    assert set(document["rules"]) <= set(RULES)


@pytest.mark.parametrize("name", ALL)
def test_every_refusal_names_the_rule_whose_errno_it_is(name: str) -> None:
    for index, step in enumerate(ALL[name]["steps"]):
        refused = step.get("ret", 0) < 0 and "open" not in step
        assert refused == ("rule" in step), f"step {index}: {step}"
        if refused:
            assert step["ret"] == -RULES[step["rule"]].errno, f"step {index}"


def played(document: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any], dict[str, Any]]]:
    """Each step with what the kernel and what the dispatcher answers."""
    ours = OwnDispatcher(document)
    for index, kept in enumerate(document["steps"]):
        assert not ours.why_not(index)
        yield index, kept, ours.step(index)


@pytest.mark.parametrize("name", ALL)
def test_the_dispatcher_says_the_same_and_names_the_rule(name: str) -> None:
    for index, kept, came in played(ALL[name]):
        assert not list(compare(index, 0, kept, came))
        assert came.get("rule") == kept.get("rule"), f"step {index}"


def test_every_rule_of_this_kernel_has_a_vector() -> None:
    held = {rule.id for rule in RULES.values() if rule.errno and (not rule.kernels or RELEASE in rule.kernels)}
    shown = {rule for rule, _ in SHOWN}
    assert held - shown == set(NO_VECTOR)
    assert all(NO_VECTOR.values())


@pytest.mark.parametrize("state", STATES)
def test_every_command_is_asked_in_every_state(state: str) -> None:
    steps = ALL[f"state-{state}"]["steps"]
    asked = {Command(int(step["ioctl"], 16) & 0xFF) for step in steps if "ioctl" in step}
    assert asked >= set(HANDLERS) - STATELESS


@pytest.mark.parametrize(("rule", "name"), SHOWN)
def test_a_rule_switched_off_changes_what_comes_of_its_vectors(rule: str, name: str) -> None:
    if rule in NO_CHECK:
        return
    with rule_switch.off(rule):
        try:
            same = all(not list(compare(index, 0, kept, came)) for index, kept, came in played(ALL[name]))
        except Exception:  # noqa: BLE001  (what follows the check relies on it)
            return
    assert not same


def test_a_switch_leaves_all_as_it_was() -> None:
    document = ALL["header"]
    with rule_switch.off("header/version"):
        assert any(list(compare(index, 0, kept, came)) for index, kept, came in played(document))
    assert not any(list(compare(index, 0, kept, came)) for index, kept, came in played(document))


def test_the_package_is_where_the_switch_looks() -> None:
    assert Path(rule_switch.PACKAGE).is_dir()


def test_what_seldom_has_its_turn_has_a_vector() -> None:
    assert set(known.SELDOM) <= {rule for rule, _ in SHOWN}
