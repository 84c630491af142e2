"""dataclasses-struct: dataclasses of fixed size, so the header only; names as raw bytes."""

import importlib
from typing import Annotated, Any

from bench.candidate import field_values, with_attributes
from bench.peers.raw_checks import check_header, pad_name
from bench.workloads import HEADER_FIELDS

dcs: Any = importlib.import_module("dataclasses_struct")


class Declaration:
    """``struct dm_ioctl``."""

    version: Annotated[list[dcs.U32], 3]
    data_size: dcs.U32
    data_start: dcs.U32
    target_count: dcs.U32
    open_count: dcs.I32
    flags: dcs.U32
    event_nr: dcs.U32
    padding: dcs.U32
    dev: dcs.U64
    name: Annotated[bytes, 128]
    uuid: Annotated[bytes, 129]
    data: Annotated[bytes, 7]


Header: Any = dcs.dataclass_struct(size="std", byteorder="little")(Declaration)


def decode_header(data: bytes) -> Any:
    """Read a header."""
    return check_header(Header.from_packed(data))


CANDIDATES = [
    with_attributes(
        "dataclasses-struct",
        "W1",
        names={**field_values("W1"), "decode": decode_header, "Header": Header, "pad": pad_name},
        decode="decode(data)",
        encode="value.pack()",
        build=f"Header(list(version), {', '.join(HEADER_FIELDS[1:-2])},"
        " pad(name_bytes, 128), pad(uuid_bytes, 129), bytes(7)).pack()",
    ),
]
