"""Steps that may be taken on a kernel, drawn at random: ioctls good, nearly good and hostile, opens, closes, polls.

Messages are packed by hand here, so that a mistake in the codec cannot hide one in the dispatcher. Names, devices and
tables come from small pools: a sequence then keeps coming back to the same few devices and gets deep. Hypothesis draws
a sequence's seed and not each choice in it: of the steps its own choices make, six in seven are copies.
"""

from __future__ import annotations

import random
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from dmproto.commands import HANDLERS
from dmproto.wire.command import Command
from tests.oracle import pools

HEADER: Final = struct.Struct("=3IIIIiIIIQ128s136s")
SPEC: Final = struct.Struct("=QQiI16s")
SIZE_AT: Final = 12
FIRST: Final = 0xC138FD00
"""The code of the command numbered 0."""


class Ioctl(NamedTuple):
    """An ioctl on a control file; zeros follow `memory` up to `mapped` bytes."""

    file: str
    code: int
    memory: bytes
    mapped: int
    capable: bool


class Open(NamedTuple):
    """Open `control` or a device under a name."""

    file: str
    what: str


class Close(NamedTuple):
    """Close a file."""

    file: str


class Poll(NamedTuple):
    """Poll a control file."""

    file: str


class There(NamedTuple):
    """A device that there is."""

    name: bytes
    uuid: bytes
    dev: int


Step = Ioctl | Open | Close | Poll
Line = tuple[int, int, int | None, bytes, bytes]
"""A target record: start, length, next (None for the right one), type, parameters."""

UNALIGNED: Final = -1
"""A next that leads to the byte behind the parameters."""


def pack(payload: bytes = b"", *, size: int = 4096, fill: int = 0, **fields: Any) -> bytes:
    """A message: header, payload, and `fill` up to `size` bytes."""
    header = HEADER.pack(
        *fields.get("version", (4, 0, 0)),
        fields.get("data_size", max(size, HEADER.size + len(payload))),
        fields.get("data_start", HEADER.size),
        fields.get("target_count", 0),
        fields.get("open_count", 0),
        fields.get("flags", 0),
        fields.get("event_nr", 0),
        fields.get("padding", 0),
        fields.get("dev", 0),
        fields.get("name", b""),
        fields.get("uuid", b"").ljust(129, b"\0")[:129] + bytes([fill]) * 7,
    )
    message = header + payload
    return message + bytes([fill]) * (size - len(message))


def specs(lines: list[Line]) -> bytes:
    """Target records, each of which leads to the next."""
    out = bytearray()
    for start, length, following, kind, words in lines:
        text = words + b"\0"
        if following != UNALIGNED:
            text += bytes(-len(text) % 8)
        out += (
            SPEC.pack(start, length, 0, SPEC.size + len(text) if following in {None, UNALIGNED} else following, kind)
            + text
        )
    return bytes(out)


def tables(rng: random.Random) -> tuple[bytes, int]:
    """The records of a load and how many there are: as a rule one behind the other."""
    lines: list[Line] = []
    end = 0
    for _ in range(rng.choice((1, 1, 1, 1, 2, 2, 3, 0))):
        kind = rng.choice(pools.TYPES)
        words = rng.choice(pools.LINES[kind])
        length = rng.choice((8, 8, 8, 8, 16, 32, 1024))
        start, following = end, None
        odd = rng.randrange(32)
        if odd == 0:
            start += rng.choice((1, -1 if end else 8, 1 << 53))
        elif odd == 1:
            length = rng.choice((0, 1 << 53, 1 << 54, (1 << 64) - 1, (1 << 54) - 1))
        elif odd == 2:
            following = rng.choice(pools.WORDS)
        elif odd in {3, 4}:
            following = UNALIGNED
        start &= (1 << 64) - 1
        end = start + length & (1 << 64) - 1
        lines.append((start, length, following, kind.encode(), words))
    return specs(lines), len(lines)


def _named(rng: random.Random, command: Command, there: Sequence[There]) -> dict[str, Any]:
    """The fields that say which device, or what else a command asks for by name: as a rule something there is."""
    if command is Command.DEV_CREATE:
        fields = {"name": rng.choice(pools.NAMES)}
        return fields | {"uuid": rng.choice(pools.UUIDS)} if rng.randrange(2) else fields
    if command is Command.GET_TARGET_VERSION:
        return {"name": rng.choice(pools.TYPES).encode()}
    if command in {Command.REMOVE_ALL, Command.LIST_VERSIONS}:
        return {}
    if command is Command.LIST_DEVICES:
        prefixed = not rng.randrange(4)
        return {"name": rng.choice(pools.NAMES), "uuid": rng.choice((b"", b"", b"U", b"V"))} if prefixed else {}
    one = There(rng.choice(pools.NAMES), rng.choice(pools.UUIDS), rng.choice(pools.NUMBERS))
    if there and rng.randrange(10):
        one = rng.choice(there)
    kept = rng.choice(pools.ADDRESSES)
    return {field: value for field, value in one._asdict().items() if field in kept}


def _payload(rng: random.Random, command: Command, fields: dict[str, Any]) -> bytes:
    """What follows the header; its count and what else goes with it is put into the fields."""
    match command:
        case Command.TABLE_LOAD:
            payload, fields["target_count"] = tables(rng)
            return payload
        case Command.TARGET_MSG:
            return struct.pack("=Q", rng.choice((0, 0, 0, 7, 8, 1 << 63))) + rng.choice(pools.MESSAGES) + b"\0"
        case Command.DEV_RENAME:
            return rng.choice(pools.UUIDS if fields.get("flags") else pools.NAMES) + b"\0"
        case Command.DEV_SET_GEOMETRY:
            return rng.choice(pools.GEOMETRIES) + b"\0"
        case Command.DEV_WAIT:
            fields["event_nr"] = rng.randrange(3)
    return b""


def ioctls(rng: random.Random, there: Sequence[There] = ()) -> Ioctl:
    """An ioctl: of three, two are as they should be; the rest has a field or more changed, or the memory cut."""
    command = rng.choice(pools.COMMANDS)
    fields = _named(rng, command, there)
    if command in pools.USUAL and rng.randrange(2):
        fields["flags"] = rng.choice(pools.USUAL[command])
        if command is Command.DEV_CREATE:
            fields["dev"] = rng.choice(pools.NUMBERS)
    payload = _payload(rng, command, fields)
    mistakes: dict[str, Any] = {}
    for _ in range(rng.choice((0,) * 10 + (1,) * 5 + (2, 3))):
        what = rng.choice(pools.MISTAKEN)
        mistakes[what] = rng.choice(pools.MISTAKES[what])
    if not rng.randrange(8):
        fields["flags"] = fields.get("flags", 0) | rng.choice(pools.FLAGS)
    fields |= {what: value for what, value in mistakes.items() if what not in pools.OUTSIDE}
    size, fill = rng.choice(pools.SIZES), rng.choice((0, 0, 0xA5))
    if payload and not rng.randrange(6):  # the payload somewhere else, in the header even
        place = fields["data_start"] = rng.choice(pools.PLACES)
        memory = bytearray(pack(size=max(size, place + len(payload)), fill=fill, **fields))
        memory[place : place + len(payload)] = payload
    else:
        memory = bytearray(pack(payload, size=size, fill=fill, **fields))
    if "poke" in mistakes:
        memory[rng.randrange(min(len(memory), 424))] = mistakes["poke"]
    keep_small(memory)
    mapped = mistakes.get("cut", len(memory)) + mistakes.get("grow", 0)
    code = mistakes.get("code", FIRST) + mistakes.get("number", command)
    return Ioctl(rng.choice(pools.CONTROLS), code, bytes(memory[:mapped]), mapped, mistakes.get("capable", True))


def noise(rng: random.Random) -> Ioctl:
    """Any bytes at all, behind a version that is accepted."""
    memory = bytearray(struct.pack("=3I", 4, 0, 0) + rng.randbytes(rng.randrange(400)))
    if rng.randrange(4):
        memory[SIZE_AT : SIZE_AT + 4] = len(memory).to_bytes(4, sys.byteorder)
    keep_small(memory)
    return Ioctl("c", FIRST + rng.choice(list(HANDLERS)), bytes(memory), len(memory), True)


def keep_small(memory: bytearray) -> None:
    """Make a data_size that a kernel may or may not have memory for a smaller one."""
    size = int.from_bytes(memory[SIZE_AT : SIZE_AT + 4], sys.byteorder)
    if pools.SIZE_MAX < size <= pools.SIZE_END:
        memory[SIZE_AT : SIZE_AT + 4] = pools.SIZE_MAX.to_bytes(4, sys.byteorder)


def step(rng: random.Random, there: Sequence[There] = ()) -> Step:
    """The next step: four in five are ioctls made with a purpose."""
    match rng.choice(pools.KINDS):
        case "open":
            return Open(rng.choice(("d", "d1")), rng.choice(pools.DEVICES))
        case "control":
            return Open(rng.choice(("c1", "c2")), "control")
        case "close":
            return Close(rng.choice(("d", "d1", "c1", "c2")))
        case "poll":
            return Poll(rng.choice(("c", "c1", "c2")))
        case "noise":
            return noise(rng)
    return ioctls(rng, there)


def _good(command: Command, payload: bytes = b"", **fields: Any) -> Ioctl:
    memory = pack(payload, **fields)
    return Ioctl("c", FIRST + command, memory, len(memory), True)


def begun(name: bytes, kind: bytes, words: bytes, *, resumed: bool) -> list[Step]:
    """A device with a table, active or not yet."""
    lines = specs([(0, 8, None, kind, words)])
    steps: list[Step] = [
        _good(Command.DEV_CREATE, name=name),
        _good(Command.TABLE_LOAD, lines, name=name, target_count=1),
    ]
    return [*steps, _good(Command.DEV_SUSPEND, name=name)] if resumed else steps


BEGINNINGS: Final[tuple[list[Step], ...]] = (
    [],
    begun(b"a", b"zero", b"", resumed=True),
    [*begun(b"a", b"linear", b"98:0 0", resumed=True), *begun(b"b", b"linear", b"254:0 0", resumed=True)],
    [*begun(b"a", b"zero", b"", resumed=True), *begun(b"b", b"error", b"", resumed=False)],
    [_good(Command.DEV_CREATE, name=b"a", uuid=b"U"), _good(Command.DEV_CREATE, name=b"b")],
)


def sequence(rng: random.Random, look: Callable[[], Sequence[There]], length: int = 50) -> Iterator[Step]:
    """A beginning and what follows; `look` tells, when the next step is drawn, what devices there are."""
    yield from rng.choice(BEGINNINGS)
    for _ in range(length):
        yield step(rng, look())
