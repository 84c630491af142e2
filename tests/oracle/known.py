"""What is known to differ between kernel and dispatcher, and what random sequences do not get to.

A known difference excuses bytes, never a result. known_differences.json is a list of objects: `name`; `what` differs;
`command`; `bytes`, spans of offsets in the memory, `[start, end]`, an end of null for all that follows; `kernel`, the
source behind it; `reason`, why the dispatcher answers otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

FILE: Final = Path(__file__).with_name("known_differences.json")


class Known(NamedTuple):
    """One known difference."""

    name: str
    what: str
    command: str
    bytes: tuple[tuple[int, int | None], ...]
    kernel: str
    reason: str

    def excuses(self, command: str, offsets: Sequence[int]) -> bool:
        """Whether all these bytes of this command's answer are known to differ."""
        return command == self.command and all(
            any(start <= at and (end is None or at < end) for start, end in self.bytes) for at in offsets
        )


def read() -> list[Known]:
    """The known differences."""
    rows = json.loads(FILE.read_text())
    return [Known(**row | {"bytes": tuple((start, end) for start, end in row["bytes"])}) for row in rows]


CODEC: Final = "a rule of the codec, whose reading of the same bytes is stricter than the kernel's"
DOOR: Final = "a rule of the other door, the device node, behind which Linux has nothing of this kind"

NEVER_SEEN: Final[dict[str, str]] = {
    "chain/advance": CODEC,
    "payload/bounds": CODEC,
    "payload/start": CODEC,
    "text/limit": CODEC,
    "text/terminated": CODEC,
    "code/device": DOOR,
    "frame/index": DOOR,
    "frame/length": DOOR,
    "frame/method": DOOR,
    "frame/short": DOOR,
    "frame/table": DOOR,
    "target/exception": "a handler's own mistake; there is none in the package's",
    "wait/removed": "the kernel never answers: random steps interrupt whoever waits before a device goes",
}
"""Rules that refuse on a control node, and that random steps do not come by, with the reason."""

SELDOM: Final[dict[str, str]] = {
    "target/memory": "a switch of more regions than any kernel has memory for: a length and a type that seldom meet",
    "message/words": "a message with the right keyword and the wrong words, to the one target that has both",
    "stats/memory": "takes more areas than the machine has memory for",
    "stats/areas": "takes more areas than 64 bits can count the bytes of",
}
"""Rules whose turn in random steps is a matter of luck, and why. A recorded vector shows each, which a test holds."""
