"""The careful programmer's own `decode_request`: the hand-written readers, found by the request number and its options.

It is what dmproto's public function is compared with; the readers alone do less than it does.
"""

import sys
from collections.abc import Callable
from typing import Any

import msgspec

from bench.candidate import Candidate, fresh, plain_header, plain_table, with_attributes
from bench.ours import READ_HEADER_OF_REQUEST, READ_TABLE_OF_REQUEST
from bench.peers.handwritten import FRAME_TYPES, HEADER_TYPES, MAKERS, decode_frame, decode_header
from bench.peers.handwritten_table import SPEC_TYPES, decode_table
from bench.workloads import DM_DEV_STATUS, DM_DEVMESSAGE, DM_TABLE_LOAD

NAME = "hand struct + msgspec.Struct frozen gc=False, by number"
KIND = "msgspec.Struct frozen gc=False"

Request = msgspec.defstruct(
    "Request",
    [("command", int), ("header", Any), ("payload", Any), ("anomalies", tuple[Any, ...], ())],
    frozen=True,
    gc=False,
)

Reader = Callable[[bytes], Any]
Key = tuple[int, str, str, str, str | None]

# Each candidate gets a copy of the function below in which this stands for its own table.
READERS: dict[Key, tuple[Reader, bool, int | None]] = {}


def decode_request(
    code: int,
    data: Any,
    *,
    byteorder: str = sys.byteorder,
    arch: str = "generic",
    dialect: str = "rfc",
    door: str | None = None,
    strict: bool = True,
) -> Any:
    """Read a request by its number."""
    try:
        read, with_payload, command = READERS[code, byteorder, arch, dialect, door]
    except KeyError:
        raise ValueError("request number") from None
    if type(data) is not bytes and type(data) is not bytearray:
        data = memoryview(data).tobytes()
    if not strict:
        raise ValueError("strict only")
    value = read(data)
    if command is None:
        return value
    header, payload = value if with_payload else (value, None)
    return Request(command, header, payload)


def candidates() -> list[Candidate]:
    """Return a candidate for each workload."""
    header = MAKERS[KIND]("Header", HEADER_TYPES)
    read_header = fresh(decode_header, Header=header)
    read_table = fresh(decode_table, Spec=MAKERS[KIND]("Spec", SPEC_TYPES), decode_header=read_header)
    read_frame = fresh(decode_frame, Frame=MAKERS[KIND]("Frame", FRAME_TYPES))
    settings: tuple[tuple[str, int, Reader, int | None, dict[str, Any]], ...] = (
        (
            "W1",
            DM_DEV_STATUS,
            read_header,
            7,
            {"read": READ_HEADER_OF_REQUEST, "plain": lambda o: plain_header(o.header)},
        ),
        ("W2", DM_DEVMESSAGE, read_frame, None, {}),
        (
            "W3",
            DM_TABLE_LOAD,
            read_table,
            9,
            {"read": READ_TABLE_OF_REQUEST, "plain": lambda o: plain_table((o.header, o.payload))},
        ),
    )
    found = []
    for workload, code, read, command, special in settings:
        table = {(code, sys.byteorder, "generic", "rfc", None): (read, workload == "W3", command)}
        door = fresh(decode_request, READERS=table)
        door.__kwdefaults__ = decode_request.__kwdefaults__
        names = {"decode": door, "code": code}
        found.append(
            with_attributes(NAME, workload, names=names, decode="decode(code, data)", is_strict=True, **special)
        )
    return found


CANDIDATES = candidates()
