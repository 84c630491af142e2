"""strace's cases 1 to 14: request numbers, headers, and the commands whose message is a header.

The expectations are written down from strace's output and from what the kernel does with such a buffer, not from what
our decoder answers.
"""

from __future__ import annotations

from typing import Final

from dmproto import Command, DmFlag
from dmproto.wire.ioctl import Direction, IoctlNumber
from tests.external.strace_buffers import LEAST, STR129, WHOLE, Case, init


def _numbers() -> list[Case]:
    both = Direction.READ | Direction.WRITE
    return [
        Case(
            "1",
            IoctlNumber(Direction.WRITE, 0xFD, 0xDE, 4).encode(),
            init(LEAST),
            0xDE,
            {"version": (4, 1, 2), "data_size": LEAST},
            b"",
        ),
        # strace wants the whole number, the control node type and nr alone
        Case(
            "2",
            IoctlNumber(Direction.READ, 0xFD, 0, 0x1FFF).encode(),
            b"",
            Command.VERSION,
            anomalies=(("header.version", "buffer/short"),),
        ),
        Case(
            "3",
            IoctlNumber(both, 0xFD, 0xED, 0).encode(),
            b"",
            0xED,
            payload=b"",
            anomalies=(("header.version", "buffer/short"),),
        ),
    ]


def _headers() -> list[Case]:
    code = Command.VERSION.code()
    found = {"version": (4, 1, 2), "dev": 0x1234, "name": "nnn", "uuid": "uuu", "flags": 0}
    small = ("header.data_size", "header/data-size")
    cut = tuple((f"header.{name}", "text/terminated") for name in ("name", "uuid"))
    strange = (0xBADC0DED, 0xBADC0DEE, 0xBADC0DEF)
    raw = STR129.encode()
    return [
        Case("4", code, b"", Command.VERSION, anomalies=(("header.version", "buffer/short"),)),
        Case("5", code, init(0), Command.VERSION, found | {"data_size": 0}, anomalies=(small,)),
        Case(
            "6",
            code,
            init(LEAST, version=strange),
            Command.VERSION,
            found | {"version": strange, "data_size": LEAST},
            anomalies=(("header.version", "header/version"),),
        ),
        Case("7", code, init(14, 64), Command.VERSION, found | {"data_size": 14, "data_start": 64}, anomalies=(small,)),
        Case(
            "8",
            code,
            init(LEAST, name=raw[:128], uuid=raw),
            Command.VERSION,
            found | {"name": STR129[:128], "uuid": STR129},  # strace leaves out the last of each
            anomalies=cut,
        ),
        Case("9a", code, init(LEAST), Command.VERSION, found | {"data_size": LEAST}),
        Case("9b", code, init(WHOLE, mapped=WHOLE), Command.VERSION, found | {"data_size": WHOLE}),
        # strace takes any size; the kernel no more than 1 GiB
        Case(
            "10",
            code,
            init(0xFACEFEED, dev=0, name=b"", uuid=b""),
            Command.VERSION,
            {"dev": 0, "name": "", "uuid": "", "data_size": 0xFACEFEED},
            anomalies=(small,),
        ),
        Case("11", code, init(LEAST, flags=2**32 - 1), Command.VERSION, found | {"flags": 2**32 - 1}),
    ]


def _commands() -> list[Case]:
    found = {"version": (4, 1, 2), "data_size": LEAST, "data_start": 0, "dev": 0x1234, "name": "nnn", "uuid": "uuu"}
    made = [
        Case(f"12-{command.name}", command.code(), init(LEAST), command, found)
        for command in (Command.REMOVE_ALL, Command.LIST_DEVICES, Command.LIST_VERSIONS)
    ]
    made += [
        Case(f"13-{command.name}", command.code(), init(LEAST), command, found | {"event_nr": 0})
        for command in (
            Command.DEV_CREATE,
            Command.DEV_REMOVE,
            Command.DEV_STATUS,
            Command.DEV_WAIT,
            Command.TABLE_CLEAR,
            Command.TABLE_DEPS,
            Command.TABLE_STATUS,
            Command.DEV_ARM_POLL,
        )
    ]
    suspend = Command.DEV_SUSPEND.code()
    for letter, flags in (("a", DmFlag.SUSPEND), ("b", DmFlag(0))):
        data = init(WHOLE, mapped=WHOLE, flags=flags, event_nr=0xBADC0DED)
        wanted = {"flags": flags, "event_nr": 3134983661}
        made.append(Case(f"14{letter}", suspend, data, Command.DEV_SUSPEND, wanted))
    return made


CASES: Final = [*_numbers(), *_headers(), *_commands()]
