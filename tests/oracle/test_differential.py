"""Random sequences of ioctls on a running kernel and on the dispatcher: the same result, the same bytes, step by step.

DMPROTO_PROFILE says how many: `quick` some 500 ioctls, `ci` more than 20,000 that are the same in every run, `soak`
as many as DMPROTO_IOCTLS says (a million), different ones in every run.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dmproto.rules import RULES
from tests.conftest import PROFILE
from tests.oracle import channel, known
from tests.oracle.difference import Difference, describe, reduce, told
from tests.oracle.differential import Game
from tests.oracle.guest import require
from tests.oracle.pools import DISKS
from tests.oracle.session import Session
from tests.oracle.steps import sequence

IOCTLS: Final = {"quick": 500, "ci": 25_000, "soak": int(os.environ.get("DMPROTO_IOCTLS") or 1_000_000)}[PROFILE]
A_SEQUENCE: Final = 34
"""Ioctls in one, on average."""

RACES: Final = 3
"""Differences that may be seen once and not again: deferred removal runs in a work queue of the kernel's."""

REPORTED: Final = 10
"""Differences that are reduced and told."""


@pytest.fixture(scope="module")
def game() -> Iterator[Game]:
    require()
    with Session(disks=DISKS) as session:
        yield Game(session, known.read())


def test_the_dispatcher_is_the_kernel(game: Game, capsys: pytest.CaptureFixture[str]) -> None:
    found: dict[tuple[object, ...], Difference] = {}
    started = time.monotonic()

    @settings(max_examples=IOCTLS // A_SEQUENCE + 1, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @given(st.integers(0, (1 << 64) - 1))
    def play(seed: int) -> None:
        try:
            difference = game.play(sequence(random.Random(seed), game.there))
        except channel.Gone as gone:
            steps = "\n".join(map(told, game.taken))
            raise AssertionError(f"the kernel died, or did not answer, after\n{steps}") from gone
        if difference is not None:
            found.setdefault(difference.signature, difference)

    play()
    seconds = time.monotonic() - started
    with capsys.disabled():
        print(f"\n{game.ioctls:,} ioctls in {seconds:.0f} s on {game.session.release}; by command and outcome:")
        print("\n".join(game.distribution()))
    # what the same steps do not show again in three tries hangs on work the kernel does in the background
    lasting = [found[key] for key in found if any(game.play(found[key].steps) for _ in range(3))]
    with capsys.disabled():
        print(f"{len(found) - len(lasting)} differences seen once and not again: {sorted(map(str, found))}")
    assert len(found) - len(lasting) <= RACES
    minimal = [describe(reduce(difference, game.play)) for difference in lasting[:REPORTED]]
    assert not lasting, f"{len(lasting)} differences, of which these are\n" + "\n\n".join(minimal)
    assert game.ioctls >= IOCTLS * 0.8
    assert game.session.boots == 1, "some sequence left the kernel with a device that could not be removed"


@pytest.mark.skipif(PROFILE == "quick", reason="too few ioctls for every rule to have its turn")
def test_every_rule_had_its_turn(game: Game) -> None:
    """Every rule a control node of this kernel can refuse with, but for those of which it is known why not."""
    seen = {rule for _, _, rule in game.played}
    expected = {
        rule.id for rule in RULES.values() if rule.errno and (not rule.kernels or "linux-6.1.176" in rule.kernels)
    }
    assert expected - seen - set(known.NEVER_SEEN) - set(known.SELDOM) == set()
    assert seen & set(known.NEVER_SEEN) == set()


def test_few_differences_are_known_and_each_says_why() -> None:
    differences = known.read()
    assert len(differences) <= 20
    for difference in differences:
        assert difference.bytes, "none may excuse another result"
        assert all(difference), difference.name
