"""What came of a vector: the first difference, and of each rule whether it holds."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

HELD: Final = "held"
BROKEN: Final = "broken"
NOT_SHOWN: Final = "not played"
"""What can be said of a rule."""

PASS: Final = "pass"  # noqa: S105  (no password)
FAIL: Final = "fail"
DIFFERS: Final = "differs"
PARTLY: Final = "partly"
NOT_PLAYED: Final = "not played"
"""What can be said of a vector; one that `differs` may do so, one that passes `partly` was not played to its end."""


class Difference(NamedTuple):
    """A step that was answered otherwise than the vector says, or a test of a codec vector that was read otherwise.

    Attributes:
        step: its number, or the test's id.
        command: what was asked.
        field: what differs: `ret`, `blocked`, `revents`, `rule`, or a field of the message.
        offset: where it stands in the memory; None where it does not.
        ours: what came back.
        theirs: what the vector has.
        why: the rule that refused it here, in words.
    """

    step: int | str
    command: str
    field: str
    offset: int | None
    ours: str
    theirs: str
    why: str = ""

    @property
    def line(self) -> str:
        """It in words."""
        where = f" at offset {self.offset}" if self.offset is not None else ""
        step = f"step {self.step}" if isinstance(self.step, int) else self.step
        why = f" ({self.why})" if self.why else ""
        return f"{step}, {self.command}: {self.field}{where} is {self.ours}{why}; the vector has {self.theirs}"


class Outcome(NamedTuple):
    """What came of a vector.

    Attributes:
        name: the vector's, behind its folder's.
        kind: `behaviour` or `codec`.
        steps: how many steps, or tests, it has.
        played: how many of them were played.
        differences: those answered otherwise.
        acceptable: whether kernels may differ here.
        not_played: why it was not played, or not to its end.
        rules: of each rule that it shows, whether it holds.
    """

    name: str
    kind: str
    steps: int
    played: int
    differences: list[Difference]
    acceptable: bool
    not_played: str
    rules: dict[str, str]

    @property
    def verdict(self) -> str:
        """`pass`, `partly`, `fail`, `differs` or `not played`."""
        if self.differences:
            return DIFFERS if self.acceptable else FAIL
        if not self.played:
            return NOT_PLAYED
        return PARTLY if self.not_played else PASS

    @property
    def document(self) -> dict[str, Any]:
        """It as JSON."""
        first = self.differences[0]._asdict() if self.differences else None
        return {
            "name": self.name,
            "kind": self.kind,
            "verdict": self.verdict,
            "steps": self.steps,
            "played": self.played,
            "differences": len(self.differences),
            "first": first,
            "not_played": self.not_played or None,
            "rules": self.rules,
        }


def rules_of(outcomes: list[Outcome]) -> dict[str, dict[str, Any]]:
    """Every rule that is shown: by how many vectors, and whether it holds: broken by one, it is broken."""
    found: dict[str, dict[str, Any]] = {}
    for outcome in outcomes:
        for rule, state in outcome.rules.items():
            row = found.setdefault(rule, {"vectors": 0, "state": NOT_SHOWN})
            row["vectors"] += state != NOT_SHOWN
            if BROKEN in {state, row["state"]}:
                row["state"] = BROKEN
            elif state == HELD:
                row["state"] = HELD
    return dict(sorted(found.items()))
