"""Every exception of the package, on one screen.

A kernel outcome is a value (`-errno`, a rule), never an exception: these say that bytes or a value are not
this protocol, or carry a refusal from the check that made it to the one place that turns it into an errno.
"""

from __future__ import annotations


class DmprotoError(Exception):
    """The base of all errors of this package; expected during normal operation."""


class Refusal(DmprotoError):
    """A rule that did not hold, with the values its sentence needs.

    Attributes:
        rule: the rule's id, a key of `dmproto.rules.RULES`.
        values: what the rule's sentence names.
    """

    def __init__(self, rule: str, **values: object) -> None:
        super().__init__(rule)
        self.rule = rule
        self.values = values

    @property
    def sentence(self) -> str:
        """The rule's sentence with the values filled in."""
        from dmproto.rules import sentence  # noqa: PLC0415  (the rules' text is not loaded to decode)

        return sentence(self.rule, self.values)


class DecodeError(Refusal):
    """These bytes are not this protocol.

    Attributes:
        path: the field, as `payload[1].next`.
        offset: where the field stands, in bytes from the start of the buffer.
        rule: the rule that refuses it.
    """

    def __init__(self, path: str, offset: int, rule: str, **values: object) -> None:
        super().__init__(rule, **values)
        self.path = path
        self.offset = offset

    def __str__(self) -> str:
        return f"{self.path} at offset {self.offset}: {self.rule}: {self.sentence}"

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), (self.path, self.offset, self.rule), self.values)


class EncodeError(Refusal):
    """This value cannot be written.

    Attributes:
        path: the field, as `payload[1].next`.
        rule: the rule that refuses it.
    """

    def __init__(self, path: str, rule: str, **values: object) -> None:
        super().__init__(rule, **values)
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.rule}: {self.sentence}"

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), (self.path, self.rule), self.values)


class Refused(Refusal):
    """A check of the dispatcher or of a target does not hold.

    Raised by commands and targets, caught in one place by the dispatcher, which answers the rule's errno.
    """

    def __str__(self) -> str:
        return f"{self.rule}: {self.sentence}"

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), (self.rule,), self.values)


def _rebuild(cls: type[Refusal], args: tuple[object, ...], values: dict[str, object]) -> Refusal:
    return cls(*args, **values)  # type: ignore[arg-type]  # each class's own __reduce__ gives its own arguments
