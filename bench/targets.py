"""The ratios that the codec is held to, as data: the table "Targets" of the performance notes, and the project's rules.

The row of that table about a back end with slots is left out: dmproto has one back end.
"""

from dataclasses import dataclass, replace

from bench.measure import Figures

OURS = "dmproto generated"
PUBLIC = "dmproto decode_request"
HAND = "hand struct + msgspec.Struct frozen gc=False"
HAND_DOOR = "hand struct + msgspec.Struct frozen gc=False, by number"
CTYPES = ("ctypes from_buffer_copy",)
UNPACK_FLOOR = ("floor: Struct.unpack_from",)
PACK_FLOOR = ("floor: Struct.pack",)
INTERPRETED = ("construct interpreted (own CStr adapter)", "construct interpreted")
COMPILED = ("construct .compile() (own CStr adapter)", "construct .compile()")
DECLARATIVE = ("dissect.cstruct compiled", "kaitaistruct (ksc shape)")


@dataclass(frozen=True)
class Target:
    """A bound on one column of one workload.

    At most: our time divided by the peer's.  At least: the peer's time divided by ours.  With several peers that are
    there, the worst for us counts.
    """

    origin: str
    workload: str
    column: str
    peers: tuple[str, ...]
    label: str
    bound: float
    is_at_most: bool
    ours: str = OURS

    def measure(self, figures: Figures) -> float | None:
        """Return the measured ratio, or None when ours or every peer is missing."""
        ratios = [
            figures.ratio(self.workload, self.column, *((self.ours, peer) if self.is_at_most else (peer, self.ours)))
            for peer in self.peers
        ]
        known = [ratio for ratio in ratios if ratio is not None]
        if not known:
            return None
        return max(known) if self.is_at_most else min(known)

    def is_met(self, measured: float) -> bool:
        """Return whether the measured ratio is within the bound."""
        return measured <= self.bound if self.is_at_most else measured >= self.bound


def at_most(label: str, column: str, peers: tuple[str, ...], origin: str, **bounds: float) -> list[Target]:
    """Return a target for each workload: our time at most so many times theirs."""
    return [Target(origin, workload, column, peers, label, bound, True) for workload, bound in bounds.items()]


def at_least(label: str, column: str, peers: tuple[str, ...], origin: str, **bounds: float) -> list[Target]:
    """Return a target for each workload: we are at least so many times faster."""
    return [Target(origin, workload, column, peers, label, bound, False) for workload, bound in bounds.items()]


RULE, TABLE, DOOR = "rule", "notes", "door"


def through_the_door(targets: list[Target]) -> list[Target]:
    """Return the same targets for the public function, which finds the reader by the request number."""
    return [replace(target, origin=DOOR, ours=PUBLIC) for target in targets]


TARGETS: tuple[Target, ...] = (
    *at_most("decode / hand struct + msgspec frozen", "decode", (HAND,), RULE, W1=1.1, W2=1.1, W3=1.1),
    *at_least("faster than construct interpreted", "decode+read", INTERPRETED, RULE, W1=20, W2=30, W3=18),
    *at_least("level with or ahead of ctypes, bytes names", "decode+read", CTYPES, RULE, W1=1.0, W2=1.0, W3=1.0),
    *through_the_door(at_most("decode / the same, by hand", "decode", (HAND_DOOR,), DOOR, W1=1.1, W2=1.1, W3=1.1)),
    *through_the_door(
        at_least("faster than construct interpreted", "decode+read", INTERPRETED, DOOR, W1=20, W2=30, W3=18)
    ),
    *at_most("decode / hand struct + msgspec frozen", "decode", (HAND,), TABLE, W1=1.1, W2=1.0, W3=1.1),
    *at_most("encode / hand struct + msgspec frozen", "encode", (HAND,), TABLE, W1=1.1, W2=0.95, W3=0.95),
    *at_most("decode / Struct.unpack_from", "decode", UNPACK_FLOOR, TABLE, W1=4.2, W2=2.8, W3=4.2),
    *at_most("encode / Struct.pack", "encode", PACK_FLOOR, TABLE, W1=2.7, W2=2.2, W3=2.8),
    *at_least("faster than construct interpreted", "decode+read", INTERPRETED, TABLE, W1=20, W2=28, W3=18),
    *at_least("faster than construct .compile()", "decode+read", COMPILED, TABLE, W1=10, W2=12, W3=11),
    *at_least("faster than dissect and the kaitai shape", "decode+read", DECLARATIVE, TABLE, W1=8, W2=7, W3=7),
    *at_least("faster than ctypes, bytes names", "decode+read", CTYPES, TABLE, W1=1.0, W2=1.8, W3=1.1),
    *at_least("values to bytes faster than ctypes", "build+encode", CTYPES, TABLE, W1=2.8, W2=2.8),
    *at_least("faster than construct interpreted", "encode", INTERPRETED, TABLE, W1=40, W2=50, W3=24),
)
