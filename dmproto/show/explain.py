"""What a request number means: on every architecture, at both nodes, in every dialect. Plain data, made JSON here."""

from __future__ import annotations

import errno
from typing import Any, Final, NamedTuple

from dmproto.errors import DecodeError
from dmproto.show.number import DEVMESSAGE, code_of, name_of, parse
from dmproto.show.records import Layout, frame, payload
from dmproto.wire.command import COMMANDS, Command
from dmproto.wire.dialects import DIALECTS, Dialect
from dmproto.wire.generated import SHAPES
from dmproto.wire.ioctl import ARCHES, Direction, IoctlNumber, request_code
from dmproto.wire.limits import DM_IOCTL

_MACROS: Final = {
    Direction.READ: "_IOR",
    Direction.WRITE: "_IOW",
    Direction.READ | Direction.WRITE: "_IOWR",
}


class Meaning(NamedTuple):
    """What one number means to some architectures.

    Attributes:
        code: the number, 32 bits.
        arches: the architectures it means this to.
        number: the number taken apart, or why it cannot be.
        nr: the command the control node would take it for, from type and nr alone; None where the type is another's.
        exact: whether it is that command's own number.
        dialects: the dialects of direct message whose number it is, on a mapped device.
        probe: whether it is DM_MPATH_PROBE_PATHS, on a mapped device.
    """

    code: int
    arches: tuple[str, ...]
    number: IoctlNumber | DecodeError
    nr: int | None
    exact: bool
    dialects: tuple[str, ...]
    probe: bool

    @property
    def command(self) -> Command | None:
        """The command of the control node that it is taken for."""
        known = self.nr is not None and self.nr in COMMANDS and COMMANDS[Command(self.nr)].door == "control"
        return Command(self.nr) if known and self.nr is not None else None


class Explanation(NamedTuple):
    """What was asked, and what it means to whom."""

    asked: str
    meanings: tuple[Meaning, ...]

    @property
    def commands(self) -> list[Command]:
        """Every command that is named."""
        named = [command for meaning in self.meanings if (command := meaning.command) is not None]
        probed = [Command.MPATH_PROBE_PATHS for meaning in self.meanings if meaning.probe]
        return list(dict.fromkeys([*named, *probed]))

    @property
    def dialects(self) -> list[Dialect]:
        """Every dialect that is named."""
        return [DIALECTS[name] for name in dict.fromkeys(name for each in self.meanings for name in each.dialects)]


def explain(asked: str, arch: str | None = None) -> Explanation | None:
    """What a number, or the number of a name, means on every architecture or on one; None where it is neither.

    Raises:
        DecodeError: `code/range`, no 32-bit number however it is read.
        ValueError: no architecture of this name is known.
    """
    arches = tuple(ARCHES) if arch is None else (arch,)
    number, name = parse(asked), name_of(asked)
    if number is None and name is None:
        return None
    groups: dict[Meaning, list[str]] = {}
    if name == DEVMESSAGE:
        rows = [(each, code_of(name, each, dialect)) for dialect in DIALECTS for each in arches]
    elif name is not None:
        rows = [(each, code_of(name, each)) for each in arches]
    else:
        code = request_code(number or 0)
        rows = [(each, code) for each in arches]
    for each, code in rows:
        found = _meaning(code, each)
        group = groups.setdefault(_key(found), [])
        if each not in group:
            group.append(each)
    return Explanation(asked, tuple(meaning._replace(arches=tuple(group)) for meaning, group in groups.items()))


def _key(meaning: Meaning) -> Any:
    return meaning._replace(arches=())


class _Nothing(DecodeError):
    """A number whose direction bits mean nothing; equal to any other of the same number."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Nothing) and self.values.get("code") == other.values.get("code")

    def __hash__(self) -> int:
        return hash(self.values.get("code"))


def _meaning(code: int, arch: str) -> Meaning:
    number: IoctlNumber | DecodeError
    try:
        number = IoctlNumber.decode(code, arch)
    except DecodeError as error:
        number = _Nothing(error.path, error.offset, error.rule, **error.values | {"arch": "these"})
    nr = code & 0xFF if code >> 8 & 0xFF == DM_IOCTL else None
    exact = nr is not None and nr in COMMANDS and code == Command(nr).code(arch)
    dialects = tuple(name for name, dialect in DIALECTS.items() if dialect.code(arch) == code)
    return Meaning(code, (), number, nr, exact, dialects, exact and nr == Command.MPATH_PROBE_PATHS)


def macro(number: IoctlNumber) -> str:
    """A number as C composes it."""
    if not number.direction:
        if not number.size:
            return f"_IO({number.type:#x}, {number.nr})"
        return f"_IOC(_IOC_NONE, {number.type:#x}, {number.nr}, {number.size})"
    return f"{_MACROS[number.direction]}({number.type:#x}, {number.nr}, {number.size})"


def header_fields(command: Command) -> list[tuple[str, int, int, str, str]]:
    """Each field of the header: name, offset, size, and what a request and a reply of this command do with it."""
    if command.facts.door == "device":
        return []
    rows = []
    at = 0
    for part in SHAPES["dm_ioctl"].parts:
        asked = "read" if part.name in command.facts.reads else "ignored"
        rows.append((part.name, at, part.size, asked, "written" if part.name in command.facts.writes else "as sent"))
        at += part.size
    return rows


def payloads(command: Command) -> list[tuple[str, list[Layout]]]:
    """The payloads of a command, `request` and `reply`, each in all its forms."""
    facts = command.facts
    return [(kind, payload(name)) for kind, name in (("request", facts.request), ("reply", facts.reply)) if name]


# --- as JSON


def to_document(explanation: Explanation) -> dict[str, Any]:
    """An explanation as a JSON document."""
    return {
        "asked": explanation.asked,
        "meanings": [_meaning_out(meaning) for meaning in explanation.meanings],
        "commands": [_command_out(command) for command in explanation.commands],
        "dialects": [_dialect_out(dialect) for dialect in explanation.dialects],
    }


def _meaning_out(meaning: Meaning) -> dict[str, Any]:
    document: dict[str, Any] = {"code": f"{meaning.code:#010x}", "arches": list(meaning.arches)}
    if isinstance(meaning.number, DecodeError):
        document["error"] = {"rule": meaning.number.rule, "sentence": meaning.number.sentence}
    else:
        direction, kind, nr, size = meaning.number
        names = [word for word in ("READ", "WRITE") if direction & Direction[word]]
        document |= {"macro": macro(meaning.number), "direction": names, "type": kind, "nr": nr, "size": size}
    command = meaning.command
    control = None if meaning.nr is None else command.name if command else meaning.nr
    device = [f"DEVMESSAGE {name}" for name in meaning.dialects] + ["MPATH_PROBE_PATHS"] * meaning.probe
    return document | {"control": control, "exact": meaning.exact, "device": device}


def _command_out(command: Command) -> dict[str, Any]:
    facts = command.facts
    return {
        "command": command.name,
        "name": command.c_name,
        "since": ".".join(map(str, facts.since)),
        "door": facts.door,
        "does": facts.does,
        "takes": facts.takes,
        "returns": facts.returns,
        "event_nr": facts.event_nr or None,
        "header": [
            dict(zip(("field", "offset", "size", "request", "reply"), row, strict=True))
            for row in header_fields(command)
        ],
        "payloads": {kind: [layout.document for layout in layouts] for kind, layouts in payloads(command)},
    }


def _dialect_out(dialect: Dialect) -> dict[str, Any]:
    return {
        "dialect": dialect.name,
        "doc": dialect.doc,
        "frame": frame(dialect.frame).document,
        "errnos": {rule: errno.errorcode[number] for rule, number in dialect.errnos.items()},
    }
